//! What is done with the files of a server, one call each.

use modem_ftp_dbus::errors::ErrorName;

use super::path::resolve;
use super::{Session, listing, tls};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::reply::Reply;
use crate::api::request::Operation;
use crate::at::command::Command;
use crate::at::command::ftp::{
    ChangeDirectory, DeleteFile, List, MachineList, MakeDirectory, ModificationTime, NameList,
    RemoveDirectory, Rename, Size, TransferLength, WorkingDirectory,
};
use crate::at::quote::RemotePath;
use crate::link::Link;
use crate::modem::local_calls;
use crate::transfer::queue::Work;

/// Serves one call: its reply, and what broke below the session, if anything did.
pub async fn serve(
    link: &Link,
    session: &mut Session,
    work: Work,
) -> (Result<Reply, Failure>, Result<(), Failure>) {
    let result = match work {
        Work::Remote(server, operation) => remote(link, session, &server, operation).await,
        Work::Disconnect => {
            link.with(|state| state.directories.clear());
            session.close().await.map(|()| Reply::Done)
        }
        Work::Tidy(server, path) => {
            let operation = Operation::Delete(path);
            remote(link, session, &server, operation).await
        }
        work @ (Work::Reset | Work::Command(..)) => local_calls::run(link, work).await,
    };
    let broken = match &result {
        Ok(_) => Ok(()),
        Err(failure) => session.after(failure).await,
    };
    (result, broken)
}

/// Opens the session if need be and does it. When the session was open before and the server
/// has dropped it meanwhile, it is opened anew, once.
async fn remote(
    link: &Link,
    session: &mut Session,
    server: &str,
    operation: Operation,
) -> Result<Reply, Failure> {
    let was_open = session.open(server).await?;
    let first = perform(link, session, operation.clone()).await;
    let first = first.map_err(|failure| match session.server() {
        Some(server) => tls::explain_data(server, failure),
        None => failure,
    });
    match first {
        Err(failure)
            if was_open && failure.scope == Scope::Session && is_repeatable(&operation) =>
        {
            tracing::info!("{failure}; opening the session again");
            session.close().await?;
            session.open(server).await?;
            perform(link, session, operation).await
        }
        other => other,
    }
}

/// Whether doing it twice is the same as once, so that an answer that got lost does no harm.
fn is_repeatable(operation: &Operation) -> bool {
    !matches!(
        operation,
        Operation::Delete(_)
            | Operation::Rename(..)
            | Operation::MakeDirectory(_)
            | Operation::RemoveDirectory(_)
    )
}

async fn perform(
    link: &Link,
    session: &mut Session,
    operation: Operation,
) -> Result<Reply, Failure> {
    session.touch();
    let result = operate(link, session, operation).await;
    session.transferring(false);
    session.touch();
    result
}

async fn operate(link: &Link, session: &Session, operation: Operation) -> Result<Reply, Failure> {
    let directory = |path: String| {
        let path = if path.is_empty() { ".".into() } else { path };
        RemotePath::new("remote path", &path)
    };
    let file = |path: &str| RemotePath::new("remote path", path);
    let reply = match operation {
        Operation::Connect => Reply::Done,
        Operation::List(path) => list(link, session, directory(path)?).await?,
        Operation::ListRaw(path) => Reply::Bytes(
            counted(
                link,
                session,
                List {
                    path: directory(path)?,
                },
            )
            .await?,
        ),
        Operation::ListNames(path) => list_names(link, session, directory(path)?).await?,
        Operation::Stat(path) => stat(link, file(&path)?).await?,
        Operation::Delete(path) => {
            let path = file(&path)?;
            link.send(DeleteFile { path }).await?;
            Reply::Done
        }
        Operation::Rename(from, to) => {
            let (from, to) = (file(&from)?, file(&to)?);
            link.send(Rename { from, to }).await?;
            Reply::Done
        }
        Operation::MakeDirectory(path) => {
            let path = file(&path)?;
            link.send(MakeDirectory { path }).await?;
            Reply::Done
        }
        Operation::RemoveDirectory(path) => {
            let path = file(&path)?;
            link.send(RemoveDirectory { path }).await?;
            Reply::Done
        }
        Operation::ChangeDirectory(path) => change_directory(link, session, &path).await?,
        Operation::WorkingDirectory => Reply::Text(link.send(WorkingDirectory).await?),
    };
    Ok(reply)
}

