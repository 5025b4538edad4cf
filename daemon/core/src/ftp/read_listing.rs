//! Listings of a server, by the best command that it has: one that is refused, in whatever words, or
//! answered with something that cannot be read leads to the next one.

use modem_ftp_dbus::errors::ErrorName;

use super::is_directory::is_directory;
use super::listing;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::reply::{Entry, EntryType, Reply};
use crate::at::command::Command;
use crate::at::command::ftp::{List, MachineList, NameList, TransferLength};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// What a listing command brought; the inner error: another one may bring it.
type Attempted<T> = Result<Result<T, Failure>, Failure>;

/// The entries of a directory.
pub async fn list(link: &Link, path: RemotePath) -> Result<Reply, Failure> {
    entries(link, &path).await.map(Reply::Entries)
}

/// The entries of a directory, by MLSD, LIST or NLST.
///
/// # Errors
/// `RemoteNotFound`, `Protocol` and others.
pub async fn entries(link: &Link, path: &RemotePath) -> Result<Vec<Entry>, Failure> {
    let refusal = match detailed(link, path).await? {
        Ok(entries) => return Ok(entries),
        Err(refusal) => refusal,
    };
    tracing::debug!("{refusal}; listing with QFTPNLST");
    match names(link, path).await? {
        Ok(names) => {
            if !names.is_empty() {
                link.note_lack::<MachineList>(&refusal);
                link.note_lack::<List>(&refusal);
            }
            Ok(names.into_iter().map(only_named).collect())
        }
        Err(_) if is_empty(link, &refusal, path).await? => Ok(Vec::new()),
        Err(_) => Err(refusal),
    }
}

/// The names in a directory, by NLST, MLSD or LIST (docs/module/quirks.md F14).
pub async fn list_names(link: &Link, path: RemotePath) -> Result<Reply, Failure> {
    let refusal = match names(link, &path).await? {
        Ok(names) => return Ok(Reply::Names(names)),
        Err(refusal) => refusal,
    };
    tracing::debug!("{refusal}; listing with QFTPMLSD or QFTPLIST");
    let entries = match detailed(link, &path).await? {
        Ok(entries) => entries,
        Err(_) if is_empty(link, &refusal, &path).await? => Vec::new(),
        Err(_) => return Err(refusal),
    };
    if !entries.is_empty() {
        link.note_lack::<NameList>(&refusal);
    }
    let names = entries.into_iter().map(|entry| entry.name);
    Ok(Reply::Names(names.collect()))
}

/// LIST, as the server wrote it.
pub async fn list_raw(link: &Link, path: RemotePath) -> Result<Reply, Failure> {
    let refusal = match whole(link, List { path: path.clone() }, &path).await? {
        Ok(bytes) => return Ok(Reply::Bytes(bytes)),
        Err(refusal) => refusal,
    };
    // Something in it shows that it was not refused for being empty.
    let names = names(link, &path).await?;
    let is_filled = names.is_ok_and(|names| !names.is_empty());
    match !is_filled && is_empty(link, &refusal, &path).await? {
        true => Ok(Reply::Bytes(Vec::new())),
        false => Err(refusal),
    }
}

/// MLSD, and LIST where that is refused or cannot be read.
async fn detailed(link: &Link, path: &RemotePath) -> Attempted<Vec<Entry>> {
    let machine = MachineList { path: path.clone() };
    let refusal = match link.try_listing(machine).await? {
        Ok(bytes) => match listing::mlsd(&bytes) {
            Ok(entries) => return Ok(Ok(entries)),
            Err(unreadable) => unreadable,
        },
        Err(refusal) => refusal,
    };
    tracing::debug!("{refusal}; listing with QFTPLIST");
    let bytes = match whole(link, List { path: path.clone() }, path).await? {
        Ok(bytes) => bytes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !bytes.is_empty() {
        link.note_lack::<MachineList>(&refusal);
    }
    Ok(listing::list(&bytes, link.now().unix))
}

/// NLST.
async fn names(link: &Link, path: &RemotePath) -> Attempted<Vec<String>> {
    let names = NameList { path: path.clone() };
    match whole(link, names, path).await? {
        Ok(bytes) => Ok(listing::names(&bytes)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// An entry of which only the name is known.
fn only_named(name: String) -> Entry {
    Entry {
        name,
        kind: EntryType::Other,
        size: None,
        modified: None,
        more: Vec::new(),
    }
}

/// Whether a listing was refused because the directory is empty: some servers answer 450 or 550
/// "no files found" for that, as for a directory that does not exist.
async fn is_empty(link: &Link, refusal: &Failure, path: &RemotePath) -> Result<bool, Failure> {
    if !matches!(refusal.code, Some(617 | 627)) {
        return Ok(false);
    }
    match is_directory(link, path.clone()).await {
        Ok(exists) => Ok(exists),
        // The refusal of the listing is what the caller has to know.
        Err(failure) if failure.scope == Scope::Command => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// A listing of what is there: some servers list a directory that does not exist as an empty one.
///
/// # Errors
/// Those of [`counted`]; `RemoteNotFound`.
async fn whole<C: Command<Reply = Vec<u8>>>(
    link: &Link,
    command: C,
    path: &RemotePath,
) -> Attempted<Vec<u8>> {
    let bytes = match link.try_listing(command).await? {
        Ok(bytes) => counted(link, bytes).await?,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // A pattern that nothing matches is no directory, and the session is where it is.
    let certain = path.as_str() == "." || path.as_str().contains(['*', '?', '[']);
    if !bytes.is_empty() || certain {
        return Ok(Ok(bytes));
    }
    match is_directory(link, path.clone()).await {
        Ok(false) => Err(Failure::new(
            ErrorName::RemoteNotFound,
            "the listing is empty, and the server does not change to this directory",
        )),
        Err(failure) if failure.scope > Scope::Command => Err(failure),
        _ => Ok(Ok(bytes)),
    }
}

/// A listing, if it is all that was transferred: a server can put a forged end into its data,
/// but not change what QFTPLEN counted (docs/module/at-ftp.md §2.16; it counts LIST and NLST).
async fn counted(link: &Link, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    match link.send(TransferLength).await {
        Ok(length) if length != bytes.len() as u64 => Err(Failure::new(
            ErrorName::Protocol,
            format!(
                "the listing has {} bytes, the module transferred {length}",
                bytes.len()
            ),
        )
        .retry(Retry::Soon)
        .scope(Scope::Session)),
        Ok(_) => Ok(bytes),
        Err(failure) if failure.scope == Scope::Command => Ok(bytes),
        Err(failure) => Err(failure),
    }
}
