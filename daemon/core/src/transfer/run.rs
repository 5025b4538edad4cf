//! One attempt from its begin to the state that comes of it.

use super::attempt::Attempt;
use super::handle::Transfers;
use super::{download, settle, upload};
use crate::api::failure::Failure;
use crate::api::status::{Direction, TransferId};
use crate::ftp::Session;

/// Makes one attempt at a transfer and settles what comes of it.
///
/// # Errors
/// With a scope of `Context` or more: what failed below the session.
pub async fn run(
    transfers: &Transfers,
    session: &mut Session,
    id: TransferId,
) -> Result<(), Failure> {
    let link = transfers.link();
    link.take_abort();
    link.take_pumped();
    let Some(mut attempt) = Attempt::begin(transfers, id) else {
        return Ok(());
    };
    let handle = attempt.local.handle;
    let result = match attempt.open_local().await {
        Ok(()) => perform(session, attempt).await,
        Err(failure) => Err(failure),
    };
    let failure = result.as_ref().err().cloned();
    // Whoever waits for it to stop does not wait for the session to be closed.
    settle::settle(transfers, id, result, link.take_pumped() == Some(handle));
    match failure {
        None => {
            session.touch();
            Ok(())
        }
        Some(failure) => session.after(&failure).await,
    }
}

async fn perform(session: &mut Session, mut attempt: Attempt) -> Result<(), Failure> {
    session.open(&attempt.server).await?;
    if let Some(failure) = attempt.link().abort_failure() {
        return Err(failure);
    }
    attempt.text = session.server().is_some_and(|server| !server.binary);
    session.transferring(true);
    let result = match attempt.direction {
        Direction::Upload => upload::run(&mut attempt).await,
        Direction::Download => download::run(&mut attempt).await,
    };
    session.transferring(false);
    result.map_err(|failure| session.explain(failure))
}
