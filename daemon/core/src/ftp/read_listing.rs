//! Listings of a server, by the best command that it has.

use modem_ftp_dbus::errors::ErrorName;

use super::listing;
use super::lookup::is_directory;
use super::session::Session;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::listing::Names;
use crate::api::local::LocalFile;
use crate::api::reply::Reply;
use crate::at::command::Command;
use crate::at::command::ftp::{List, MachineList, NameList, StreamedList, TransferLength};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// MLSD, and LIST where the server has no MLSD (500, 502).
pub async fn list(session: &Session, path: RemotePath) -> Result<Reply, Failure> {
    session.transferring(true);
    let machine = MachineList { path: path.clone() };
    match session.ftp().link().receive_listing(machine).await {
        Ok(bytes) => Ok(Reply::Entries(listing::mlsd(bytes)?)),
        Err(failure) if failure.is_missing_feature() => {
            tracing::debug!("{failure}; listing with QFTPLIST");
            let list = List { path: path.clone() };
            let bytes = match whole(session, list, &path).await {
                Err(failure) if is_empty(session, &failure, path).await? => Vec::new(),
                listed => listed?,
            };
            let now = session.ftp().link().now().unix;
            Ok(Reply::Entries(listing::list(bytes, now)?))
        }
        Err(failure) => Err(failure),
    }
}

/// NLST, and the names of the full listing where the module or the server has no NLST
/// (docs/module/quirks.md F14).
pub async fn list_names(session: &Session, path: RemotePath) -> Result<Reply, Failure> {
    let names = NameList { path: path.clone() };
    match whole(session, names, &path).await {
        Ok(bytes) => Ok(Reply::Names(listing::names(&bytes)?)),
        Err(failure) if is_empty(session, &failure, path.clone()).await? => {
            Ok(Reply::Names(Names::default()))
        }
        Err(failure) if failure.is_missing_feature() => {
            tracing::debug!("{failure}; listing with QFTPMLSD or QFTPLIST");
            Ok(match list(session, path).await? {
                Reply::Entries(entries) => {
                    let mut names = Names::default();
                    entries.visit(|entry| {
                        names.push(&entry.name);
                        true
                    });
                    Reply::Names(names)
                }
                other => other,
            })
        }
        Err(failure) => Err(failure),
    }
}

/// Whether a listing was refused because the directory is empty: some servers answer 450 or 550
/// "no files found" for that, as for a directory that does not exist.
async fn is_empty(session: &Session, failure: &Failure, path: RemotePath) -> Result<bool, Failure> {
    let refused = failure.scope == Scope::Command && matches!(failure.reply, Some(450 | 550));
    if !refused {
        return Ok(false);
    }
    match is_directory(session.ftp().link(), path).await {
        Ok(exists) => Ok(exists),
        // The refusal of the listing is what the caller has to know.
        Err(failure) if failure.scope == Scope::Command => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// LIST.
pub async fn list_raw(session: &Session, path: RemotePath) -> Result<Reply, Failure> {
    let list = List { path: path.clone() };
    whole(session, list, &path).await.map(Reply::Bytes)
}

/// LIST, into a local file.
pub async fn list_into(
    session: &Session,
    path: RemotePath,
    file: &LocalFile,
) -> Result<Reply, Failure> {
    session.transferring(true);
    let link = session.ftp().link();
    let list = StreamedList(List { path: path.clone() });
    let length = link.stream_listing(list, file).await?;
    check_length(link, length).await?;
    check_directory(link, length, &path).await?;
    link.commit(file, false).await?;
    Ok(Reply::Done)
}

/// A listing of what is there.
///
/// # Errors
/// Those of [`counted`] and [`check_directory`].
async fn whole<C: Command<Reply = Vec<u8>>>(
    session: &Session,
    command: C,
    path: &RemotePath,
) -> Result<Vec<u8>, Failure> {
    let bytes = counted(session, command).await?;
    check_directory(session.ftp().link(), bytes.len() as u64, path).await?;
    Ok(bytes)
}

/// Some servers list a directory that does not exist as an empty one.
///
/// # Errors
/// `RemoteNotFound`.
async fn check_directory(link: &Link, length: u64, path: &RemotePath) -> Result<(), Failure> {
    // A pattern that nothing matches is no directory, and the session is where it is.
    let certain = path.as_str() == "." || path.as_str().contains(['*', '?', '[']);
    if length > 0 || certain {
        return Ok(());
    }
    match is_directory(link, path.clone()).await {
        Ok(false) => Err(Failure::new(
            ErrorName::RemoteNotFound,
            "the listing is empty, and the server does not change to this directory",
        )),
        Err(failure) if failure.scope > Scope::Command => Err(failure),
        _ => Ok(()),
    }
}

/// A listing, if it is all that was transferred.
///
/// # Errors
/// Those of [`check_length`].
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

/// Whether a listing is all that was transferred: a server can put a forged end into its data,
/// but not change what QFTPLEN counted (docs/module/at-ftp.md §2.16; it counts LIST and NLST).
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
