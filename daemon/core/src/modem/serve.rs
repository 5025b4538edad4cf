//! Service while online: calls, then transfers, one at a time; the session is closed when it
//! was not used for its idle time. Nothing wakes up while nothing happens.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::{local_calls, registration, report, storage};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::status::{ModemState, TransferId};
use crate::ftp::{Session, operations};
use crate::link::Link;
use crate::link::state::State;
use crate::transfer;
use crate::transfer::queue::Call;

/// How long a lost registration may take to come back before the context is built anew.
const REGISTRATION: Duration = Duration::from_secs(90);

/// Something to do.
enum Job {
    Call(Call),
    Transfer(TransferId),
    NetworkChanged,
    Idle,
    Stop,
    Broken(Failure),
}

/// Serves until the daemon stops (`Ok`) or something below the session breaks.
///
/// # Errors
/// With a scope of `Context` or more.
pub async fn serve(link: &Link) -> Result<(), Failure> {
    report(link, ModemState::Online, "");
    link.with(|state| state.serving = true);
    let mut session = Session::new(link.clone());
    loop {
        let idle = session.idle_deadline();
        match next(link, idle).await {
            Job::Call(call) => {
                let ticket = call.ticket;
                let (result, broken) = operations::serve(link, &mut session, call.work).await;
                if let Some(ticket) = ticket {
                    link.put(crate::api::output::Output::Reply(ticket, result));
                }
                broken?;
            }
            Job::Transfer(id) => {
                transfer::run(link, &mut session, id).await?;
                storage::tidy(link).await?;
            }
            Job::NetworkChanged => network_changed(link, &mut session).await?,
            Job::Idle => session.close().await?,
            Job::Stop => {
                let closed = session.close().await;
                if let Err(failure) = closed {
                    tracing::warn!("closing the session: {failure}");
                }
                return Ok(());
            }
            Job::Broken(failure) => return Err(failure),
        }
    }
}

/// Waits for something to do.
async fn next(link: &Link, idle: Option<std::time::Instant>) -> Job {
    let due = link.with(|state| state.queue.next_due());
    let deadline = [idle, due].into_iter().flatten().min();
    let job = link.until(deadline, job).await;
    job.unwrap_or_else(|| match idle {
        Some(idle) if link.with(|state| state.now.instant) >= idle => Job::Idle,
        // A transfer is due now: it is found by asking again.
        _ => link.with(job_now),
    })
}

fn job_now(state: &mut State) -> Job {
    job(state).unwrap_or(Job::NetworkChanged)
}

fn job(state: &mut State) -> Option<Job> {
    if state.stopping {
        return Some(Job::Stop);
    }
    if let Some(failure) = state.interruption() {
        return Some(Job::Broken(failure));
    }
    if state.notices.reconfigured {
        let failure = Failure::new(ErrorName::ModemUnavailable, "the configuration changed");
        return Some(Job::Broken(failure.retry(Retry::Soon).scope(Scope::Line)));
    }
    if state.notices.network_changed {
        return Some(Job::NetworkChanged);
    }
    if let Some(call) = state.queue.take_call() {
        return Some(Job::Call(call));
    }
    let transfer = state.queue.next_transfer(state.now.instant)?;
    Some(Job::Transfer(transfer))
}

/// A registration or SIM line came: shows what is true now, and waits for the network to come
/// back if it is gone.
async fn network_changed(link: &Link, session: &mut Session) -> Result<(), Failure> {
    link.with(|state| state.notices.network_changed = false);
    if link.with(|state| state.notices.sim_lost) {
        session.forget();
        return Err(Failure::new(
            ErrorName::SimNotReady,
            "the SIM went away (+CPIN: NOT READY)",
        )
        .retry(Retry::Later)
        .scope(Scope::Module));
    }
    registration::ask(link).await?;
    if link.with(|state| registration::is_registered(state)) {
        registration::look(link).await?;
        return Ok(());
    }
    report(
        link,
        ModemState::Searching,
        "registration lost; waiting for the network",
    );
    let deadline = link.after(REGISTRATION);
    loop {
        let back = link
            .until(Some(deadline), |state| {
                if state.stopping {
                    return Some(Ok(()));
                }
                if let Some(failure) = state.interruption() {
                    return Some(Err(failure));
                }
                if state.queue.has_local_call() {
                    return Some(Ok(()));
                }
                registration::is_registered(state).then_some(Ok(()))
            })
            .await;
        match back {
            Some(Err(failure)) => return Err(failure),
            Some(Ok(())) if link.with(|state| state.queue.has_local_call()) => {
                local_calls::serve(link).await;
            }
            Some(Ok(())) => {
                // The context may have gone with the network (docs/module/quirks.md N2): ask for it anew.
                link.with(|state| state.notices.network_changed = false);
                report(link, ModemState::Online, "");
                return super::bearer::still_active(link).await;
            }
            None => {
                session.forget();
                return Err(Failure::new(
                    ErrorName::NotRegistered,
                    "the network did not come back",
                )
                .retry(Retry::Later)
                .scope(Scope::Context));
            }
        }
    }
}
