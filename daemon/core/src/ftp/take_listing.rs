//! Takes the listing of a path that the session stands at, by the best command that the server has: MLSD,
//! else LIST, else NLST. A command that is refused, or whose answer is in no known form, is followed by
//! the next. If all of them fail, a directory's listing is what LIST or MLSD brought, row by row.

use modem_ftp_dbus::errors::ErrorName;

use super::listing::{self, Unread};
use super::session::Session;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::listing::{Listing, Names};
use crate::api::local::LocalFile;
use crate::at::command::Command;
use crate::at::command::ftp::{List, MachineList, NameList, StreamedList, TransferLength};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// The module's code for a refusal that it does not understand.
const UNKNOWN: u32 = 601;
/// The module's codes for the replies 450 and 550.
const NOT_TAKEN: u32 = 617;
const UNAVAILABLE: u32 = 627;

/// The entries at a path.
///
/// # Errors
/// The first failure that counts: the refusal of LIST, or the row that could not be read.
pub async fn entries(session: &Session, path: &RemotePath) -> Result<Listing, Failure> {
    let mut rows = None;
    match readable(session, path, &mut rows).await {
        // What cannot be read shows neither which path it is of nor whether it matches a pattern.
        Err(failure) if path.as_str() == "." && (is_answer(&failure) || leads_on(&failure)) => {
            rows.ok_or(failure)
        }
        listed => listed,
    }
}

/// The entries at a path, if they are in a known form. Otherwise `rows` are what a command brought.
async fn readable(
    session: &Session,
    path: &RemotePath,
    rows: &mut Option<Listing>,
) -> Result<Listing, Failure> {
    match machine_listing(session, path, rows).await {
        Err(failure) if leads_on(&failure) => {
            tracing::debug!("{failure}; listing with QFTPLIST");
            let entries = without_machine_listing(session, path, rows).await?;
            session.ftp().link().note_lack::<MachineList>(&failure);
            Ok(entries)
        }
        listed => listed,
    }
}

/// The names at a path.
///
/// # Errors
/// As for [`entries`]; also that no row is in a known form, since a name cannot be marked.
pub async fn names(session: &Session, path: &RemotePath) -> Result<Names, Failure> {
    match name_list(session, path).await {
        Ok(names) => Ok(names),
        // NLST may be missing in module or server (docs/module/quirks.md F14).
        Err(failure) if leads_on(&failure) => {
            tracing::debug!("{failure}; listing with QFTPMLSD or QFTPLIST");
            let entries = match readable(session, path, &mut None).await {
                Err(other) if is_empty(&failure) && is_answer(&other) => return Err(failure),
                entries => entries?,
            };
            if !entries.is_empty() {
                session.ftp().link().note_lack::<NameList>(&failure);
            }
            Ok(entries.names())
        }
        Err(failure) => Err(failure),
    }
}

/// The bytes of LIST.
///
/// # Errors
/// The refusal.
pub async fn bytes(session: &Session, path: &RemotePath) -> Result<Vec<u8>, Failure> {
    let refusal = match counted(session, List { path: path.clone() }).await {
        Err(refusal) if is_empty(&refusal) => refusal,
        listed => return listed,
    };
    // Something in it shows that it was not refused for being empty.
    match name_list(session, path).await {
        Ok(names) if !names.is_empty() => Err(Failure {
            reply: None,
            name: ErrorName::RemoteRefused,
            ..refusal
        }),
        Err(failure) if !is_answer(&failure) => Err(failure),
        _ => Err(refusal),
    }
}

/// Has the bytes of LIST written to a local file.
///
/// # Errors
/// The refusal.
pub async fn into(session: &Session, path: &RemotePath, file: &LocalFile) -> Result<(), Failure> {
    session.transferring(true);
    let link = session.ftp().link();
    let list = StreamedList(List { path: path.clone() });
    let length = link.stream_listing(list, file).await?;
    check_length(link, length).await
}

/// Whether a failure may say that there is nothing: some servers answer 450 or 550 "no files found" for
/// that, as for a directory that does not exist.
pub fn is_empty(failure: &Failure) -> bool {
    let says_so = match failure.reply {
        Some(reply) => matches!(reply, 450 | 550),
        None if failure.name == ErrorName::RemoteRefused => failure.code == Some(NOT_TAKEN),
        None => matches!(failure.code, Some(NOT_TAKEN | UNAVAILABLE)),
    };
    failure.scope == Scope::Command && says_so
}

