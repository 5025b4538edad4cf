//! One row in the form of Windows' `dir`, as IIS writes it: `MM-DD-YY  HH:MMAM  <DIR>  name`.

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// Blanks that IIS writes after `<DIR>` to align the names.
const PADDING: &str = "          ";

/// Reads a row; `None` for the listed directory itself and its parent.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    let (date, rest) = word(text).ok_or(UNKNOWN)?;
    let (clock, rest) = word(rest).ok_or(UNKNOWN)?;
    if time::three_numbers(date).is_none() || !is_clock(clock) {
        return Err(UNKNOWN);
    }
    let (mut size, mut rest) = word(rest).ok_or(UNKNOWN)?;
    let mut half = "";
    if matches!(size, "AM" | "PM") {
        half = size;
        (size, rest) = word(rest).ok_or(UNKNOWN)?;
    }
    let (kind, name) = match size {
        "<DIR>" => (EntryType::Directory, Some(unpadded(rest))),
        "<JUNCTION>" | "<SYMLINK>" | "<SYMLINKD>" => {
            (EntryType::Link, Some(rest.trim_start_matches(' ')))
        }
        _ => (EntryType::File, rest.strip_prefix(' ')),
    };
    let name = name.ok_or("without a name")?;
    let (name, target) = match kind {
        EntryType::Link => link(name),
        _ => (name, None),
    };
    let Some(name) = row::name(name)? else {
        return Ok(None);
    };
    let target = target.map(|target| ("target".to_owned(), target.to_owned()));
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size: (kind == EntryType::File).then(|| number(size)).flatten(),
        modified: modified(date, clock, half),
        more: target.into_iter().collect(),
    };
    if kind == EntryType::File && entry.size.is_none() {
        row::mark(&mut entry, "size");
    }
    if entry.modified.is_none() {
        row::mark(&mut entry, "modify");
    }
    Ok(Some(entry))
}

fn unpadded(rest: &str) -> &str {
    rest.strip_prefix(PADDING)
        .unwrap_or_else(|| rest.trim_start_matches(' '))
}

/// Name and target of `name [target]`.
fn link(text: &str) -> (&str, Option<&str>) {
    let target = text.strip_suffix(']');
    match target.and_then(|text| text.split_once(" [")) {
        Some((name, target)) => (name, Some(target)),
        None => (text, None),
    }
}

/// A number that may have separators between groups of three digits.
fn number(text: &str) -> Option<u64> {
    let mut groups = text.split([',', '.']);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()));
    match first.is_some() && groups.clone().all(|group| group.len() == 3) {
        true => time::number(&text.replace([',', '.'], "")),
        false => time::number(text),
    }
}

/// Whether a word has the look of a time of day, valid or not.
fn is_clock(word: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_digit() || b":.APM".contains(&byte);
    word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().all(known)
}

/// `MM-DD-YY`, `MM-DD-YYYY`, `YYYY-MM-DD` or `DD.MM.YYYY`, and `hh:mm` of 24 hours or with `AM` or
/// `PM`.
fn modified(date: &str, clock: &str, half: &str) -> Option<i64> {
    let ([a, b, c], separator) = time::three_numbers(date)?;
    let wide = date.split(separator).next()?.len() == 4;
    let last = date.rsplit(separator).next()?.len();
    let date = match separator {
        _ if wide => (a, b, c),
        _ if last != 2 && last != 4 => return None,
        '.' => (time::century(c), b, a),
        _ => (time::century(c), a, b),
    };
    let (clock, noon) = match (clock.strip_suffix("AM"), clock.strip_suffix("PM"), half) {
        (Some(clock), ..) => (clock, Some(0)),
        (_, Some(clock), _) => (clock, Some(12)),
        (.., "AM") => (clock, Some(0)),
        (.., "PM") => (clock, Some(12)),
        _ => (clock, None),
    };
    let (hour, minute, second) = time::clock(clock)?;
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    time::utc(date, (hour, minute, second.unwrap_or(0)))
}
