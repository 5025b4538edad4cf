//! Leaving data mode, by DTR where the port has it, else by the guarded escape
//! (docs/module/at-ftp.md §1.4, docs/module/at-serial.md §5 and §6).

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::state::LinkState;
use super::time_outs::QUIET;
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::api::settings::DataModeExit;

/// How long DTR is held low (docs/module/at-serial.md §5: the edge counts, not the time).
const HOLD: Duration = Duration::from_millis(200);
/// How long after DTR the final result may take, before the escape is tried.
const DTR_ANSWER: Duration = Duration::from_millis(800);
/// How much longer it may take while bytes that the module had in hand still arrive.
const LATE_BYTES: Duration = Duration::from_secs(2);
/// Silence before and after `+++`: 1 s by the manual, 1.5 s and more in drivers
/// (docs/module/quirks.md F13).
const GUARD: Duration = Duration::from_millis(1600);
/// The escape (docs/module/at-serial.md §6).
const ESCAPE: &[u8] = b"+++";
/// How long after the escape the final result may take (docs/module/quirks.md F12).
const ESCAPE_ANSWER: Duration = Duration::from_secs(15);
/// How long the kernel may take to hand everything to the module.
const DRAIN: Duration = Duration::from_secs(180);

impl Link {
    /// Leaves data mode. Afterwards the final result has come, or the exchange was given up. To
    /// send everything that was written first, [`drain`](Self::drain) before; to throw it away,
    /// [`flush`](Self::flush).
    pub(super) async fn leave_data_mode(&self, on_abort: OnAbort) -> Result<(), Failure> {
        self.state.change(|state| state.channel.interrupt());
        if self.uses_dtr() {
            self.pulse_dtr().await;
            if self.has_left_data_mode(DTR_ANSWER, on_abort).await? {
                return Ok(());
            }
            tracing::warn!("the module did not react to DTR; leaving data mode by the escape");
        }
        self.drain(on_abort).await?;
        if self.ends_in_guard_time(on_abort).await? {
            return Ok(());
        }
        self.put(Output::Write(ESCAPE.to_vec().into()));
        if !self.has_left_data_mode(ESCAPE_ANSWER, on_abort).await? {
            self.abandon();
        }
        Ok(())
    }

    /// Takes a module of which nothing is known out of data mode, by DTR and by the guarded
    /// escape (docs/module/at-serial.md §6): in data mode every command would be payload.
    ///
    /// # Errors
    /// What closed the port or restarted the module meanwhile.
    pub async fn break_out(&self) -> Result<(), Failure> {
        self.break_out_unless(OnAbort::GoOn).await
    }

    /// As [`Link::break_out`], unless the attempt has to stop.
    pub(super) async fn break_out_unless(&self, on_abort: OnAbort) -> Result<(), Failure> {
        self.flush();
        if self.uses_dtr() {
            self.pulse_dtr().await;
        }
        self.drain(on_abort).await?;
        self.sleep(GUARD, on_abort).await?;
        self.put(Output::Write(ESCAPE.to_vec().into()));
        self.sleep(GUARD, on_abort).await
    }

    /// Whether DTR is to be used on this port.
    fn uses_dtr(&self) -> bool {
        self.has_modem_lines() && self.settings().modem.data_mode_exit == DataModeExit::Dtr
    }

    async fn pulse_dtr(&self) {
        self.put(Output::Dtr(false));
        // It is short, and DTR must not stay low.
        let deadline = self.after(HOLD);
        self.until(deadline, OnAbort::GoOn, || None::<()>).await;
        self.put(Output::Dtr(true));
    }

    /// Throws away what was written and not sent, and what was received and not read.
    pub(super) fn flush(&self) {
        self.put(Output::Flush);
    }

    /// Waits until everything written has left for the module.
    pub(super) async fn drain(&self, on_abort: OnAbort) -> Result<(), Failure> {
        self.state.change(|state| state.drained = false);
        self.put(Output::Drain);
        let drained = self.until(self.after(DRAIN), on_abort, || {
            let drained = self.state.get(|state| state.drained);
            drained
                .then_some(Ok(()))
                .or_else(|| self.interruption().map(Err))
        });
        match drained.await {
            Waited::Ready(drained) => drained,
            Waited::Aborted(failure) => Err(failure),
            Waited::Late => Err(Failure::new(
                ErrorName::ModemUnavailable,
                "the module takes no bytes (flow control holds the line)",
            )
            .retry(Retry::Later)
            .scope(Scope::Line)),
        }
    }

    /// Keeps the silence before the escape; whether data mode ended meanwhile, in which case the
    /// plus signs would be a command.
    async fn ends_in_guard_time(&self, on_abort: OnAbort) -> Result<bool, Failure> {
        let ended = || self.state.get(is_in_command_mode).then_some(());
        match self.until(self.after(GUARD), on_abort, ended).await {
            Waited::Ready(()) => Ok(true),
            Waited::Aborted(failure) => Err(failure),
            Waited::Late => Ok(false),
        }
    }

    /// Whether data mode ends within so long or, while bytes that the module had in hand still
    /// arrive, soon after the last of them: they come before its final result.
    async fn has_left_data_mode(&self, time: Duration, on_abort: OnAbort) -> Result<bool, Failure> {
        let (first, limit) = (self.after(time), self.after(time + LATE_BYTES));
        loop {
            let last = self.state.get(|state| state.received_at);
            let deadline = first.max(last + QUIET).min(limit);
            let left = self
                .until(deadline, on_abort, || {
                    if self.state.get(is_in_command_mode) {
                        return Some(Ok(true));
                    }
                    if let Some(failure) = self.interruption() {
                        return Some(Err(failure));
                    }
                    let now = self.state.get(|state| state.received_at);
                    (now != last).then_some(Ok(false))
                })
                .await;
            match left {
                Waited::Ready(Ok(false)) => {}
                Waited::Ready(ended) => return ended,
                Waited::Aborted(failure) => return Err(failure),
                Waited::Late => return Ok(false),
            }
        }
    }
}

fn is_in_command_mode(state: &LinkState) -> bool {
    state.answer.is_some() || !state.channel.in_data()
}