/// Whether the session goes on after a failure.
pub fn is_answer(failure: &Failure) -> bool {
    failure.scope == Scope::Command || failure.is_refusal()
}

/// Whether the next command may work: the server has refused this one, or what came is in no form that is
/// known.
fn leads_on(failure: &Failure) -> bool {
    let refused = failure.scope == Scope::Command && failure.name != ErrorName::ConnectFailed;
    failure.is_missing_feature()
        || failure.is_refusal()
        || (refused && failure.code.is_some())
        || failure.code == Some(UNKNOWN)
        || listing::is_unread(failure)
}

async fn machine_listing(
    session: &Session,
    path: &RemotePath,
    rows: &mut Option<Listing>,
) -> Result<Listing, Failure> {
    session.transferring(true);
    let command = MachineList { path: path.clone() };
    let bytes = session.ftp().link().try_listing(command).await??;
    listing::mlsd_or_rows(bytes).map_err(|unread| keep(unread, rows))
}

/// The failure of a listing that cannot be read, whose rows are kept.
fn keep(unread: Unread, rows: &mut Option<Listing>) -> Failure {
    *rows = unread.rows.or_else(|| rows.take());
    unread.failure
}

async fn name_list(session: &Session, path: &RemotePath) -> Result<Names, Failure> {
    session.transferring(true);
    let link = session.ftp().link();
    let command = NameList { path: path.clone() };
    let bytes = link.try_listing(command).await??;
    check_length(link, bytes.len() as u64).await?;
    listing::names(&bytes)
}

async fn without_machine_listing(
    session: &Session,
    path: &RemotePath,
    rows: &mut Option<Listing>,
) -> Result<Listing, Failure> {
    let link = session.ftp().link();
    let now = link.now().unix;
    let known = link.lacks::<List>();
    let listed = match detailed(session, path).await {
        Ok(bytes) => listing::list_or_rows(bytes, now).map_err(|unread| keep(unread, rows)),
        Err(failure) => Err(failure),
    };
    let failure = match listed {
        Ok(entries) => return Ok(entries),
        Err(failure) if leads_on(&failure) => failure,
        Err(failure) => return Err(failure),
    };
    tracing::debug!("{failure}; listing with QFTPNLST");
    match name_list(session, path).await {
        Ok(names) if !names.is_empty() => {
            link.note_lack::<List>(&failure);
            return Ok(listing::named(names));
        }
        Err(other) if !is_answer(&other) => return Err(other),
        _ => {}
    }
    if known && listing::is_unread(&failure) {
        // That was the answer for another directory.
        let bytes = counted(session, List { path: path.clone() }).await?;
        return listing::list_or_rows(bytes, now).map_err(|unread| keep(unread, rows));
    }
    Err(failure)
}

/// The bytes of LIST, unless the server is known to lack it or to answer in no form that is known.
async fn detailed(session: &Session, path: &RemotePath) -> Result<Vec<u8>, Failure> {
    session.transferring(true);
    let link = session.ftp().link();
    let bytes = link.try_listing(List { path: path.clone() }).await??;
    check_length(link, bytes.len() as u64).await?;
    Ok(bytes)
}

/// A listing, if it is all that was transferred: a server can put a forged end into its data,
/// but not change what QFTPLEN counted (docs/module/at-ftp.md §2.16; it counts LIST and NLST).
async fn counted<C: Command<Reply = Vec<u8>>>(
    session: &Session,
    command: C,
) -> Result<Vec<u8>, Failure> {
    session.transferring(true);
    let link = session.ftp().link();
    let bytes = link.receive_listing(command).await?;
    check_length(link, bytes.len() as u64).await?;
    Ok(bytes)
}

async fn check_length(link: &Link, listed: u64) -> Result<(), Failure> {
    match link.send(TransferLength).await {
        Ok(length) if length != listed => Err(Failure::new(
            ErrorName::Protocol,
            format!("the listing has {listed} bytes, the module transferred {length}"),
        )
        .retry(Retry::Soon)
        .scope(Scope::Session)),
        Ok(_) => Ok(()),
        Err(failure) if failure.scope == Scope::Command => Ok(()),
        Err(failure) => Err(failure),
    }
}