/// MLSD, and LIST where the server has no MLSD (500, 502).
async fn list(link: &Link, session: &Session, path: RemotePath) -> Result<Reply, Failure> {
    session.transferring(true);
    let machine = MachineList { path: path.clone() };
    match link.receive_listing(machine).await {
        Ok(bytes) => Ok(Reply::Entries(listing::mlsd(&bytes)?)),
        Err(failure) if failure.is_missing_feature() => {
            tracing::debug!("{failure}; listing with QFTPLIST");
            let bytes = counted(link, session, List { path }).await?;
            let now = link.with(|state| state.now.unix);
            Ok(Reply::Entries(listing::list(&bytes, now)?))
        }
        Err(failure) => Err(failure),
    }
}

/// NLST, and the names of the full listing where the module or the server has no NLST
/// (docs/module/quirks.md F14).
async fn list_names(link: &Link, session: &Session, path: RemotePath) -> Result<Reply, Failure> {
    let names = NameList { path: path.clone() };
    match counted(link, session, names).await {
        Ok(bytes) => Ok(Reply::Names(listing::names(&bytes)?)),
        Err(failure) if failure.is_missing_feature() => {
            tracing::debug!("{failure}; listing with QFTPMLSD or QFTPLIST");
            Ok(match list(link, session, path).await? {
                Reply::Entries(entries) => {
                    Reply::Names(entries.into_iter().map(|entry| entry.name).collect())
                }
                other => other,
            })
        }
        Err(failure) => Err(failure),
    }
}

/// A listing, if it is all that was transferred: a server can put a forged end into its data,
/// but not change what QFTPLEN counted (docs/module/at-ftp.md §2.16; it counts LIST and NLST).
async fn counted<C: Command<Reply = Vec<u8>>>(
    link: &Link,
    session: &Session,
    command: C,
) -> Result<Vec<u8>, Failure> {
    session.transferring(true);
    let bytes = link.receive_listing(command).await?;
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

/// Size and time; each where the server has it, and at least one.
async fn stat(link: &Link, path: RemotePath) -> Result<Reply, Failure> {
    let size = link.send(Size { path: path.clone() }).await;
    let size = match size {
        Ok(size) => Some(size),
        Err(failure) if failure.is_missing_feature() => None,
        Err(failure) => return Err(failure),
    };
    let modified = match link.send(ModificationTime { path }).await {
        Ok(text) => listing::time::mdtm(&text),
        Err(failure) if failure.is_missing_feature() => None,
        Err(failure) => return Err(failure),
    };
    Ok(Reply::Stat { size, modified })
}

/// Changes the directory, and keeps its absolute name for the logins to come.
async fn change_directory(link: &Link, session: &Session, path: &str) -> Result<Reply, Failure> {
    let wanted = RemotePath::new("remote path", path)?;
    link.send(ChangeDirectory { path: wanted }).await?;
    let name = session.server().map(|server| server.name.clone());
    let now = match link.send(WorkingDirectory).await {
        Ok(now) => now,
        Err(failure) if failure.scope == Scope::Command => {
            let before = name
                .as_ref()
                .and_then(|name| link.with(|state| state.directories.get(name).cloned()));
            resolve(before.as_deref(), path)
        }
        Err(failure) => return Err(failure),
    };
    // What cannot be sent back cannot be restored.
    if let Some(name) = name.filter(|_| RemotePath::new("working directory", &now).is_ok()) {
        link.with(|state| state.directories.insert(name, now));
    }
    Ok(Reply::Done)
}
