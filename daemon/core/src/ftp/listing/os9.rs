//! One row of an OS-9 server: `20.20 07/03/29 1026 d-ewrewr 2650 85920 NAME`, which are owner, date as
//! year, month and day, time, attributes, first sector (hexadecimal), size and name.

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// Reads a row; `None` for the rows above the first file.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    if is_header(text) {
        return Ok(None);
    }
    let (owner, rest) = word(text).ok_or(UNKNOWN)?;
    let (group, user) = owner.split_once('.').ok_or(UNKNOWN)?;
    time::number(group).and(time::number(user)).ok_or(UNKNOWN)?;
    let (date, rest) = word(rest).ok_or(UNKNOWN)?;
    let (clock, rest) = word(rest).ok_or(UNKNOWN)?;
    let (attributes, rest) = word(rest).ok_or(UNKNOWN)?;
    let (sector, rest) = word(rest).ok_or(UNKNOWN)?;
    let (size, rest) = word(rest).ok_or(UNKNOWN)?;
    let known = attributes.len() == 8 && attributes.bytes().all(|bit| b"-dsewr".contains(&bit));
    if !known || !sector.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(UNKNOWN);
    }
    let name = rest.strip_prefix(' ').ok_or("without a name")?;
    let Some(name) = row::name(name.trim_start_matches(' '))? else {
        return Ok(None);
    };
    let kind = match attributes.starts_with('d') {
        true => EntryType::Directory,
        false => EntryType::File,
    };
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size: time::number(size),
        modified: modified(date, clock),
        more: vec![
            ("owner".into(), owner.into()),
            ("mode".into(), attributes.into()),
        ],
    };
    if entry.size.is_none() {
        row::mark(&mut entry, "size");
    }
    if entry.modified.is_none() {
        row::mark(&mut entry, "modify");
    }
    Ok(Some(entry))
}

/// `Directory of . 11:44:44`, the titles of the columns, and the line below them.
fn is_header(text: &str) -> bool {
    let text = text.trim_start_matches(' ');
    let titles = text.starts_with("Owner ") && text.contains(" Bytecount ");
    let rule = text.contains("- -") && text.bytes().all(|byte| b"- ".contains(&byte));
    titles || rule || text.starts_with("Directory of ")
}

/// `yy/mm/dd` and `hhmm`.
fn modified(date: &str, clock: &str) -> Option<i64> {
    let (year, rest) = date.split_once('/')?;
    let (month, day) = rest.split_once('/')?;
    let date = (
        time::century(time::digits(year, 2..=2)?),
        time::digits(month, 1..=2)?,
        time::digits(day, 1..=2)?,
    );
    let clock = time::digits(clock, 4..=4)?;
    time::utc(date, (clock / 100, clock % 100, 0))
}
