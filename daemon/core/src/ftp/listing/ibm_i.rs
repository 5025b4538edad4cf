//! One row of an IBM i (AS/400) server: `OWNER  5263360 06/11/97 12:27:39 *FILE  NAME`. Owner, size, date
//! and time may be blank.
//!
//! The order of the date, and what stands between its numbers, are settings of the server's job and not
//! told. With slashes it is read as month, day and year, as in IBM's own example, and with dots as day,
//! month and year, if the numbers allow. Any other date is read only if just one order allows it: a
//! time that is not known does less harm than a wrong one.

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// Reads a row; `None` for the listed directory itself and its parent.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    let mut before: Vec<&str> = Vec::new();
    let mut rest = text;
    let (object, name) = loop {
        let (this, after) = word(rest).ok_or(UNKNOWN)?;
        if let Some(object) = this.strip_prefix('*') {
            break (object, after.trim_start_matches(' '));
        }
        if before.len() == 4 {
            return Err(UNKNOWN);
        }
        before.push(this);
        rest = after;
    };
    if object.is_empty() || !object.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(UNKNOWN);
    }
    let facts = Facts::of(&before).ok_or(UNKNOWN)?;
    let path = name.strip_suffix('/').unwrap_or(name);
    let last = path.rsplit('/').next().unwrap_or(path);
    let Some(name) = row::name(last)? else {
        return Ok(None);
    };
    let kind = match object {
        "DIR" | "DDIR" | "LIB" | "FLR" => EntryType::Directory,
        "STMF" | "DSTMF" | "DOC" | "FILE" | "MEM" => EntryType::File,
        "SYMLNK" => EntryType::Link,
        _ => EntryType::Other,
    };
    let mut more = vec![("object".to_owned(), object.to_owned())];
    if let Some(owner) = facts.owner {
        more.push(("owner".to_owned(), owner.to_owned()));
    }
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size: facts.size.and_then(time::number),
        modified: facts.date.and_then(|(date, clock)| modified(date, clock)),
        more,
    };
    if facts.size.is_some() && entry.size.is_none() {
        row::mark(&mut entry, "size");
    }
    if facts.date.is_some() && entry.modified.is_none() {
        row::mark(&mut entry, "modify");
    }
    Ok(Some(entry))
}

/// What stands before the type of the object.
#[derive(Default)]
struct Facts<'a> {
    owner: Option<&'a str>,
    size: Option<&'a str>,
    date: Option<(&'a str, &'a str)>,
}

impl<'a> Facts<'a> {
    fn of(words: &[&'a str]) -> Option<Self> {
        let (words, date) = match words {
            [words @ .., date, clock] if is_date(date) => (words, Some((*date, *clock))),
            words => (words, None),
        };
        let (owner, size) = match *words {
            [] => (None, None),
            [size] if date.is_some() && time::number(size).is_some() => (None, Some(size)),
            [owner] => (Some(owner), None),
            [owner, size] if date.is_some() => (Some(owner), Some(size)),
            _ => return None,
        };
        Some(Self { owner, size, date })
    }
}

/// Whether a word is three numbers with the same separator between them.
fn is_date(word: &str) -> bool {
    time::three_numbers(word).is_some()
}

fn modified(date: &str, clock: &str) -> Option<i64> {
    let ([a, b, c], separator) = time::three_numbers(date)?;
    let clock = clock.replace('.', ":");
    let (hour, minute, second) = time::clock(&clock)?;
    let clock = (hour, minute, second.unwrap_or(0));
    let month_first = time::utc((time::century(c), a, b), clock);
    let day_first = time::utc((time::century(c), b, a), clock);
    let year_first = time::utc((time::century(a), b, c), clock);
    match separator {
        '/' if month_first.is_some() => return month_first,
        '.' if day_first.is_some() => return day_first,
        _ => {}
    }
    let mut possible = [month_first, day_first, year_first].into_iter().flatten();
    let only = possible.next()?;
    possible.all(|other| other == only).then_some(only)
}
