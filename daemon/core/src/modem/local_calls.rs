//! Calls that need no network: a raw line, a restart of the module.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::at::command::network::RestartModule;
use crate::at::command::raw::Raw;
use crate::link::Link;
use crate::transfer::queue::Work;

/// How long a module may go on with a raw line whose caller's patience is over: COPS=?, the
/// slowest, takes 180 s (docs/module/at-serial.md §9).
const BUSY: Duration = Duration::from_secs(180);

/// Serves those that wait.
pub async fn serve(link: &Link) {
    while let Some(call) = link.with(|state| state.queue.take_local_call()) {
        let result = run(link, call.work).await;
        if let Some(ticket) = call.ticket {
            link.put(Output::Reply(ticket, result));
        }
    }
}

/// Serves one.
pub async fn run(link: &Link, work: Work) -> Result<Reply, Failure> {
    match work {
        Work::Command(line, timeout) => {
            let raw = Raw::new(line.expose(), timeout)?;
            // Certain before, so that silence is that of the line.
            link.prove_command_mode().await?;
            match link.send(raw).await {
                Ok(text) => Ok(Reply::Text(text)),
                Err(failure) if failure.scope == Scope::Line => {
                    link.survive(failure)?;
                    outlast(link).await?;
                    let text = format!("AT line: no final result within {timeout:?}");
                    Err(Failure::new(ErrorName::Timeout, text).retry(Retry::Later))
                }
                Err(failure) => Err(failure),
            }
        }
        Work::Reset => {
            link.send(RestartModule).await?;
            // It says RDY when it is back; until then nothing is to be expected of it.
            link.with(|state| state.notices.reset = true);
            Ok(Reply::Done)
        }
        Work::Remote(..) | Work::Disconnect | Work::Tidy(..) => Ok(Reply::Done),
    }
}

/// Waits until a module that is slow, not dead, listens again.
///
/// # Errors
/// What went away meanwhile; `ModemUnavailable` when it never listens again.
async fn outlast(link: &Link) -> Result<(), Failure> {
    let deadline = link.after(BUSY);
    loop {
        let Err(failure) = link.catch_up().await else {
            return Ok(());
        };
        let over = link.with(|state| {
            let late = state.now.instant >= deadline;
            late || state.stopping || state.interruption().is_some()
        });
        if over {
            return Err(failure);
        }
    }
}
