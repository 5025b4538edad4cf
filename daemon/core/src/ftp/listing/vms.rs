//! One row of an OpenVMS server: `NAME.TYPE;3  12/15  19-NOV-2001 21:41:16  [GROUP,OWNER]  (RWED,RE,,)`.
//! A long name has its facts on a line of its own.
//!
//! Sizes are blocks of 512 bytes, which is no exact size: they are in `more` as `blocks`. The version
//! of a file is there too; the name without it means the newest.

use std::borrow::Cow;

use super::row::{self, Reason, word};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// What a directory's name ends in.
const DIRECTORY: &str = ".DIR";

/// The listing with every name and its facts on one line.
pub(super) fn unwrapped(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n').peekable();
    let mut joined = Vec::new();
    let (mut whole, mut at) = (0, 0);
    while let Some(line) = lines.next() {
        at += line.len();
        let name = line.trim_ascii_end();
        let continues = lines.peek().is_some_and(|next| {
            next.first()
                .is_some_and(|&byte| byte == b' ' || byte == b'\t')
        });
        if continues && is_name(name) {
            // Without its line end; the next line begins with the blank that is needed.
            let end = at - line.len() + name.len();
            joined.extend_from_slice(bytes.get(whole..end).unwrap_or_default());
            joined.push(b' ');
            whole = at;
        }
    }
    if whole == 0 {
        return bytes.into();
    }
    joined.extend_from_slice(bytes.get(whole..).unwrap_or_default());
    joined.into()
}

/// Whether a line is a name with a version and nothing else.
fn is_name(line: &[u8]) -> bool {
    let version = line.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let digits = version.count();
    let before = line.len().checked_sub(digits + 1);
    let semicolon = before.and_then(|at| line.get(at)) == Some(&b';');
    digits > 0 && semicolon && !line.contains(&b' ')
}

/// Reads a row; `None` for the lines around the files.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    if is_frame(text) {
        return Ok(None);
    }
    let (file, rest) = word(text).ok_or(UNKNOWN)?;
    let (path, version) = file.rsplit_once(';').ok_or(UNKNOWN)?;
    time::number(version).ok_or(UNKNOWN)?;
    let name = path.rsplit(']').next().unwrap_or(path);
    let directory = name.len().checked_sub(DIRECTORY.len());
    let directory = directory.and_then(|at| name.split_at_checked(at));
    let directory = directory.filter(|(_, end)| end.eq_ignore_ascii_case(DIRECTORY));
    let (kind, name) = match directory {
        Some((name, _)) => (EntryType::Directory, name),
        None => (EntryType::File, name),
    };
    let facts = facts(rest).ok_or(UNKNOWN)?;
    let Some(name) = row::name(name)? else {
        return Ok(None);
    };
    let told = [
        ("version", Some(version)),
        ("blocks", facts.blocks),
        ("owner", facts.owner),
        ("mode", facts.protection),
    ];
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size: None,
        modified: facts.modified,
        more: told
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect(),
    };
    if entry.modified.is_none() {
        row::mark(&mut entry, "modify");
    }
    Ok(Some(entry))
}

/// What follows a name.
#[derive(Default)]
struct Facts<'a> {
    blocks: Option<&'a str>,
    modified: Option<i64>,
    owner: Option<&'a str>,
    protection: Option<&'a str>,
}

/// Facts, or why the server does not tell them (`%RMS-E-PRV, insufficient privilege …`).
fn facts(rest: &str) -> Option<Facts<'_>> {
    let mut facts = Facts::default();
    let text = rest.trim_start_matches(' ');
    if text.starts_with('%') || text.contains("privilege") {
        return Some(facts);
    }
    let (mut first, mut rest) = word(rest)?;
    if let Some(blocks) = blocks(first) {
        facts.blocks = Some(blocks);
        (first, rest) = word(rest)?;
    }
    // `19-NOV-2001`; a day before the tenth may have a blank before it.
    let mut parts = first.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    time::number(day)?;
    time::number(year)?;
    let (clock, rest) = word(rest).unwrap_or_default();
    facts.modified = modified(day, month, year, clock);
    let enclosed = |open, close| {
        let (_, inside) = rest.split_once(open)?;
        inside.split_once(close).map(|(inside, _)| inside)
    };
    facts.owner = enclosed('[', ']');
    facts.protection = enclosed('(', ')');
    Some(facts)
}

/// The blocks of `12` or `12/15` (used and allocated).
fn blocks(word: &str) -> Option<&str> {
    let (used, allocated) = word.split_once('/').unwrap_or((word, "0"));
    time::number(allocated)?;
    time::number(used).map(|_| used)
}

fn modified(day: &str, month: &str, year: &str, clock: &str) -> Option<i64> {
    let date = (
        time::digits(year, 4..=4)?,
        time::month(month)?,
        time::digits(day, 1..=2)?,
    );
    let (hour, minute, second) = time::clock(clock)?;
    time::utc(date, (hour, minute, second.unwrap_or(0)))
}

/// `Directory DISK:[A.B]`, `Total of 3 files, 45 blocks.`, `Grand total of …`.
fn is_frame(text: &str) -> bool {
    let names = text.starts_with("Directory ") && text.contains(['[', ':']);
    let total = text.starts_with("Total of ") || text.starts_with("Grand total of ");
    names || (total && text.contains(" file"))
}
