//! One attempt from its begin to the state that comes of it. It is judged in between: whether the
//! server or the network is to blame decides what it costs.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::handle::Transfers;
use super::settle::settle as bring_to_next_state;
use super::{download, empty, refusal, upload};
use crate::api::failure::{Failure, Scope};
use crate::api::status::{Direction, TransferId};
use crate::ftp::Session;

/// An attempt that could not reach its server; whether the network is to blame decides what it costs.
pub struct Unsettled {
    id: TransferId,
    failure: Failure,
}

/// What came of an attempt.
pub struct Ended {
    /// What failed below the session, if anything did.
    pub broken: Result<(), Failure>,
    /// What has to be settled once it is known who is to blame.
    pub unsettled: Option<Unsettled>,
}

/// Makes one attempt at a transfer and settles what comes of it, unless that has to be judged first.
pub async fn run(transfers: &Transfers, session: &mut Session, id: TransferId) -> Ended {
    let link = transfers.link();
    link.take_abort();
    link.take_pumped();
    let Some(mut attempt) = Attempt::begin(transfers, id) else {
        return Ended {
            broken: Ok(()),
            unsettled: None,
        };
    };
    let handle = attempt.local.handle;
    let breakable = link.break_on_abort();
    let result = match attempt.open_local().await {
        Ok(()) => perform(session, &mut attempt).await,
        Err(failure) => Err(failure),
    };
    let is_astray = attempt.is_astray;
    drop(attempt);
    drop(breakable);
    let failure = result.as_ref().err().cloned();
    let consumed = link.take_pumped() == Some(handle);
    let mut unsettled = None;
    match result {
        Err(failure) if session.could_not_be_reached() => {
            unsettled = Some(Unsettled { id, failure });
        }
        // Whoever waits for it to stop does not wait for the session to be closed.
        result => bring_to_next_state(transfers, id, result, consumed),
    }
    let broken = match failure {
        None => {
            session.touch();
            Ok(())
        }
        Some(failure) if is_astray && failure.scope == Scope::Command => session.close().await,
        Some(failure) => match session.after(&failure).await {
            Ok(()) => empty::remove(transfers, session, id, &failure).await,
            broken => broken,
        },
    };
    Ended { broken, unsettled }
}

/// Settles an attempt that could not reach its server. `network`: that is the network's fault.
pub fn settle(transfers: &Transfers, unsettled: Unsettled, network: bool) {
    let Unsettled { id, failure } = unsettled;
    let name = match network {
        true => ErrorName::BearerFailed,
        false => failure.name,
    };
    bring_to_next_state(transfers, id, Err(Failure { name, ..failure }), false);
}

async fn perform(session: &mut Session, attempt: &mut Attempt) -> Result<(), Failure> {
    // Nothing moves yet, so a Cancel is answered at once; whoever comes next finds the session open.
    let seen_through = attempt.link().see_through();
    session.open(&attempt.server).await?;
    drop(seen_through);
    if let Some(failure) = attempt.link().abort_failure() {
        return Err(failure);
    }
    attempt.text = session.server().is_some_and(|server| !server.binary);
    session.transferring(true);
    let result = match attempt.direction {
        Direction::Upload => {
            let done = upload::run(attempt).await;
            if done.is_ok() {
                attempt.note_stored();
            }
            done
        }
        Direction::Download => download::run(attempt).await,
    };
    session.transferring(false);
    result.map_err(|failure| refusal::passing(attempt, session.explain(failure)))
}
