//! What is done with the files of a server, one call each.

use modem_ftp_dbus::errors::ErrorName;

use super::listing::time;
use super::path;
use super::read_listing;
use super::session::Session;
use super::working_directory::absolute_name;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::reply::Reply;
use crate::api::request::Operation;
use crate::at::command::ftp::{
    DeleteFile, MakeDirectory, ModificationTime, RemoveDirectory, Rename, Size, WorkingDirectory,
};
use crate::at::quote::RemotePath;
use crate::link::Link;

/// Opens the session if need be and does it. When the session was open before and the server
/// has dropped it meanwhile, it is opened anew, once. The reply to `ChangeDirectory` is the
/// directory's absolute name; the session does not stay there.
pub async fn perform(
    session: &mut Session,
    server: &str,
    operation: Operation,
) -> Result<Reply, Failure> {
    let was_open = session.open(server).await?;
    let first = attempt(session, operation.clone()).await;
    match first.map_err(|failure| session.explain(failure)) {
        Err(failure)
            if was_open && is_of_session(&failure) && is_repeatable(session, &operation) =>
        {
            tracing::info!("{failure}; opening the session again");
            session.close().await?;
            session.open(server).await?;
            attempt(session, operation).await
        }
        other => other,
    }
}

/// Whether it may be due to the server having dropped the session, which shows at once.
fn is_of_session(failure: &Failure) -> bool {
    let is_final = failure.retry == Retry::Never && failure.code.is_none();
    failure.scope == Scope::Session && failure.name != ErrorName::Timeout && !is_final
}

/// Whether doing it twice is the same as once, so that an answer that got lost does no harm.
fn is_repeatable(session: &Session, operation: &Operation) -> bool {
    // What a pipe has taken cannot be taken back.
    let has_delivered =
        matches!(operation, Operation::ListInto(..)) && session.ftp().link().delivered() > 0;
    !has_delivered
        && !matches!(
            operation,
            Operation::Delete(_)
                | Operation::Rename(..)
                | Operation::MakeDirectory(_)
                | Operation::RemoveDirectory(_)
        )
}

async fn attempt(session: &mut Session, operation: Operation) -> Result<Reply, Failure> {
    session.touch();
    let subject = path::subject(&operation).to_owned();
    let result = operate(session, operation).await;
    session.transferring(false);
    session.touch();
    result.map_err(|failure| match failure.name {
        // The path that was made of a relative one is what the server was asked for.
        ErrorName::RemoteNotFound if !subject.is_empty() => failure.context(subject),
        _ => failure,
    })
}

async fn operate(session: &mut Session, operation: Operation) -> Result<Reply, Failure> {
    let link = &session.ftp().link().clone();
    let directory = |path: String| {
        let path = if path.is_empty() { ".".into() } else { path };
        RemotePath::new("remote path", &path)
    };
    let file = |path: &str| RemotePath::new("remote path", path);
    let reply = match operation {
        Operation::Connect => Reply::Done,
        Operation::List(path) => read_listing::list(session, &directory(path)?).await?,
        Operation::ListRaw(path) => read_listing::list_raw(session, &directory(path)?).await?,
        Operation::ListInto(path, file) => {
            read_listing::list_into(session, &directory(path)?, &file).await?
        }
        Operation::ListNames(path) => read_listing::list_names(session, &directory(path)?).await?,
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
        Operation::ChangeDirectory(path) => Reply::Text(absolute_name(session, &path).await?),
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
