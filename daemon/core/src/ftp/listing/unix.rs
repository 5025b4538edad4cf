//! One row in the form of `ls -l`: kind and mode, then columns that differ between servers, then
//! size, date, exactly one blank, and the name with all other blanks.

use super::date;
use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// Most words between mode and size: link count, owner, group, a device's major number; owner and
/// group may have several words.
const WORDS: usize = 12;

/// Separates a link's name from its target.
const ARROW: &[u8] = b" -> ";

/// How servers of several languages begin the row that counts blocks.
const TOTALS: [&str; 18] = [
    "total",
    "totale",
    "totaal",
    "totalt",
    "gesamt",
    "insgesamt",
    "summe",
    "celkem",
    "spolu",
    "razem",
    "yhteensä",
    "összesen",
    "toplam",
    "итого",
    "合計",
    "总计",
    "总用量",
    "總計",
];

/// What may stand behind the number of such a row.
const UNITS: [&str; 12] = [
    "b", "k", "kb", "kib", "m", "mb", "mib", "g", "gb", "gib", "blocks", "bytes",
];

/// Reads a row; `None` for the line `total <blocks>`, the listed directory itself and its parent.
pub(super) fn entry(text: &str, now: i64) -> Result<Option<Entry>, Reason> {
    if is_total(text) {
        return Ok(None);
    }
    let (mode, rest) = mode(text).ok_or("of no known form")?;
    let kind = kind(mode).ok_or("of no known form")?;
    let columns = Columns::of(rest, now).ok_or("without the size, date and name of a listing")?;
    assemble(kind, mode, &columns)
}

/// The entry of a row with these columns.
pub(super) fn assemble(
    kind: EntryType,
    mode: &str,
    columns: &Columns<'_>,
) -> Result<Option<Entry>, Reason> {
    // `ls` shows the numbers of a device, `8, 16`, in place of a size; FTP servers that compose
    // the row themselves show a size there too.
    let before = columns.before.as_slice();
    let (before, device) = match before {
        [before @ .., major] if mode.starts_with(['b', 'c']) && major.ends_with(',') => {
            (before, true)
        }
        _ => (before, false),
    };
    let size = columns.size.filter(|_| !device);
    let (name, target) = match kind {
        EntryType::Link => link(columns.name, columns.size)?,
        _ => (columns.name, None),
    };
    let Some(name) = row::name(name)? else {
        return Ok(None);
    };
    let told = [("mode", Some(mode)), ("target", target)]
        .into_iter()
        .chain(people(before));
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size,
        modified: columns.modified,
        more: told
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect(),
    };
    if let Some(unreadable) = columns.unreadable {
        row::mark(&mut entry, unreadable);
    }
    Ok(Some(entry))
}

/// `total 12`, `total: 1,234`, `total 4.0K`, `total 12 KB`.
fn is_total(text: &str) -> bool {
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let (Some(word), Some(blocks), unit, None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let is_unit = |unit: &str| UNITS.contains(&unit.to_lowercase().as_str());
    let digits = blocks.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let attached = blocks.get(digits.len()..).unwrap_or_default();
    let word = word
        .strip_suffix([':', '：'])
        .unwrap_or(word)
        .to_lowercase();
    TOTALS.contains(&word.as_str())
        && time::number(&digits.replace(['.', ','], "")).is_some()
        && (attached.is_empty() || is_unit(attached))
        && unit.is_none_or(is_unit)
}

/// The mode and what follows it; inode and blocks may stand before it.
fn mode(text: &str) -> Option<(&str, &str)> {
    let (mut first, mut rest) = word(text)?;
    for _ in 0..2 {
        if time::number(first).is_some() {
            (first, rest) = word(rest)?;
        }
    }
    Some((first, rest))
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
pub(super) struct Columns<'a> {
    /// Link count, owner, group, and a device's major number with its comma.
    before: Vec<&'a str>,
    /// The size, or a device's minor number.
    size: Option<u64>,
    modified: Option<i64>,
    /// Which of these two are there but cannot be read.
    unreadable: Option<&'static str>,
    /// Of a link, followed by its target.
    pub(super) name: &'a str,
}

impl<'a> Columns<'a> {
    /// Finds the columns by the date, because owner and group may be missing, be numbers or have
    /// blanks: the size is the first number that a date follows. Where there is none, either the size
    /// or the date cannot be read, which costs no more than that.
    pub(super) fn of(rest: &'a str, now: i64) -> Option<Self> {
        let valid = |after| date::read(after, now);
        let invalid = |after| Some((None, date::shape(after)?));
        let foreign = |after| Some((None, date::shape_of_foreign(after)?));
        let number = |_: usize, this: &str| time::number(this).is_some();
        Self::find(rest, number, valid, None)
            .or_else(|| Self::find(rest, |_, _| true, valid, Some("size")))
            .or_else(|| Self::find(rest, number, invalid, Some("modify")))
            .or_else(|| {
                // The first number may be the count of links.
                let later = |at: usize, this: &str| at > 0 && number(at, this);
                Self::find(rest, later, foreign, Some("modify"))
            })
    }

    /// The columns, the size of which is the first word that `is_size` accepts and `date` follows.
    fn find(
        mut rest: &'a str,
        is_size: impl Fn(usize, &str) -> bool,
        date: impl Fn(&'a str) -> Option<(Option<i64>, &'a str)>,
        unreadable: Option<&'static str>,
    ) -> Option<Self> {
        let mut before = Vec::new();
        while before.len() <= WORDS {
            let (this, after) = word(rest)?;
            if is_size(before.len(), this)
                && let Some((modified, after)) = date(after)
            {
                let continues = continues(&before, this);
                let unreadable = match (continues, unreadable) {
                    (false, unreadable) => unreadable,
                    (true, Some("modify")) => Some("size,modify"),
                    (true, _) => Some("size"),
                };
                return Some(Self {
                    before,
                    size: time::number(this).filter(|_| !continues),
                    modified,
                    unreadable,
                    name: after.strip_prefix(' ')?,
                });
            }
            before.push(this);
            rest = after;
        }
        None
    }
}

/// Whether a size may be the last of several groups of three digits with blanks between them, as in
/// `1 owner group 1 234 567`: more words before it than there are columns, the last of them a group.
fn continues(before: &[&str], size: &str) -> bool {
    let group = before.last().filter(|_| before.len() > 3);
    let is_first = |group: &&str| time::digits(group, 1..=3).is_some();
    group.is_some_and(is_first) && time::digits(size, 3..=3).is_some()
}

/// Name and target of a link; the target is missing if the server could not read it. Both may
/// contain an arrow; then the link's size, which is the length of its target, decides.
fn link(text: &str, size: Option<u64>) -> Result<(&str, Option<&str>), Reason> {
    let arrows = || {
        text.as_bytes()
            .windows(ARROW.len())
            .enumerate()
            .filter(|(_, window)| *window == ARROW)
            .map(|(at, _)| at)
    };
    let fits = |at: usize| u64::try_from(text.len() - ARROW.len() - at).ok() == size;
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
/// Servers of Mac OS write `folder` or the sizes of both forks there.
fn people<'a>(words: &[&'a str]) -> [(&'static str, Option<&'a str>); 2] {
    let named = match words {
        [links, named @ ..] if time::number(links).is_some() => named,
        named => named,
    };
    let (owner, group) = match *named {
        ["folder"] => (None, None),
        [fork] if time::number(fork).is_some() && words.len() == 2 => (None, None),
        [owner] => (Some(owner), None),
        [owner, group] => (Some(owner), Some(group)),
        _ => (None, None),
    };
    [("owner", owner), ("group", group)]
}
