//! Parses what QFTPMLSD, QFTPLIST and QFTPNLST return. Every row becomes an [`Entry`], and no name in
//! the result can leave the directory it is in.
//!
//! The bytes are the server's own (docs/module/at-ftp.md §2.11–2.13) and are not trusted. A name is
//! never empty, `.` or `..`, and has no `/` and no control character: rows that stand for the
//! directory itself or its parent are dropped. Slashes, control characters and bytes that are not
//! UTF-8, which the bus could not carry, are shown as `\xNN`; the entry then has `unreadable` in its
//! `more`. `unaddressable` there says that a name cannot be sent back to the server. A row of no known
//! form becomes an entry whose name is the row; only a listing of nothing but such rows is refused.
//! `ListRaw` returns the bytes as they are. Lines end in LF after any number of CRs, the last one may lack
//! its end, and empty lines do not count. A slash after the name of a directory is no part of it.

mod date;
mod dos;
mod eplf;
mod ibm_i;
mod long;
mod mlsd;
mod mvs;
mod netware;
mod os9;
mod row;
mod unix;
mod vms;

pub mod time;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use modem_ftp_dbus::ErrorName;

use crate::api::failure::Failure;
use crate::api::listing::{Listing, Names, ReadListing};
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
/// Protocol: no row is of that form; the text quotes the first. Failed: more than [`MOST_ENTRIES`].
pub fn mlsd(bytes: Vec<u8>) -> Result<Listing, Failure> {
    mlsd_or_rows(bytes).map_err(|unread| unread.failure)
}

/// Reads a listing for people. Each row has the form of `ls -l`, with or without owner and group, of
/// Windows' `dir` (IIS), EPLF, or of a server for NetWare, OpenVMS, IBM i, z/OS or OS-9.
///
/// Such a listing does not say which time zone its times are in. They are read as UTC unless the
/// row names an offset, so `modified` can be wrong by up to 14 hours. A row without a year gets the
/// latest year that puts its time at most one day after `now` (Unix seconds). `more` has what else
/// the row tells: `mode`, `owner`, `group`, the `target` of a link, and what only some forms have.
/// Sizes that are no bytes (blocks, records) are there only.
///
/// # Errors
/// Protocol: no row is of a known form; the text quotes the first. Failed: more than
/// [`MOST_ENTRIES`].
pub fn list(bytes: Vec<u8>, now: i64) -> Result<Listing, Failure> {
    list_or_rows(bytes, now).map_err(|unread| unread.failure)
}

/// A listing that cannot be read.
#[derive(Debug)]
pub struct Unread {
    /// Why.
    pub failure: Failure,
    /// What there is if it has no row of a known form: an entry for each, as for one such row among
    /// others.
    pub rows: Option<Listing>,
}

/// As [`mlsd`].
///
/// # Errors
/// As for [`mlsd`], with the rows.
pub fn mlsd_or_rows(bytes: Vec<u8>) -> Result<Listing, Unread> {
    read(bytes, 0, read_machine, |bytes, now, visit| {
        despite_unread(read_machine(bytes, now, visit))
    })
}

/// As [`list`].
///
/// # Errors
/// As for [`list`], with the rows.
pub fn list_or_rows(bytes: Vec<u8>, now: i64) -> Result<Listing, Unread> {
    let bytes = changed(bytes, eplf::without_tabs);
    let bytes = changed(bytes, vms::unwrapped);
    read(bytes, now, read_long, |bytes, now, visit| {
        despite_unread(read_long(bytes, now, visit))
    })
}

fn read(
    bytes: Vec<u8>,
    now: i64,
    read: ReadListing,
    read_rows: ReadListing,
) -> Result<Listing, Unread> {
    match Listing::or_bytes(bytes, now, read, MOST_ENTRIES) {
        Ok(Some(listing)) => Ok(listing),
        Ok(None) => Err(Unread {
            failure: too_many(),
            rows: None,
        }),
        Err((failure, bytes)) => {
            let rows = Listing::new(bytes, now, read_rows, MOST_ENTRIES);
            let rows = rows.ok().flatten();
            Err(Unread { failure, rows })
        }
    }
}

/// Every row has been visited before a listing is refused for having none of a known form.
fn despite_unread(result: Result<(), Failure>) -> Result<(), Failure> {
    match result {
        Err(failure) if is_unread(&failure) => Ok(()),
        result => result,
    }
}

fn changed(bytes: Vec<u8>, change: fn(&[u8]) -> Cow<'_, [u8]>) -> Vec<u8> {
    match change(&bytes) {
        Cow::Borrowed(_) => bytes,
        Cow::Owned(changed) => changed,
    }
}

/// The entries of a list of names, which is all that is known of a directory whose listing cannot be
/// read.
pub fn named(names: Names) -> Listing {
    let listing = Listing::new(names.into_text().into(), 0, read_named, MOST_ENTRIES);
    listing.ok().flatten().unwrap_or_default()
}

fn read_machine(bytes: &[u8], _: i64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<(), Failure> {
    row::read_entries(bytes, mlsd::entry, visit)
}

fn read_long(bytes: &[u8], now: i64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<(), Failure> {
    let rows = long::Rows::of(bytes, now);
    row::read_entries(bytes, |text| rows.entry(text), visit)
}

fn read_named(bytes: &[u8], _: i64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(bytes);
    let _ = text
        .split_terminator('\n')
        .all(|name| visit(row::named(name.to_owned())));
    Ok(())
}

fn too_many() -> Failure {
    Failure::new(
        ErrorName::Failed,
        format!("the directory has more than {MOST_ENTRIES} entries; {ADVICE}"),
    )
}

/// Whether a failure says that no row of a listing could be read.
pub fn is_unread(failure: &Failure) -> bool {
    failure.name == ErrorName::Protocol && failure.text.starts_with(row::UNREAD)
}

/// The names that are paths, as some servers write them for a listing of one file, become the last
/// components of these.
pub fn rename_paths(listing: Listing) -> Listing {
    listing.adjusted(|entry| {
        row::rename_path(entry);
        true
    })
}

/// Reads a list of names. Some servers put the directory that was asked for before each name; of a
/// path, the last component is the name.
///
/// # Errors
/// Protocol: no row has a name; the text quotes the first. Failed: more than [`MOST_ENTRIES`].
pub fn names(bytes: &[u8]) -> Result<Names, Failure> {
    let mut names = Names::default();
    row::read_names(bytes, last_component, &mut |name| {
        names.push(&name);
        names.len() <= MOST_ENTRIES
    })?;
    match names.len() {
        ..=MOST_ENTRIES => Ok(names),
        _ => Err(too_many()),
    }
}

fn last_component(text: &str) -> Result<Option<&str>, row::Reason> {
    let path = text.strip_suffix('/').unwrap_or(text);
    row::name(path.rsplit('/').next().unwrap_or(path))
}
