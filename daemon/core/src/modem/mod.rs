//! The module's life, from an open line to a module that is online and serves: bring-up,
//! service, recovery, for ever. Nothing that goes wrong ends it; every wait has an end or
//! says in `Modem1.StateReason` what it waits for.

mod bearer;
pub mod clock;
mod identity;
mod ladder;
pub mod local_calls;
mod probe;
mod registration;
mod serve;
mod set_up;
pub mod signal;
mod sim;
pub mod storage;
pub mod urc_port;

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Scope};
use crate::api::status::{ModemState, SessionState};
use crate::link::Link;
use crate::link::state::{Line, Notices, State};
use ladder::Ladder;
pub use set_up::tolerate;

/// The whole life. Ends when the daemon stops.
pub async fn live(link: Link) {
    let mut ladder = Ladder::default();
    let mut from = Scope::Line;
    while !link.with(|state| state.stopping) {
        wait_for_line(&link).await;
        let failure = match bring_up(&link, from).await {
            Ok(()) => {
                ladder.online(&link);
                match serve::serve(&link).await {
                    Ok(()) => return,
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        from = ladder.recover(&link, failure).await;
    }
}

/// Rebuilds everything from `from` upwards, until the context is active.
async fn bring_up(link: &Link, from: Scope) -> Result<(), Failure> {
    let notices = link.with(|state| {
        state.modem.session = SessionState::Closed;
        state.modem.server.clear();
        std::mem::take(&mut state.notices)
    });
    // The context goes with the SIM, and its loss may be told first.
    if from > Scope::Context || notices.sim_lost {
        link.with(State::forget_module);
        report(link, ModemState::Starting, "looking for the module");
        probe::find(link).await?;
        report(link, ModemState::Starting, "setting the module up");
        set_up::configure(link).await?;
        identity::ask(link).await?;
        storage::remove_left_overs(link).await?;
        sim::unlock(link).await?;
    } else {
        bearer::deactivate(link).await?;
    }
    storage::tidy(link).await?;
    registration::wait(link).await?;
    bearer::activate(link).await?;
    urc_port::check(link).await
}

/// Waits until the tty is open, and shows why it is not while it is not.
async fn wait_for_line(link: &Link) {
    let mut shown = None;
    loop {
        let closed = link.until(None, |state| match &state.line {
            Line::Open { .. } => Some(None),
            Line::Closed(reason) if shown.as_ref() != Some(reason) => Some(Some(reason.clone())),
            Line::Closed(_) | Line::Opening => None,
        });
        let Some(Some(reason)) = closed.await else {
            return;
        };
        shown = Some(reason.clone());
        let failure = Failure::new(ErrorName::ModemUnavailable, reason);
        trouble(link, ModemState::Absent, failure.clone());
        link.with(|state| {
            crate::engine::refuse_local_calls(state, &failure);
            state.channel.resume();
            state.notices = Notices::default();
        });
    }
}

/// Shows a state on the way online.
fn report(link: &Link, to: ModemState, reason: impl Into<String>) {
    link.with(|state| {
        state.trouble = None;
        state.modem.state = to;
        state.modem.state_reason = reason.into();
    });
}

/// Shows a state that will not mend by itself soon; calls that wait are answered with why.
fn trouble(link: &Link, to: ModemState, failure: Failure) {
    tracing::warn!(state = to.as_str(), "{failure}");
    link.with(|state| {
        state.modem.state = to;
        state.modem.state_reason = failure.text.clone();
        state.modem.session = SessionState::Closed;
        state.modem.server.clear();
        crate::engine::refuse_calls(state, &failure);
        state.trouble = Some(failure);
    });
}

/// Waits so long, or until something changes that makes waiting pointless. Calls that need
/// no network are served meanwhile.
async fn rest(link: &Link, time: Duration) {
    let deadline = link.after(time);
    loop {
        let urgent = link
            .until(Some(deadline), |state| {
                if state.queue.has_local_call() {
                    return Some(true);
                }
                let changed = state.interruption().is_some()
                    || state.stopping
                    || state.notices.network_changed
                    || state.notices.reconfigured;
                changed.then_some(false)
            })
            .await;
        if urgent != Some(true) {
            return;
        }
        local_calls::serve(link).await;
    }
}
