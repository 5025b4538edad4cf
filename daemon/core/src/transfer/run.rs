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
    transfers.link().take_abort();
    transfers.link().take_pumped();
    let Some(attempt) = Attempt::begin(transfers, id) else {
        return Ok(());
    };
    let handle = attempt.local.handle;
    let result = perform(session, attempt).await;
    let broken = match &result {
        Ok(()) => {
            session.touch();
            Ok(())
        }
        Err(failure) => session.after(failure).await,
    };
    if transfers.link().take_pumped() == Some(handle) {
        note_consumed(transfers, id);
    }
    settle::settle(transfers, id, result);
    broken
}

async fn perform(session: &mut Session, mut attempt: Attempt) -> Result<(), Failure> {
    session.open(&attempt.server).await?;
    attempt.text = session.server().is_some_and(|server| !server.binary);
    session.transferring(true);
    let result = match attempt.direction {
        Direction::Upload => upload::run(&mut attempt).await,
        Direction::Download => download::run(&mut attempt).await,
    };
    session.transferring(false);
    result.map_err(|failure| session.explain(failure))
}

/// Bytes of the source were read: a pipe cannot give them a second time.
fn note_consumed(transfers: &Transfers, id: TransferId) {
    transfers.queue.change_with(id, |queue, id| {
        if let Some(transfer) = queue.change(id) {
            transfer.is_consumed |= !transfer.local.rewindable;
        }
    });
}
