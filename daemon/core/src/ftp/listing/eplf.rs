//! One row in the Easily Parsed LIST Format: `+` and facts, each with a comma, then a tab, then the
//! name: `+i838.48,m825718503,r,s280,<tab>name`.

use std::borrow::Cow;

use super::row::{self, Reason};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// What stands in a row between facts and name, once [`without_tabs`] has been there.
const END_OF_FACTS: &str = ", ";

/// The listing with a blank for the tab after the facts of each row, which would count as a control
/// character.
pub(super) fn without_tabs(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_row = |line: &[u8]| line.starts_with(b"+") && line.contains(&b'\t');
    if !bytes.split(|&byte| byte == b'\n').any(is_row) {
        return bytes.into();
    }
    let mut plain = bytes.to_vec();
    let rows = plain.split_mut(|&byte| byte == b'\n');
    for row in rows.filter(|row| row.starts_with(b"+")) {
        if let Some(tab) = row.iter_mut().find(|byte| **byte == b'\t') {
            *tab = b' ';
        }
    }
    plain.into()
}

/// Reads a row; `None` for the listed directory itself and its parent.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    let facts = text.strip_prefix('+').ok_or(UNKNOWN)?;
    // A row without facts is "+", tab, name.
    let (facts, name) = match facts.strip_prefix(' ') {
        Some(name) => ("", name),
        None => facts.split_once(END_OF_FACTS).ok_or(UNKNOWN)?,
    };
    let Some(name) = row::name(name)? else {
        return Ok(None);
    };
    let mut entry = Entry {
        name: name.to_owned(),
        kind: EntryType::Other,
        size: None,
        modified: None,
        more: Vec::new(),
    };
    for fact in facts.split(',') {
        let (key, value) = fact.split_at_checked(1).unwrap_or_default();
        match key {
            "/" => entry.kind = EntryType::Directory,
            "r" if entry.kind == EntryType::Other => entry.kind = EntryType::File,
            "s" => {
                entry.size = time::number(value);
                if entry.size.is_none() {
                    row::mark(&mut entry, "size");
                }
            }
            "m" => {
                let seconds = time::number(value).and_then(|time| i64::try_from(time).ok());
                entry.modified = seconds.filter(|seconds| *seconds <= time::END);
                if entry.modified.is_none() {
                    row::mark(&mut entry, "modify");
                }
            }
            "i" => entry.more.push(("unique".into(), value.into())),
            "u" => {
                if let Some(mode) = value.strip_prefix('p') {
                    entry.more.push(("mode".into(), mode.into()));
                }
            }
            _ => {}
        }
    }
    Ok(Some(entry))
}
