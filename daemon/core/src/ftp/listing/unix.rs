//! One row in the form of `ls -l`: kind and mode, then columns that differ between servers, then
//! size, date, exactly one blank, and the name with all other blanks.

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};
use crate::calendar::DAY;

/// Most words between mode and size: link count, owner, group, a device's major number; owner and
/// group may have several words.
const WORDS: usize = 12;

/// Separates a link's name from its target.
const ARROW: &[u8] = b" -> ";

/// Reads a row; `None` for the line `total <blocks>`, the listed directory itself and its parent.
pub(super) fn entry(text: &str, now: i64) -> Result<Option<Entry>, Reason> {
    if is_total(text) {
        return Ok(None);
    }
    let (mode, rest) = word(text).ok_or("of blanks only")?;
    let kind = kind(mode).ok_or("of no known form")?;
    let Columns {
        mut before,
        number,
        modified,
        name,
    } = columns(rest, now).ok_or("without the size, date and name of a listing")?;

    // `ls` shows the numbers of a device, `8, 16`, in place of a size; FTP servers that compose
    // the row themselves show a size there too.
    let device = mode.starts_with(['b', 'c']) && before.last().is_some_and(|w| w.ends_with(','));
    if device {
        before.pop();
    }
    let size = (!device).then_some(number);
    let (name, target) = match kind {
        EntryType::Link => link(name, number)?,
        _ => (name, None),
    };
    let Some(name) = row::name(name)? else {
        return Ok(None);
    };
    let told = [("mode", Some(mode)), ("target", target)]
        .into_iter()
        .chain(people(&before));
    Ok(Some(Entry {
        name: name.to_owned(),
        kind,
        size,
        modified,
        more: told
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect(),
    }))
}

fn is_total(text: &str) -> bool {
    text.strip_prefix("total ")
        .is_some_and(|blocks| time::number(blocks).is_some())
}

/// The kind of a mode such as `-rw-r--r--`. A mark for an access list (`+`), a security context
/// (`.`) or extended attributes (`@`) may follow it.
fn kind(mode: &str) -> Option<EntryType> {
    let (&first, bits) = mode.as_bytes().split_first()?;
    let (bits, mark) = bits.split_at_checked(9)?;
    let known = bits.iter().all(|bit| b"-rwxsStTlL".contains(bit))
        && matches!(mark, [] | [b'+' | b'.' | b'@']);
    let kind = match first {
        b'-' => EntryType::File,
        b'd' => EntryType::Directory,
        b'l' => EntryType::Link,
        b'b' | b'c' | b'p' | b's' | b'D' => EntryType::Other,
        _ => return None,
    };
    known.then_some(kind)
}

/// The columns after the mode.
struct Columns<'a> {
    /// Link count, owner, group, and a device's major number with its comma.
    before: Vec<&'a str>,
    /// The size, or a device's minor number.
    number: u64,
    modified: Option<i64>,
    /// Of a link, followed by its target.
    name: &'a str,
}

/// Finds the columns by the date, because owner and group may be missing, be numbers or have
/// blanks: the size is the first number that a date follows.
fn columns(mut rest: &str, now: i64) -> Option<Columns<'_>> {
    let mut before = Vec::new();
    while before.len() <= WORDS {
        let (this, after) = word(rest)?;
        if let Some(number) = time::number(this)
            && let Some((modified, after)) = date(after, now)
        {
            return Some(Columns {
                before,
                number,
                modified,
                name: after.strip_prefix(' ')?,
            });
        }
        before.push(this);
        rest = after;
    }
    None
}

/// A date and what follows it: `Mmm dd hh:mm`, `Mmm dd yyyy`, `yyyy-mm-dd hh:mm`,
/// `yyyy-mm-dd hh:mm:ss[.fff] ±hhmm`. The time is `None` for the placeholder `--- -- --:--` that
/// libunftp writes for an unknown time.
fn date(text: &str, now: i64) -> Option<(Option<i64>, &str)> {
    let (first, rest) = word(text)?;
    let (second, rest) = word(rest)?;
    if let Some(date) = time::iso_date(first) {
        return match time::clock(second)? {
            (hour, minute, None) => Some((Some(time::utc(date, (hour, minute, 0))?), rest)),
            (hour, minute, Some(seconds)) => {
                let (offset, rest) = word(rest)?;
                let local = time::utc(date, (hour, minute, seconds))?;
                Some((Some(local - time::offset(offset)?), rest))
            }
        };
    }
    let (third, rest) = word(rest)?;
    if (first, second, third) == ("---", "--", "--:--") {
        return Some((None, rest));
    }
    let month = time::month(first)?;
    let day = time::digits(second, 1..=2)?;
    let modified = if let Some(year) = time::digits(third, 4..=4) {
        time::utc((year, month, day), (0, 0, 0))?
    } else {
        let (hour, minute, None) = time::clock(third)? else {
            return None;
        };
        time::latest(month, day, (hour, minute, 0), now.saturating_add(DAY))?
    };
    Some((Some(modified), rest))
}

/// Name and target of a link; the target is missing if the server could not read it. Both may
/// contain an arrow; then the link's size, which is the length of its target, decides.
fn link(text: &str, size: u64) -> Result<(&str, Option<&str>), Reason> {
    let arrows = || {
        text.as_bytes()
            .windows(ARROW.len())
            .enumerate()
            .filter(|(_, window)| *window == ARROW)
            .map(|(at, _)| at)
    };
    let fits = |at: usize| u64::try_from(text.len() - ARROW.len() - at) == Ok(size);
    let mut first = arrows();
    let at = match (first.next(), first.next()) {
        (None, _) => return Ok((text, None)),
        (Some(only), None) => Some(only),
        _ => arrows().find(|&at| fits(at)),
    };
    at.and_then(|at| Some((text.get(..at)?, Some(text.get(at + ARROW.len()..)?))))
        .ok_or("with a link whose name and target cannot be told apart")
}

/// Owner and group; neither if there are more words than two, since then one of them has blanks.
fn people<'a>(words: &[&'a str]) -> [(&'static str, Option<&'a str>); 2] {
    let named = match words {
        [links, named @ ..] if time::number(links).is_some() => named,
        named => named,
    };
    let (owner, group) = match *named {
        [owner] => (Some(owner), None),
        [owner, group] => (Some(owner), Some(group)),
        _ => (None, None),
    };
    [("owner", owner), ("group", group)]
}
