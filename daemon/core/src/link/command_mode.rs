//! Command mode, known for certain: after anything went wrong on the line, no command is
//! sent before the module has shown that it reads commands and late bytes have run dry.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::state::State;
use super::{Link, QUIET};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::api::settings::DataModeExit;
use crate::at::channel::Waiting;
use crate::at::command::identity::SerialNumber;
use crate::at::command::serial::Attention;

/// How long late bytes may go on before another attempt to stop them.
const DRY: Duration = Duration::from_secs(5);
/// How long DTR is held low (docs/module/at-serial.md §5: the edge counts, not the time).
const HOLD: Duration = Duration::from_millis(200);
/// How long after DTR the final result may take, before the escape is tried.
const DTR_ANSWER: Duration = Duration::from_millis(800);
/// How much longer it may take while bytes the module had in hand still come.
const LATE_BYTES: Duration = Duration::from_secs(2);
/// Silence before and after `+++`: 1 s by the manual, 1.5 s and more by the drivers (docs/module/quirks.md F13).
const GUARD: Duration = Duration::from_millis(1600);
/// The escape (docs/module/at-serial.md §6).
const ESCAPE: &[u8] = b"+++";
/// How long after the escape the final result may take (docs/module/quirks.md F12).
const ESCAPE_ANSWER: Duration = Duration::from_secs(15);
/// How long the kernel may take to hand everything to the module.
const DRAIN: Duration = Duration::from_secs(180);
/// How long `AT` may take to be answered by a module that listens.
const REACTION: Duration = Duration::from_secs(2);
/// Attempts to get an answer to `AT`.
const ATTEMPTS: u32 = 4;

impl Link {
    /// Leaves data mode: by DTR where it works, else by the guarded escape. With `drain`, what
    /// was written reaches the module first, and the last byte is neither lost nor doubled;
    /// without, it is thrown away. Afterwards the final result has come or the exchange was
    /// given up.
    pub(super) async fn leave_data_mode(&self, drain: bool) -> Result<(), Failure> {
        if drain {
            self.drain().await?;
        } else {
            self.put(Output::StopPump);
            self.put(Output::Flush);
        }
        self.with(|state| state.channel.interrupt());
        if self.by_dtr() {
            self.put(Output::Dtr(false));
            self.sleep(HOLD).await;
            self.put(Output::Dtr(true));
            if self.left(DTR_ANSWER).await? {
                return Ok(());
            }
            tracing::warn!("the module did not react to DTR; leaving data mode by the escape");
        }
        self.drain().await?;
        if self.ends_in_guard_time().await {
            return Ok(());
        }
        self.put(Output::Write(ESCAPE.to_vec().into()));
        if !self.left(ESCAPE_ANSWER).await? {
            self.with(|state| state.channel.abandon());
        }
        Ok(())
    }

    /// Keeps the silence before the escape; whether data mode ended meanwhile by itself, so that
    /// the plus signs would be a command.
    async fn ends_in_guard_time(&self) -> bool {
        let deadline = self.after(GUARD);
        let ended = |state: &mut State| {
            let ended = state.answer.is_some() || !state.channel.in_data();
            ended.then_some(())
        };
        self.until(Some(deadline), ended).await.is_some()
    }

    /// Whether DTR is to be used on this port.
    pub(super) fn by_dtr(&self) -> bool {
        self.with(|state| {
            state.has_modem_lines() && state.settings.modem.data_mode_exit == DataModeExit::Dtr
        })
    }

    /// Takes a module of which nothing is known out of data mode, by DTR and by the guarded
    /// escape (docs/module/at-serial.md §6): there every command would be data and keep it there.
    ///
    /// # Errors
    /// What went away meanwhile.
    pub async fn break_out(&self) -> Result<(), Failure> {
        self.put(Output::Flush);
        if self.by_dtr() {
            self.put(Output::Dtr(false));
            self.sleep(HOLD).await;
            self.put(Output::Dtr(true));
        }
        self.drain().await?;
        self.sleep(GUARD).await;
        self.put(Output::Write(ESCAPE.to_vec().into()));
        self.sleep(GUARD).await;
        Ok(())
    }

