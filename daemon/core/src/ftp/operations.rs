//! What is done with the files of a server, one call each.

use super::listing::time;
use super::path::resolve;
use super::read_listing::{counted, list, list_names};
use super::session::Session;
use crate::api::failure::{Failure, Scope};
use crate::api::reply::Reply;
use crate::api::request::Operation;
use crate::at::command::ftp::{
    ChangeDirectory, DeleteFile, List, MakeDirectory, ModificationTime, RemoveDirectory, Rename,
    Size, WorkingDirectory,
};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// Opens the session if need be and does it. When the session was open before and the server
/// has dropped it meanwhile, it is opened anew, once.
pub async fn perform(
    session: &mut Session,
    server: &str,
    operation: Operation,
) -> Result<Reply, Failure> {
    let was_open = session.open(server).await?;
    let first = attempt(session, operation.clone()).await;
    match first.map_err(|failure| session.explain(failure)) {
        Err(failure)
            if was_open && failure.scope == Scope::Session && is_repeatable(&operation) =>
        {
            tracing::info!("{failure}; opening the session again");
            session.close().await?;
            session.open(server).await?;
            attempt(session, operation).await
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

async fn attempt(session: &mut Session, operation: Operation) -> Result<Reply, Failure> {
    session.touch();
    let result = operate(session, operation).await;
    session.transferring(false);
    session.touch();
    result
}

async fn operate(session: &Session, operation: Operation) -> Result<Reply, Failure> {
    let link = session.ftp().link();
    let directory = |path: String| {
        let path = if path.is_empty() { ".".into() } else { path };
        RemotePath::new("remote path", &path)
    };
    let file = |path: &str| RemotePath::new("remote path", path);
    let reply = match operation {
        Operation::Connect => Reply::Done,
        Operation::List(path) => list(session, directory(path)?).await?,
        Operation::ListRaw(path) => Reply::Bytes(
            counted(
                session,
                List {
                    path: directory(path)?,
                },
            )
            .await?,
        ),
        Operation::ListNames(path) => list_names(session, directory(path)?).await?,
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
        Operation::ChangeDirectory(path) => change_directory(session, &path).await?,
        Operation::WorkingDirectory => Reply::Text(link.send(WorkingDirectory).await?),
    };
    Ok(reply)
}

/// Size and time; each where the server has it, and at least one. A server that knows the size of a
/// file but refuses its time (550, 501, 553, or 202 behind the module's 601) is no failure.
async fn stat(link: &Link, path: RemotePath) -> Result<Reply, Failure> {
    let size = link.send(Size { path: path.clone() }).await;
    let size = match size {
        Ok(size) => Some(size),
        Err(failure) if failure.is_missing_feature() => None,
        Err(failure) => return Err(failure),
    };
    let modified = match link.send(ModificationTime { path }).await {
        Ok(text) => time::mdtm(&text),
        Err(failure) if failure.is_missing_feature() => None,
        Err(failure) if size.is_some() && is_refusal(&failure) => None,
        Err(failure) => return Err(failure),
    };
    Ok(Reply::Stat { size, modified })
}

/// Whether the server answered, with a refusal; the session goes on.
fn is_refusal(failure: &Failure) -> bool {
    failure.scope == Scope::Command || failure.reply.is_some_and(|reply| reply != 421)
}

/// Changes the directory, and keeps its absolute name for the logins to come.
async fn change_directory(session: &Session, path: &str) -> Result<Reply, Failure> {
    let ftp = session.ftp();
    let wanted = RemotePath::new("remote path", path)?;
    ftp.link().send(ChangeDirectory { path: wanted }).await?;
    let Some(server) = session.server() else {
        return Ok(Reply::Done);
    };
    let now = match ftp.link().send(WorkingDirectory).await {
        Ok(now) => now,
        Err(failure) if failure.scope == Scope::Command => {
            resolve(ftp.directory(&server.name).as_deref(), path)
        }
        Err(failure) => return Err(failure),
    };
    // A name that cannot be sent cannot be restored.
    if RemotePath::new("working directory", &now).is_ok() {
        ftp.set_directory(&server.name, now);
    }
    Ok(Reply::Done)
}
