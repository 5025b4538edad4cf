//! Parses what QFTPMLSD, QFTPLIST and QFTPNLST return. Every row becomes an [`Entry`], and no name in
//! the result can leave the directory it is in.
//!
//! The bytes are the server's own (docs/module/at-ftp.md §2.11–2.13) and are not trusted. A name is
//! never empty, `.` or `..`, and has no `/` and no control character: rows that stand for the
//! directory itself or its parent are dropped. Slashes, control characters and bytes that are not
//! UTF-8, which the bus could not carry, are shown as `\xNN`; the entry then has `unreadable` in its
//! `more`. `unaddressable` there says that a name cannot be sent back to the server. A row of no known
//! form becomes an entry whose name is the row; only a listing of nothing but such rows is refused.
//! `ListRaw` returns the bytes as they are. Lines end in CR LF or LF, the last one may lack its end,
//! and empty lines do not count.

mod dos;
mod mlsd;
mod row;
mod unix;

pub mod time;

#[cfg(test)]
mod tests;

use crate::api::failure::Failure;
use crate::api::reply::Entry;

/// Reads a machine listing (RFC 3659 section 7): `fact=value;fact=value; name`.
///
/// The facts `type`, `size` and `modify` fill the fields of [`Entry`], all others go to `more` by
/// their lower-case name. The target of a symbolic link, if the server tells it, goes there as
/// `target`; a type without an [`EntryType`](crate::api::reply::EntryType) stays there as `type`. A
/// `size` that is no number and a `modify` that is no time leave their field empty; `unreadable` in
/// `more` names them.
///
/// # Errors
/// Protocol: no row is of that form; the text quotes the first.
pub fn mlsd(bytes: &[u8]) -> Result<Vec<Entry>, Failure> {
    row::read_entries(bytes, mlsd::entry)
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
/// Protocol: no row is of either form; the text quotes the first.
pub fn list(bytes: &[u8], now: i64) -> Result<Vec<Entry>, Failure> {
    row::read_entries(bytes, |text| {
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            dos::entry(text)
        } else {
            unix::entry(text, now)
        }
    })
}

/// Reads a list of names. Some servers put the directory that was asked for before each name; of a
/// path, the last component is the name.
///
/// # Errors
/// Protocol: no row has a name; the text quotes the first.
pub fn names(bytes: &[u8]) -> Result<Vec<String>, Failure> {
    row::read_names(bytes, |text| {
        let path = text.strip_suffix('/').unwrap_or(text);
        let last = path.rsplit('/').next().unwrap_or(path);
        row::name(last)
    })
}
