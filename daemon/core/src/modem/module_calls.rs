//! Calls that need the module and no network: a raw AT line, a restart of the module.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::call::{ModuleCall, ModuleWork};
use super::handle::Modem;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::Ticket;
use crate::at::command::network::RestartModule;
use crate::at::command::raw::Raw;
use crate::link::Link;

/// How long a module may go on with a raw line whose time-out has passed: COPS=?, the slowest,
/// takes 180 s (docs/module/at-serial.md §9).
const BUSY: Duration = Duration::from_secs(180);

impl Modem {
    /// Queues a call.
    pub fn queue_module_call(&self, call: ModuleCall) {
        self.state
            .change_with(call, |state, call| state.calls.push_back(call));
    }

    /// Calls that wait.
    pub fn module_calls(&self) -> usize {
        self.state.get(|state| state.calls.len())
    }

    /// Whether a call waits.
    pub fn has_module_call(&self) -> bool {
        self.module_calls() > 0
    }

    /// Ticket of the call that waits longest.
    pub fn first_module_call(&self) -> Option<Ticket> {
        self.state
            .get(|state| state.calls.front().map(|call| call.ticket))
    }

    /// The call that waits longest.
    pub fn take_module_call(&self) -> Option<ModuleCall> {
        self.state.change(|state| state.calls.pop_front())
    }

    /// Serves the calls that wait.
    pub async fn serve_module_calls(&self) {
        while let Some(call) = self.take_module_call() {
            let result = self.serve_module_call(call.work).await;
            self.link().put(Output::Reply(call.ticket, result));
        }
    }

    /// Serves one call.
    ///
    /// # Errors
    /// As [`Link::send`]; `Timeout` when a raw line has no final result in time.
    pub async fn serve_module_call(&self, work: ModuleWork) -> Result<Reply, Failure> {
        let link = self.link();
        match work {
            ModuleWork::Raw(line, timeout) => {
                let raw = Raw::new(line.expose(), timeout)?;
                // Command mode is proven before, so that silence is due to the line sent.
                link.prove_command_mode().await?;
                match link.send(raw).await {
                    Ok(text) => Ok(Reply::Text(text)),
                    // The module answers, but not this line.
                    Err(failure) if failure.name == ErrorName::Timeout => Err(unanswered(timeout)),
                    Err(failure) if failure.scope == Scope::Line => {
                        link.survive(failure)?;
                        outlast(link).await?;
                        Err(unanswered(timeout))
                    }
                    Err(failure) => Err(failure),
                }
            }
            ModuleWork::Reset => {
                link.send(RestartModule).await?;
                link.expect_restart();
                Ok(Reply::Done)
            }
        }
    }
}

fn unanswered(timeout: Duration) -> Failure {
    let text = format!("AT line: no final result within {timeout:?}");
    Failure::new(ErrorName::Timeout, text).retry(Retry::Later)
}

/// Waits until a module that is busy with a command reads commands again.
///
/// # Errors
/// What closed the port or restarted the module meanwhile; `ModemUnavailable` when it stays busy.
async fn outlast(link: &Link) -> Result<(), Failure> {
    let deadline = link.after(BUSY);
    loop {
        let Err(failure) = link.catch_up().await else {
            return Ok(());
        };
        let late = link.now().instant >= deadline;
        if late || link.is_stopping() || link.interruption().is_some() {
            return Err(failure);
        }
    }
}
