//! One attempt from its begin to the state that comes of it. It is judged in between: whether the
//! server or the network is to blame decides what it costs.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::handle::Transfers;
use super::settle::settle as bring_to_next_state;
use super::{download, upload};
use crate::api::failure::Failure;
use crate::api::status::{Direction, TransferId};
use crate::ftp::Session;

/// An attempt that has ended and is not settled yet.
pub struct Attempted {
    id: TransferId,
    result: Result<(), Failure>,
    /// Whether bytes of a pipe were read.
    consumed: bool,
    /// What failed below the session, if anything did.
    pub broken: Result<(), Failure>,
}

/// Makes one attempt at a transfer; `None` if there is no such transfer any more.
pub async fn run(
    transfers: &Transfers,
    session: &mut Session,
    id: TransferId,
) -> Option<Attempted> {
    let link = transfers.link();
    link.take_abort();
    link.take_pumped();
    let mut attempt = Attempt::begin(transfers, id)?;
    let handle = attempt.local.handle;
    let result = match attempt.open_local().await {
        Ok(()) => perform(session, attempt).await,
        Err(failure) => Err(failure),
    };
    let broken = match &result {
        Ok(()) => {
            session.touch();
            Ok(())
        }
        Err(failure) => session.after(failure).await,
    };
    Some(Attempted {
        id,
        result,
        consumed: link.take_pumped() == Some(handle),
        broken,
    })
}

/// Settles what comes of an attempt. `network`: the server could not be reached, and that was found to
/// be due to the network.
pub fn settle(transfers: &Transfers, attempted: Attempted, network: bool) {
    let Attempted {
        id,
        result,
        consumed,
        ..
    } = attempted;
    let unreachable = [ErrorName::ConnectFailed, ErrorName::Timeout];
    let result = result.map_err(|failure| Failure {
        name: match network && unreachable.contains(&failure.name) {
            true => ErrorName::BearerFailed,
            false => failure.name,
        },
        ..failure
    });
    bring_to_next_state(transfers, id, result, consumed);
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
