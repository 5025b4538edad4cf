//! The empty file that a server makes for an upload whose data connection could not be opened. A
//! staging name is removed as ever; this removes the final name, where that was written to directly.

use super::handle::Transfers;
use super::record::Transfer;
use crate::api::failure::{Failure, Scope};
use crate::api::status::TransferId;
use crate::at::command::ftp::{DeleteFile, Size};
use crate::at::quote::RemotePath;
use crate::ftp::{Session, listed_size};
use crate::link::is_of_data_connection;

/// Removes the final name of a transfer that has failed with `failure`, if it is empty and nothing bore
/// it before. Where the server has SIZE, it takes the control connection only.
///
/// # Errors
/// With a scope of `Context` or more: what failed below the session.
pub async fn remove(
    transfers: &Transfers,
    session: &mut Session,
    id: TransferId,
    failure: &Failure,
) -> Result<(), Failure> {
    let left = transfers.queue.get_with(id, |queue, id| {
        let transfer = queue.get(id).filter(|it| is_left(it))?;
        Some((
            transfer.status.server.clone(),
            transfer.status.remote.clone(),
        ))
    });
    let Some((server, remote)) = left.filter(|_| is_of_data_connection(failure)) else {
        return Ok(());
    };
    match remove_empty(session, &server, &remote).await {
        Ok(()) => Ok(()),
        Err(failure) => {
            tracing::info!("{remote} may be left empty on {server}: {failure}");
            match failure.scope {
                Scope::Command => Ok(()),
                _ => session.after(&failure).await,
            }
        }
    }
}

/// Whether what bears the final name can only be what this transfer left.
fn is_left(transfer: &Transfer) -> bool {
    let has_content = transfer.status.size != Some(0);
    let is_over = transfer.status.state.is_final();
    !transfer.options.atomic && transfer.is_new && has_content && is_over
}

async fn remove_empty(session: &mut Session, server: &str, remote: &str) -> Result<(), Failure> {
    session.open(server).await?;
    let link = session.ftp().link().clone();
    let path = RemotePath::new("remote path", remote)?;
    let size = match link.try_send(Size { path: path.clone() }).await? {
        Ok(size) => Some(size),
        Err(refusal) => listed_size(&link, remote, &refusal).await?.ok(),
    };
    if size == Some(0) {
        link.send(DeleteFile { path }).await?;
        tracing::info!("{remote} was left empty, and is removed");
    }
    session.touch();
    Ok(())
}
