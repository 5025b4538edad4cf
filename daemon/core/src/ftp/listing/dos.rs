//! One row as IIS writes it in the form of Windows' `dir`: `MM-DD-YY  HH:MMAM  <DIR>  name`.

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// The mark of a directory.
const DIRECTORY: &str = "<DIR>";

/// Blanks that IIS writes after [`DIRECTORY`] to align the names.
const PADDING: &str = "          ";

/// Reads a row; `None` for the listed directory itself and its parent.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    let (date, rest) = word(text).ok_or(UNKNOWN)?;
    let (clock, rest) = word(rest).ok_or(UNKNOWN)?;
    let modified = modified(date, clock).ok_or("with an invalid date")?;
    let (size, rest) = word(rest).ok_or(UNKNOWN)?;
    let (kind, size, name) = if size == DIRECTORY {
        let name = rest
            .strip_prefix(PADDING)
            .unwrap_or_else(|| rest.trim_start_matches(' '));
        (EntryType::Directory, None, name)
    } else {
        let size = time::number(size).ok_or(UNKNOWN)?;
        let name = rest.strip_prefix(' ').ok_or("without a name")?;
        (EntryType::File, Some(size), name)
    };
    Ok(row::name(name)?.map(|name| Entry {
        name: name.to_owned(),
        kind,
        size,
        modified: Some(modified),
        more: Vec::new(),
    }))
}

/// `MM-DD-YY` or `MM-DD-YYYY`, and `hh:mm` of 24 hours or with `AM` or `PM`.
fn modified(date: &str, clock: &str) -> Option<i64> {
    let (month, rest) = date.split_once('-')?;
    let (day, year) = rest.split_once('-')?;
    let year = match year.len() {
        // Years of two digits are 1970 to 2069.
        2 => match time::digits(year, 2..=2)? {
            year @ 70.. => 1900 + year,
            year => 2000 + year,
        },
        _ => time::digits(year, 4..=4)?,
    };
    let date = (year, time::digits(month, 1..=2)?, time::digits(day, 1..=2)?);

    let (clock, noon) = match (clock.strip_suffix("AM"), clock.strip_suffix("PM")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (clock, None),
    };
    let (hour, minute, None) = time::clock(clock)? else {
        return None;
    };
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    time::utc(date, (hour, minute, 0))
}
