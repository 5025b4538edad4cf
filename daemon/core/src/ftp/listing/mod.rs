//! What QFTPMLSD, QFTPLIST and QFTPNLST bring: every row becomes an [`Entry`] or an error,
//! none is left out; no name in the result can leave the directory it is in.
//!
//! The bytes are the server's own (docs/module/at-ftp.md §2.11–2.13) and nothing in them is trusted. A
//! name is never empty, `.`, `..`, has no `/` and no control character: rows that are the
//! directory itself or its parent are dropped, all others that break this are refused.
//! A row of no known shape is refused too, as is one that is not UTF-8, which the bus could
//! not carry (`ListRaw` hands out the bytes as they are). Lines end in CR LF or LF, the last
//! one may lack its end, and empty lines do not count.

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
/// The facts `type`, `size` and `modify` fill the fields of [`Entry`], all others go to
/// `more` by their lower-case name. A symbolic link whose target is told has it as `target`;
/// a type of no [`EntryType`](crate::request::EntryType) stays in `more` as `type`.
///
/// # Errors
/// Protocol: a row that is not of that form or whose name is unsafe; the text quotes it.
pub fn mlsd(bytes: &[u8]) -> Result<Vec<Entry>, Failure> {
    row::read(bytes, mlsd::entry)
}

/// Reads a listing for people: rows as of `ls -l`, with or without a group, or as of
/// Windows' `dir` (IIS), told apart row by row.
///
/// Such a listing does not say in which time zone it is. `modified` is what its times would
/// be in UTC, unless the row names an offset itself, so it can be wrong by up to 14 hours.
/// Where a row has no year, it is the latest that puts the time at most one day after
/// `now` (Unix seconds). `more` has `mode`, and as far as they can be told `owner`, `group`
/// and the `target` of a link.
///
/// # Errors
/// Protocol: a row of neither form or whose name is unsafe; the text quotes it.
pub fn list(bytes: &[u8], now: i64) -> Result<Vec<Entry>, Failure> {
    row::read(bytes, |text| {
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            dos::entry(text)
        } else {
            unix::entry(text, now)
        }
    })
}

/// Reads a list of names. Some servers put the directory that was asked for before each
/// name: of a path, its last component is the name.
///
/// # Errors
/// Protocol: a row whose name is unsafe; the text quotes it.
pub fn names(bytes: &[u8]) -> Result<Vec<String>, Failure> {
    row::read(bytes, |text| {
        let path = text.strip_suffix('/').unwrap_or(text);
        let last = path.rsplit('/').next().unwrap_or(path);
        Ok(row::name(last)?.map(str::to_owned))
    })
}
