//! Command mode, known for certain: after anything went wrong on the line, no command is
//! sent before the module has shown that it reads commands and late bytes have stopped.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::state::LinkState;
use super::stop::is_abort;
use super::time_outs::QUIET;
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::at::awaited::Awaited;
use crate::at::command::identity::SerialNumber;
use crate::at::command::serial::Attention;

/// How long late bytes may go on before another attempt to stop them.
const DRY: Duration = Duration::from_secs(5);
/// How long `AT` may take to be answered by a module that reads commands.
pub(super) const REACTION: Duration = Duration::from_secs(2);
/// Attempts to get an answer to `AT`.
const ATTEMPTS: u32 = 4;

impl Link {
    /// Gives the exchange up and makes the next command wait for proof of command mode.
    pub(super) fn abandon(&self) {
        self.state.change(LinkState::abandon);
    }

    /// If an exchange was given up: waits until the line is quiet and `AT` is answered, and
    /// answered by our module (its serial number cannot stand in late payload by accident). If there
    /// are signs that the module restarted, it is asked.
    ///
    /// # Errors
    /// What closed the port or restarted the module meanwhile; `ModemUnavailable` when it does
    /// not answer.
    pub async fn prove_command_mode(&self) -> Result<(), Failure> {
        self.come_to_command_mode().await?;
        let asks = |state: &LinkState| state.is_serving && state.suspicion.is_open();
        match self.state.get(asks) {
            true => self.ask().await,
            false => Ok(()),
        }
    }

    /// As [`Link::prove_command_mode`], whatever signs there are.
    pub(super) async fn come_to_command_mode(&self) -> Result<(), Failure> {
        let on_abort = self.on_abort();
        self.end_left(on_abort).await?;
        if self.awaited() != Awaited::Resume {
            return Ok(());
        }
        let proven = self.prove(on_abort).await;
        if proven.is_err() {
            self.abandon();
        }
        proven
    }

    async fn prove(&self, on_abort: OnAbort) -> Result<(), Failure> {
        self.check_line().await?;
        for attempt in 0..ATTEMPTS {
            let quiet = self.wait_for_silence(on_abort).await?;
            if !quiet || attempt > 1 {
                // It still sends, or does not answer: it may be in data mode.
                self.break_out_unless(on_abort).await?;
                self.wait_for_silence(on_abort).await?;
            }
            if attempt > 0 {
                // Ends whatever stands in the module's line buffer (docs/module/quirks.md S8).
                self.put(Output::Write(b"\r".to_vec().into()));
                self.sleep(QUIET, on_abort).await?;
            }
            self.state.change(|state| state.channel.resume());
            if self.is_our_module().await? {
                return Ok(());
            }
            self.abandon();
        }
        Err(Failure::new(
            ErrorName::ModemUnavailable,
            "the module does not come back to command mode",
        )
        .retry(Retry::Later)
        .scope(Scope::Line))
    }

    /// Whether `AT` and the serial number are each answered in time and as they should be.
    async fn is_our_module(&self) -> Result<bool, Failure> {
        if let Err(failure) = self.exchange_within(Attention, REACTION).await {
            return self.survive(failure);
        }
        let expected = self.state.get(|state| state.serial_number.clone());
        if expected.is_empty() {
            return Ok(true);
        }
        match self.exchange_within(SerialNumber, REACTION).await {
            Ok(found) => Ok(found == expected),
            Err(failure) => self.survive(failure),
        }
    }

    /// Remembers the serial number of the module in use; empty: not known.
    pub fn set_serial_number(&self, number: String) {
        self.state
            .change_with(number, |state, number| state.serial_number = number);
    }

    /// Forgets the outstanding command: no module is known to read commands.
    pub fn renew(&self) {
        self.state.change(|state| {
            state.abandon();
            state.channel.resume();
        });
    }

    /// Makes sure that the next answer is the next command's: a module that is slow or boots may
    /// still answer what was sent to it before.
    ///
    /// # Errors
    /// As [`Link::prove_command_mode`].
    pub async fn catch_up(&self) -> Result<(), Failure> {
        self.abandon();
        self.prove_command_mode().await
    }

    /// A command that failed here only shows that no module read it; a port that closed or a module
    /// that restarted is a failure, and so is an attempt that has to stop.
    ///
    /// # Errors
    /// `failure`, when it is one of these.
    pub fn survive(&self, failure: Failure) -> Result<bool, Failure> {
        match self.interruption() {
            Some(_) => Err(failure),
            None if is_abort(&failure) => Err(failure),
            None => Ok(false),
        }
    }

    /// Waits until nothing came for [`QUIET`]; false if bytes keep coming.
    async fn wait_for_silence(&self, on_abort: OnAbort) -> Result<bool, Failure> {
        let limit = self.after(DRY);
        loop {
            let last = self.state.get(|state| state.quiet.since());
            let now = self.now().instant;
            if now >= last + QUIET {
                return Ok(true);
            }
            if now >= limit {
                return Ok(false);
            }
            let deadline = (last + QUIET).min(limit);
            let broken = self.until(deadline, on_abort, || self.interruption());
            if let Waited::Ready(failure) | Waited::Aborted(failure) = broken.await {
                return Err(failure);
            }
        }
    }
}
