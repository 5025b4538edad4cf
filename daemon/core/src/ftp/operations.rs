//! What is done with the files of a server, one call each.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::lookup::explain_not_found;
use super::path;
use super::read_listing;
use super::refused;
use super::session::Session;
use super::stat::stat;
use super::working_directory::absolute_name;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::reply::Reply;
use crate::api::request::Operation;
use crate::at::command::ftp::{
    DeleteFile, MakeDirectory, RemoveDirectory, Rename, WorkingDirectory,
};
use crate::at::quote::RemotePath;
use crate::link::{Link, OnAbort};

/// Before a login that has worked before is tried again for a caller who waits.
const LOGIN_PAUSES: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// The module's codes of a command that it does not begin (docs/module/at-ftp.md §4).
const BUSY: u32 = 603;
const CONTROL_CLOSED: u32 = 606;
/// Its codes for the replies 421, 503 and 530.
const ENDED: u32 = 614;
const OUT_OF_SEQUENCE: u32 = 623;
const NOT_LOGGED_IN: u32 = 625;

/// Opens the session if need be and does it. When the session was open before and the server
/// has dropped it meanwhile, it is opened anew, once. The reply to `ChangeDirectory` is the
/// directory's absolute name; the session does not stay there.
pub async fn perform(
    session: &mut Session,
    server: &str,
    operation: Operation,
) -> Result<Reply, Failure> {
    let was_open = open(session, server).await?;
    let first = attempt(session, operation.clone()).await;
    match first.map_err(|failure| session.explain(failure)) {
        Err(failure) if is_worth_another(session, &failure, was_open, &operation) => {
            tracing::info!("{failure}; opening the session again");
            session.after(&failure.scope(Scope::Session)).await?;
            open(session, server).await?;
            attempt(session, operation).await
        }
        other => other,
    }
}

/// Opens the session. A login that has worked before is tried a few times while the server refuses it.
async fn open(session: &mut Session, server: &str) -> Result<bool, Failure> {
    for pause in LOGIN_PAUSES {
        match session.open(server).await {
            Err(failure) if is_refused_for_now(session, server, &failure) => {
                tracing::info!("{failure}; trying again in {} s", pause.as_secs());
                session.ftp().link().sleep(pause, OnAbort::Break).await?;
            }
            opened => return opened,
        }
    }
    session.open(server).await
}

/// Whether the server refuses a login that has worked.
fn is_refused_for_now(session: &Session, server: &str, failure: &Failure) -> bool {
    let link = session.ftp().link();
    let settings = link.settings();
    let server = settings.server(server);
    failure.is_of_server() && server.is_some_and(|server| link.has_logged_in(server))
}

/// Whether the session is to be opened anew and the operation done again: the server has dropped the
/// session meanwhile, or the module did not begin the command (603, 606 in place of OK). What changes
/// something is done again only if it is certain that it was not done.
fn is_worth_another(
    session: &Session,
    failure: &Failure,
    was_open: bool,
    operation: &Operation,
) -> bool {
    let not_begun = failure.is_unaccepted && matches!(failure.code, Some(BUSY | CONTROL_CLOSED));
    let dropped = was_open && is_of_session(failure);
    let not_done =
        failure.is_unaccepted || (is_undone(failure) && !has_delivered(session, operation));
    (not_begun && failure.scope <= Scope::Session)
        || (dropped && (not_done || is_repeatable(session, operation)))
}

/// Whether the server itself says that it did nothing, since there is no session any more: 421, 503 or
/// 530, which an idle session may be ended with.
fn is_undone(failure: &Failure) -> bool {
    let code = matches!(failure.code, Some(ENDED | OUT_OF_SEQUENCE | NOT_LOGGED_IN));
    code && matches!(failure.reply, None | Some(421 | 503 | 530))
}

/// Whether it may be due to the server having dropped the session, which shows at once.
fn is_of_session(failure: &Failure) -> bool {
    let is_final = failure.retry == Retry::Never && failure.code.is_none();
    failure.scope == Scope::Session && failure.name != ErrorName::Timeout && !is_final
}

/// Whether doing it twice is the same as once, so that an answer that got lost does no harm.
fn is_repeatable(session: &Session, operation: &Operation) -> bool {
    !has_delivered(session, operation)
        && !matches!(
            operation,
            Operation::Delete(_)
                | Operation::Rename(..)
                | Operation::MakeDirectory(_)
                | Operation::RemoveDirectory(_)
        )
}

/// Whether a pipe has taken something, which cannot be taken back.
fn has_delivered(session: &Session, operation: &Operation) -> bool {
    matches!(operation, Operation::ListInto(..)) && session.ftp().link().delivered() > 0
}

async fn attempt(session: &mut Session, operation: Operation) -> Result<Reply, Failure> {
    session.touch();
    let subject = path::subject(&operation).to_owned();
    let result = operate(session, operation).await;
    session.transferring(false);
    session.touch();
    result.map_err(|failure| match failure.name {
        // The path that was made of a relative one is what the server was asked for.
        ErrorName::RemoteNotFound if !subject.is_empty() && !failure.text.starts_with(&subject) => {
            failure.context(subject)
        }
        _ => failure,
    })
}

async fn operate(session: &mut Session, operation: Operation) -> Result<Reply, Failure> {
    let link = &session.ftp().link().clone();
    let text = session.server().is_some_and(|server| !server.binary);
    session.transferring(lists(&operation));
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
        Operation::Stat(path) => stat(session, &path).await?,
        Operation::Delete(path) => {
            let remote = file(&path)?;
            let deleted = link.send(DeleteFile { path: remote }).await;
            checked(link, text, &path, "delete it", deleted).await?;
            Reply::Done
        }
        Operation::Rename(from, to) => {
            let names = (file(&from)?, file(&to)?);
            let command = Rename {
                from: names.0,
                to: names.1,
            };
            if let Err(refusal) = link.send(command).await {
                return Err(refused::rename(session, &from, &to, refusal).await?);
            }
            Reply::Done
        }
        Operation::MakeDirectory(path) => {
            let remote = file(&path)?;
            if let Err(refusal) = link.send(MakeDirectory { path: remote }).await {
                return Err(refused::make_directory(session, &path, refusal).await?);
            }
            Reply::Done
        }
        Operation::RemoveDirectory(path) => {
            let remote = file(&path)?;
            if let Err(refusal) = link.send(RemoveDirectory { path: remote }).await {
                return Err(refused::remove_directory(session, &path, refusal).await?);
            }
            Reply::Done
        }
        Operation::ChangeDirectory(path) => {
            let changed = absolute_name(session, &path).await;
            Reply::Text(checked(link, text, &path, "change to it", changed).await?)
        }
        Operation::WorkingDirectory => Reply::Text(link.send(WorkingDirectory).await?),
    };
    Ok(reply)
}

/// A result, but "not found" only where a second source agrees.
async fn checked<T>(
    link: &Link,
    text: bool,
    path: &str,
    what: &str,
    result: Result<T, Failure>,
) -> Result<T, Failure> {
    match result {
        Err(failure) => Err(explain_not_found(link, text, path, what, failure).await?),
        ok => ok,
    }
}

fn lists(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::List(_)
            | Operation::ListRaw(_)
            | Operation::ListInto(..)
            | Operation::ListNames(_)
    )
}
