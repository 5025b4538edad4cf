//! Parses what QFTPMLSD, QFTPLIST and QFTPNLST return. Every row becomes an [`Entry`] or an error,
//! and no name in the result can leave the directory it is in.
//!
//! The bytes are the server's own (docs/module/at-ftp.md §2.11–2.13) and are not trusted. A name is
//! never empty, `.` or `..`, and has no `/` and no control character: rows that stand for the
//! directory itself or its parent are dropped, and a listing with any other such name is refused,
//! as is one with a row of no known form. Control characters and bytes that are not UTF-8, which
//! the bus could not carry, are shown as `\xNN`; the entry then has `unreadable` in its `more`, for
//! its name cannot be sent back to the server. `ListRaw` returns the bytes as they are. Lines end
//! in CR LF or LF, the last one may lack its end, and empty lines do not count.

mod dos;
mod mlsd;
mod row;
mod unix;

pub mod time;

#[cfg(test)]
mod tests;

use modem_ftp_dbus::ErrorName;

use crate::api::failure::Failure;
use crate::api::listing::{Listing, Names};
use crate::api::reply::Entry;
use crate::at::command::ftp::ADVICE;

/// Most entries of a listing. Entries take more room in a reply than in the listing: with so many of
/// them it stays far below what a message bus carries.
pub const MOST_ENTRIES: usize = 100_000;

/// Reads a machine listing (RFC 3659 section 7): `fact=value;fact=value; name`.
///
/// The facts `type`, `size` and `modify` fill the fields of [`Entry`], all others go to `more` by
/// their lower-case name. The target of a symbolic link, if the server tells it, goes there as
/// `target`; a type without an [`EntryType`](crate::api::reply::EntryType) stays there as `type`. A
/// `size` that is no number and a `modify` that is no time leave their field empty; `unreadable` in
/// `more` names them.
///
/// # Errors
/// Protocol: a row that is not of that form, or whose name is unsafe; the text quotes the row.
/// Failed: more than [`MOST_ENTRIES`].
pub fn mlsd(bytes: Vec<u8>) -> Result<Listing, Failure> {
    Listing::new(bytes, 0, read_machine, MOST_ENTRIES)?.ok_or_else(too_many)
}

/// Reads a listing for people. Each row has the form of `ls -l`, with or without a group, or that
/// of Windows' `dir` (IIS).
///
/// Such a listing does not say which time zone its times are in. They are read as UTC unless the
/// row names an offset, so `modified` can be wrong by up to 14 hours. A row without a year gets the
/// latest year that puts its time at most one day after `now` (Unix seconds). `more` has `mode`
/// and, if they can be told, `owner`, `group` and the `target` of a link.
///
/// # Errors
/// Protocol: a row of neither form, or one whose name is unsafe; the text quotes the row.
/// Failed: more than [`MOST_ENTRIES`].
pub fn list(bytes: Vec<u8>, now: i64) -> Result<Listing, Failure> {
    Listing::new(bytes, now, read_long, MOST_ENTRIES)?.ok_or_else(too_many)
}

/// Reads a list of names. Some servers put the directory that was asked for before each name; of a
/// path, the last component is the name.
///
/// # Errors
/// Protocol: a row whose name is unsafe; the text quotes the row. Failed: more than
/// [`MOST_ENTRIES`].
pub fn names(bytes: &[u8]) -> Result<Names, Failure> {
    let mut names = Names::default();
    let name = |text: &str, _| {
        let path = text.strip_suffix('/').unwrap_or(text);
        let last = path.rsplit('/').next().unwrap_or(path);
        Ok(row::name(last)?.map(str::to_owned))
    };
    row::read(bytes, name, |name| {
        names.push(&name);
        names.len() <= MOST_ENTRIES
    })?;
    match names.len() {
        ..=MOST_ENTRIES => Ok(names),
        _ => Err(too_many()),
    }
}

fn read_machine(bytes: &[u8], _: i64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<(), Failure> {
    row::read_entries(bytes, mlsd::entry, visit)
}

fn read_long(bytes: &[u8], now: i64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<(), Failure> {
    let entry = |text: &str| {
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            dos::entry(text)
        } else {
            unix::entry(text, now)
        }
    };
    row::read_entries(bytes, entry, visit)
}

fn too_many() -> Failure {
    Failure::new(
        ErrorName::Failed,
        format!("the directory has more than {MOST_ENTRIES} entries; {ADVICE}"),
    )
}
