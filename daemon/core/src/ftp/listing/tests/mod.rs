//! Listings captured from real servers, rows that must be refused, and properties of any input.

mod captured;
mod corpus;
mod iis;
mod mlsd;
mod property;
mod refused;
mod time;
mod unix;

use super::time::mdtm;
use crate::api::failure::Failure;
use crate::api::reply::{Entry, EntryType};

/// When the listings in `captured` were taken.
fn now() -> i64 {
    mdtm("20261122080200").unwrap()
}

fn mlsd(bytes: &[u8]) -> Result<Vec<Entry>, Failure> {
    Ok(super::mlsd(bytes.to_vec())?.entries())
}

fn list(bytes: &[u8], now: i64) -> Result<Vec<Entry>, Failure> {
    Ok(super::list(bytes.to_vec(), now)?.entries())
}

fn names(bytes: &[u8]) -> Result<Vec<String>, Failure> {
    Ok(super::names(bytes)?.iter().map(str::to_owned).collect())
}

/// The one entry of a listing for people.
fn one(row: &str) -> Entry {
    let mut entries = list(row.as_bytes(), now()).unwrap();
    assert_eq!(entries.len(), 1, "{row}");
    entries.remove(0)
}

/// Kind, size, time in the form of `mdtm`, and name.
type Expected<'a> = (EntryType, Option<u64>, Option<&'a str>, &'a str);

fn assert_lines(entries: &[Entry], lines: &[Expected<'_>]) {
    for (entry, line) in entries.iter().zip(lines) {
        let (kind, size, modified, name) = *line;
        let modified = modified.map(|text| mdtm(text).unwrap());
        let want = (kind, size, modified, name);
        let found = (entry.kind, entry.size, entry.modified, &*entry.name);
        assert_eq!(found, want);
    }
    assert_eq!(entries.len(), lines.len());
}

fn more<'a>(entry: &'a Entry, key: &str) -> Option<&'a str> {
    let (_, value) = entry.more.iter().find(|(other, _)| other == key)?;
    Some(value)
}
