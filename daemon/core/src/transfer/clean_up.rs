//! Does one chore: removes a name of ours from a server, or gives a replaced file its name back.

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Transfers;
use crate::api::fact::Chore;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{DeleteFile, Rename};
use crate::at::quote::RemotePath;
use crate::ftp::{Found, Session, look_up};
use crate::link::Link;

/// Does one chore, or puts it off.
///
/// # Errors
/// With a scope of `Context` or more: what failed below the session.
pub async fn clean_up(
    transfers: &Transfers,
    session: &mut Session,
    chore: Chore,
) -> Result<(), Failure> {
    if transfers.link().settings().server(&chore.server).is_none() {
        let Chore { server, path, .. } = &chore;
        tracing::warn!("{path} stays on {server}, which is no longer configured");
        transfers.chore_done(chore.id);
        return Ok(());
    }
    let opened = session.open(&chore.server).await;
    let text = session.server().is_some_and(|server| !server.binary);
    let is_reached = opened.is_ok();
    let result = match opened {
        Ok(_) => perform(transfers.link(), text, &chore).await,
        Err(failure) => Err(failure),
    };
    match &result {
        Ok(()) => {
            session.touch();
            transfers.chore_done(chore.id);
            Ok(())
        }
        Err(failure) => {
            tracing::info!("{} is left for later: {failure}", chore.path);
            transfers.chore_failed(chore.id, is_reached && failure.scope == Scope::Command);
            session.after(failure).await
        }
    }
}

async fn perform(link: &Link, text: bool, chore: &Chore) -> Result<(), Failure> {
    let path = RemotePath::new("remote path", &chore.path)?;
    let done = match &chore.restore_to {
        Some(target) if look_up(link, text, target).await? == Found::Nothing => {
            let to = RemotePath::new("remote path", target)?;
            link.send(Rename { from: path, to }).await
        }
        _ => link.send(DeleteFile { path }).await,
    };
    let Err(failure) = done else {
        return Ok(());
    };
    let refused = matches!(
        failure.name,
        ErrorName::RemoteNotFound | ErrorName::RemoteRefused
    );
    if failure.scope > Scope::Command || !refused {
        return Err(failure);
    }
    // A name that is not there needs nothing any more. The server may also refuse it for now, while
    // it holds what a session that was cut had.
    match look_up(link, text, &chore.path).await? {
        Found::Nothing => Ok(()),
        Found::Something | Found::File(_) => Err(failure),
    }
}