    /// Waits until everything written has left for the module.
    async fn drain(&self) -> Result<(), Failure> {
        self.with(|state| state.drained = false);
        self.put(Output::Drain);
        let deadline = self.bounded(self.after(DRAIN));
        let drained = self
            .until(Some(deadline), |state| {
                let drained = state.drained.then_some(Ok(()));
                drained.or_else(|| state.interruption().map(Err))
            })
            .await;
        drained.unwrap_or_else(|| {
            Err(Failure::new(
                ErrorName::ModemUnavailable,
                "the module takes no bytes (flow control holds the line)",
            )
            .retry(Retry::Later)
            .scope(Scope::Line))
        })
    }

    /// Whether data mode ended within so long, or, while bytes the module had in hand still
    /// come, soon after the last of them: they stand before its final result.
    async fn left(&self, time: Duration) -> Result<bool, Failure> {
        let (patient, limit) = (self.after(time), self.after(time + LATE_BYTES));
        loop {
            let last = self.with(|state| state.received_at);
            let deadline = patient.max(last + QUIET).min(limit);
            let left = self
                .until(Some(deadline), |state| {
                    if state.answer.is_some() || !state.channel.in_data() {
                        return Some(Ok(true));
                    }
                    if let Some(failure) = state.interruption() {
                        return Some(Err(failure));
                    }
                    (state.received_at != last).then_some(Ok(false))
                })
                .await;
            match left {
                Some(Ok(false)) => {}
                Some(ended) => return ended,
                None => return Ok(false),
            }
        }
    }

    /// Gives the exchange up and makes the next command wait for certainty.
    pub(super) fn abandon(&self) {
        self.with(|state| state.channel.abandon());
    }

    /// If an exchange was given up: waits until the line is quiet and `AT` is answered, and
    /// answered by our module (its serial number cannot stand in late payload by accident).
    ///
    /// # Errors
    /// What went away meanwhile; `ModemUnavailable` when it does not answer.
    pub async fn prove_command_mode(&self) -> Result<(), Failure> {
        if !self.with(|state| state.channel.waiting() == Waiting::Resume) {
            return Ok(());
        }
        for attempt in 0..ATTEMPTS {
            let quiet = self.run_dry().await?;
            if !quiet || attempt > 1 {
                // It still sends, or does not hear us: it may be in data mode.
                self.break_out().await?;
                self.run_dry().await?;
            }
            if attempt > 0 {
                // Ends whatever stands in the module's line buffer (docs/module/quirks.md S8).
                self.put(Output::Write(b"\r".to_vec().into()));
                self.sleep(QUIET).await;
            }
            self.with(|state| state.channel.resume());
            if self.attention().await? {
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

    /// `AT` and the serial number, each answered in time and as it should be.
    async fn attention(&self) -> Result<bool, Failure> {
        let answered = self.exchange_within(Attention, REACTION).await;
        if let Some(failure) = self.with(State::restarted_unheard) {
            return Err(failure);
        }
        if let Err(failure) = answered {
            return self.survive(failure);
        }
        let expected = self.with(|state| state.modem.imei.clone());
        if expected.is_empty() {
            return Ok(true);
        }
        match self.exchange_within(SerialNumber, REACTION).await {
            Ok(imei) => Ok(imei == expected),
            Err(failure) => self.survive(failure),
        }
    }

    /// Forgets what was outstanding: nobody is known to listen.
    pub fn renew(&self) {
        self.with(|state| {
            state.channel.abandon();
            state.channel.resume();
        });
    }

    /// Makes sure that the next answer is the next command's: a module that is slow or boots may
    /// still answer what was sent to it before.
    ///
    /// # Errors
    /// What went away meanwhile; `ModemUnavailable` when it stopped answering.
    pub async fn catch_up(&self) -> Result<(), Failure> {
        self.abandon();
        self.prove_command_mode().await
    }

    /// Silence is an answer here; a line that went away is not.
    ///
    /// # Errors
    /// `failure`, when the line or the module went away.
    pub fn survive(&self, failure: Failure) -> Result<bool, Failure> {
        match self.with(|state| state.interruption()) {
            Some(_) => Err(failure),
            None => Ok(false),
        }
    }

    /// Waits until nothing came for [`QUIET`]; false if it never stops.
    async fn run_dry(&self) -> Result<bool, Failure> {
        let limit = self.after(DRY);
        loop {
            let (now, last) = self.with(|state| (state.now.instant, state.received_at));
            if now >= last + QUIET {
                return Ok(true);
            }
            if now >= limit {
                return Ok(false);
            }
            let deadline = (last + QUIET).min(limit);
            let broken = self
                .until(Some(deadline), |state| state.interruption())
                .await;
            if let Some(failure) = broken {
                return Err(failure);
            }
        }
    }
}
