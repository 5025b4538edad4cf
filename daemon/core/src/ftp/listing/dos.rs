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
    let mut half = None;
    if noon(clock).is_none() {
        half = noon(size).filter(|(before, _)| before.is_empty());
        if half.is_some() {
            (size, rest) = word(rest).ok_or(UNKNOWN)?;
        }
    }
    let (kind, name) = match size {
        "<DIR>" => (EntryType::Directory, Some(unpadded(rest))),
        "<JUNCTION>" | "<SYMLINK>" | "<SYMLINKD>" => {
            (EntryType::Link, Some(rest.trim_start_matches(' ')))
        }
        _ => (EntryType::File, rest.strip_prefix(' ')),
    };
    let name = name.ok_or("without a name")?;
    if kind == EntryType::File && goes_on(size, name) && !is_aligned(text, clock, size) {
        return Err("whose size cannot be told from its name");
    }
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
        modified: modified(date, clock, half.map(|(_, noon)| noon)),
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

/// Characters between groups of three digits, apart from the blank.
const SEPARATORS: [char; 5] = [',', '.', '\'', '\u{a0}', '\u{202f}'];

/// A number that may have separators between groups of three digits.
fn number(text: &str) -> Option<u64> {
    let mut groups = text.split(SEPARATORS);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()));
    match first.is_some() && groups.clone().all(|group| group.len() == 3) {
        true => time::number(&text.replace(SEPARATORS, "")),
        false => time::number(text),
    }
}

/// Whether what stands where the name is expected may be the rest of a size with blanks between groups
/// of three digits: `1 234 567 name`.
fn goes_on(size: &str, name: &str) -> bool {
    let Some((group, behind)) = name.split_once(' ') else {
        return false;
    };
    let first = time::digits(size, 1..=3).is_some() && !size.starts_with('0');
    first && time::digits(group, 3..=3).is_some() && !behind.is_empty()
}

/// Whether a size ends where it does in the rows of IIS, 21 characters after the time: such a row has
/// one number, and the rest is the name.
fn is_aligned(text: &str, clock: &str, size: &str) -> bool {
    const WIDTH: usize = 21;
    let after = text.split_once(clock).map_or("", |(_, after)| after);
    let blanks = after.len() - after.trim_start_matches(' ').len();
    blanks + size.len() == WIDTH
}

/// Whether a word has the look of a time of day, valid or not.
fn is_clock(word: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_digit() || b":.APMapm".contains(&byte);
    word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().all(known)
}

/// A time of day without the `AM`, `PM`, `A` or `P` at its end, and the hour at which that half of the
/// day begins.
fn noon(clock: &str) -> Option<(&str, u32)> {
    let time = clock.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let half = clock.get(time.len()..)?.to_ascii_lowercase();
    match &*half {
        "am" | "a" => Some((time, 0)),
        "pm" | "p" => Some((time, 12)),
        _ => None,
    }
}

/// `MM-DD-YY`, `MM-DD-YYYY`, `YYYY-MM-DD` or `DD.MM.YYYY`, and `hh:mm` of 24 hours or of the half of the
/// day that begins at `half`.
fn modified(date: &str, clock: &str, half: Option<u32>) -> Option<i64> {
    let ([a, b, c], separator) = time::three_numbers(date)?;
    let wide = date.split(separator).next()?.len() == 4;
    let last = date.rsplit(separator).next()?.len();
    let date = match separator {
        _ if wide => (a, b, c),
        _ if last != 2 && last != 4 => return None,
        '.' => (time::century(c), b, a),
        _ => (time::century(c), a, b),
    };
    let (clock, noon) = match noon(clock) {
        Some((clock, noon)) => (clock, Some(noon)),
        None => (clock, half),
    };
    let (hour, minute, second) = time::clock(clock)?;
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    time::utc(date, (hour, minute, second.unwrap_or(0)))
}
