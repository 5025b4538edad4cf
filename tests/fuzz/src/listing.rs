//! Targets `mlsd`, `list` and `nlst`: a server's listings.
//!
//! An input of `list` has the present time in Unix seconds in its first line.

use crate::bounds::bounded;
use crate::texts::{self, is_name};
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::reply::{Entry, EntryType};
use modem_ftp_core::listing;
use std::fmt::{Debug, Write};

/// Longest error text of a listing, characters: it quotes a row.
const LONGEST: usize = 300;

/// Longest name, bytes.
const LONGEST_NAME: usize = 255;

/// What only the daemon says of an entry, never the server.
const OURS: [&str; 3] = ["unreadable", "unreadable-rows", "unaddressable"];

/// Target `mlsd`.
pub fn machine(input: &[u8]) {
    let Some(entries) = read(input, mlsd) else {
        return;
    };
    for (entry, _) in &entries {
        check(entry);
        // What was read can be written and is read back unchanged.
        if more(entry, "unreadable").is_none() {
            let row = row(entry);
            // A name that looks like facts is refused unless the row has those facts itself.
            if entry.name.contains('=') && entry.name.contains(';') {
                continue;
            }
            let again = mlsd(row.as_bytes()).unwrap();
            assert_eq!(again.as_slice(), std::slice::from_ref(entry), "{row}");
        }
    }
}

/// Target `list`.
pub fn people(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    let (first, rows) = input.split_at(end.map_or(0, |end| end + 1));
    let now = String::from_utf8_lossy(first).trim().parse().unwrap_or(0);
    if is_contextual(rows) {
        for entry in list(rows, now).unwrap_or_default() {
            check(&entry);
        }
        return;
    }
    let Some(entries) = read(rows, |bytes| list(bytes, now)) else {
        return;
    };
    for (entry, row) in &entries {
        check(entry);
        if more(entry, "unreadable").is_none() {
            // EPLF has a tab before the name.
            let row = String::from_utf8(row.to_vec()).unwrap().replace('\t', " ");
            assert!(row.contains(&entry.name), "{row:?} {entry:?}");
            if let Some(target) = more(entry, "target") {
                let end = format!(" {} -> {target}", entry.name);
                assert!(row.ends_with(&end), "{row:?} {entry:?}");
            }
        }
    }
}

/// Whether a row may mean something else beside others: OpenVMS goes on in the next line after a
/// version, z/OS has titles.
fn is_contextual(bytes: &[u8]) -> bool {
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    has(b";") || has(b"Name")
}

/// Target `nlst`.
pub fn names(input: &[u8]) {
    for (name, row) in read(input, nlst).unwrap_or_default() {
        assert!(is_name(&name), "{name:?}");
        if !name.contains('\\') {
            let row = String::from_utf8_lossy(row);
            let is_last = row.strip_suffix('/').unwrap_or(&row).ends_with(&name);
            // Of a row that cannot be read, as much is shown as a name may have.
            let is_cut = name.len() > LONGEST_NAME - 4 && row.starts_with(&name);
            assert!(is_last || is_cut, "{row:?} {name:?}");
        }
    }
}

fn mlsd(bytes: &[u8]) -> Result<Vec<Entry>, Failure> {
    Ok(listing::mlsd(bytes.to_vec())?.entries())
}

fn list(bytes: &[u8], now: i64) -> Result<Vec<Entry>, Failure> {
    Ok(listing::list(bytes.to_vec(), now)?.entries())
}

fn nlst(bytes: &[u8]) -> Result<Vec<String>, Failure> {
    Ok(listing::names(bytes)?.iter().map(str::to_owned).collect())
}

/// Reads a listing, and checks that each row is read by itself: a listing is what its rows are, and
/// each has at most one result. A refusal is that of the first row that is refused alone. Each result
/// comes with its row.
fn read<T: PartialEq + Debug>(
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<Vec<T>, Failure>,
) -> Option<Vec<(T, &[u8])>> {
    let whole = bounded(bytes.len(), || parse(bytes));
    let rows = bytes.split(|byte| *byte == b'\n');
    match whole {
        Err(failure) => {
            let first = rows.filter_map(|row| parse(row).err()).next();
            assert_eq!(first.map(|row| row.text), Some(failure.text.clone()));
            texts::check(&failure.text);
            assert!(failure.text.chars().count() <= LONGEST, "{}", failure.text);
            None
        }
        Ok(whole) => {
            let mut whole = whole.into_iter();
            let mut results = Vec::new();
            for row in rows {
                let plain = without_end(row);
                match parse(row) {
                    Ok(found) => {
                        assert!(found.len() <= 1, "{} results of one row", found.len());
                        for found in found {
                            assert_eq!(whole.next().as_ref(), Some(&found));
                            results.push((found, plain));
                        }
                    }
                    // It is listed all the same, as what cannot be read.
                    Err(_) => results.push((whole.next().expect("a row is missing"), plain)),
                }
            }
            assert_eq!(whole.next(), None, "more results than rows");
            Some(results)
        }
    }
}

/// A row without the CRs of its end.
fn without_end(row: &[u8]) -> &[u8] {
    let end = row.iter().rposition(|byte| *byte != b'\r');
    &row[..end.map_or(0, |end| end + 1)]
}

fn check(entry: &Entry) {
    assert!(is_name(&entry.name), "{:?}", entry.name);
    for (at, (key, value)) in entry.more.iter().enumerate() {
        assert!(
            !key.is_empty() && !key.contains(|c: char| c.is_ascii_uppercase() || c.is_control())
        );
        assert!(!value.contains(char::is_control), "{value:?}");
        let earlier = &entry.more[..at];
        assert!(earlier.iter().all(|(other, _)| other != key), "{key} twice");
    }
}

fn more<'a>(entry: &'a Entry, key: &str) -> Option<&'a str> {
    let (_, value) = entry.more.iter().find(|(other, _)| other == key)?;
    Some(value)
}

/// The row of RFC 3659 that says what an entry says.
fn row(entry: &Entry) -> String {
    let kind = match entry.kind {
        EntryType::File => "file",
        EntryType::Directory => "dir",
        EntryType::Link => "OS.unix=symlink",
        EntryType::Other => more(entry, "type").unwrap_or_default(),
    };
    let mut row = format!("type={kind};");
    // Writing to a String cannot fail.
    if let Some(size) = entry.size {
        let _ = write!(row, "size={size};");
    }
    if let Some(modified) = entry.modified {
        let _ = write!(row, "modify={};", date(modified));
    }
    for (key, value) in &entry.more {
        if key != "type" && !OURS.contains(&key.as_str()) {
            let _ = write!(row, "{key}={value};");
        }
    }
    row + " " + &entry.name
}

/// Unix seconds as `YYYYMMDDHHMMSS`.
fn date(unix: i64) -> String {
    let (days, second) = (unix.div_euclid(86_400), unix.rem_euclid(86_400));
    // Days since 0000-03-01, in eras of 400 years.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}
