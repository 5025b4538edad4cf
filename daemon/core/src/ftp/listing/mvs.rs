//! One row of a z/OS (MVS) server: a data set, `VOL001 3390 2003/05/21 1 200 FB 80 8053 PS NAME`, or a
//! member of a partitioned data set, `NAME 01.01 2004/06/22 2004/06/22 16:32 128 128 0 USER`.
//!
//! Sizes are tracks or records, which are no bytes: those of members are in `more` as `records`.

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// Not a row of this form.
const UNKNOWN: Reason = "of no known form";

/// Whether a listing is one of members, from its titles. Members may have no more than a name.
pub(super) fn lists_members(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let first = lines.find(|line| !line.trim_ascii().is_empty());
    let first = first.and_then(|line| std::str::from_utf8(line).ok());
    first.is_some_and(is_title_of_members)
}

fn is_title_of_members(text: &str) -> bool {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    matches!(
        words[..],
        ["Name", "VV.MM", "Created", ..] | ["Name", "Size", "TTR", ..]
    )
}

/// Reads a row about a data set; `None` for the titles.
pub(super) fn data_set(text: &str) -> Result<Option<Entry>, Reason> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let (kind, name, modified, told) = match words[..] {
        ["Volume", "Unit", .., "Dsname"] => return Ok(None),
        ["Migrated", name]
        | ["ARCIVE", "Not", "Direct", "Access", "Device", name]
        | [_, "Not", "Mounted", name]
        | ["Error", .., name] => (EntryType::File, name, None, ["", ""]),
        ["Pseudo", "Directory", name] => (EntryType::Directory, name, None, ["", ""]),
        [_, unit, "VSAM", name] if is_unit(unit) => (EntryType::File, name, None, ["VSAM", ""]),
        [_, "Tape", organisation @ "PS", name] => (EntryType::File, name, None, [organisation, ""]),
        [_, unit, referred, .., organisation, name] if words.len() >= 6 && is_unit(unit) => {
            let kind = match organisation {
                "PO" | "PO-E" => EntryType::Directory,
                "PS" | "PS-E" | "DA" | "IS" | "VS" | "PSU" | "POU" => EntryType::File,
                _ => return Err(UNKNOWN),
            };
            let record = words.get(5).copied().filter(|_| words.len() == 10);
            let told = [organisation, record.unwrap_or_default()];
            (kind, name, Some(referred), told)
        }
        _ => return Err(UNKNOWN),
    };
    let name = name.trim_matches('\'');
    if !is_data_set(name) {
        return Err(UNKNOWN);
    }
    let more = ["dsorg", "recfm"].into_iter().zip(told);
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size: None,
        modified: modified.and_then(|day| self::modified(day, "00:00")),
        more: more
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
    };
    if modified.is_some_and(|day| day != "**NONE**") && entry.modified.is_none() {
        row::mark(&mut entry, "modify");
    }
    Ok(Some(entry))
}

/// Reads a row about a member; `None` for the titles.
pub(super) fn member(text: &str) -> Result<Option<Entry>, Reason> {
    if is_title_of_members(text) {
        return Ok(None);
    }
    let (name, rest) = word(text).ok_or(UNKNOWN)?;
    if !is_qualifier(name) {
        return Err(UNKNOWN);
    }
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
    let mut entry = Entry {
        name: name.to_owned(),
        kind: EntryType::File,
        size: None,
        modified: None,
        more: Vec::new(),
    };
    match words[..] {
        [] => {}
        [version, _, day, clock, records, ..] if version.contains('.') => {
            entry.modified = modified(day, clock);
            if entry.modified.is_none() {
                row::mark(&mut entry, "modify");
            }
            entry.more.push(("version".into(), version.into()));
            entry.more.push(("records".into(), records.into()));
            if let [_, _, _, _, _, _, _, owner] = words[..] {
                entry.more.push(("owner".into(), owner.into()));
            }
        }
        // A program: its size in hexadecimal digits.
        [size, _, ..] => entry.size = u64::from_str_radix(size, 16).ok(),
        _ => return Err(UNKNOWN),
    }
    Ok(Some(entry))
}

/// Such as `3390`.
fn is_unit(word: &str) -> bool {
    time::digits(word, 4..=4).is_some()
}

/// A name of qualifiers with points between them; a generation or a member may follow.
fn is_data_set(name: &str) -> bool {
    name.split('.').all(is_qualifier)
}

fn is_qualifier(name: &str) -> bool {
    let known = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "@#$-".contains(c);
    (1..=8).contains(&name.len()) && name.chars().all(known)
}

/// `yyyy/mm/dd` and `hh:mm`.
fn modified(day: &str, clock: &str) -> Option<i64> {
    let ([year, month, day], '/') = time::three_numbers(day)? else {
        return None;
    };
    let (hour, minute, second) = time::clock(clock)?;
    time::utc((year, month, day), (hour, minute, second.unwrap_or(0)))
}
