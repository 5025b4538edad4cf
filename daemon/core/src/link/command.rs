//! Commands without payload: sent on a port that is in command mode, and their answers read.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;
use zeroize::Zeroizing;

use super::answer::{End, Terms};
use super::handle::Link;
use super::restart::park_if_suspected;
use super::state::Abort;
use super::time_outs::silence;
use super::wait::OnAbort;
use crate::api::failure::{Failure, Scope};
use crate::api::output::{Bytes, Output};
use crate::at::answer::{Answer, Outcome};
use crate::at::awaited::Awaited;
use crate::at::command::{Command, Conversation, Label, Patience};

impl Link {
    /// Sends one command and reads its answer. The port is in command mode before and after.
    ///
    /// # Errors
    /// What [`Command::read`] makes of a bad answer; `ModemUnavailable` or `Timeout` when none
    /// comes; what interrupted it when the port closed or the module restarted.
    pub async fn send<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        let patience = command.patience();
        self.send_patiently(command, patience).await
    }

    /// As [`Link::send`], with a time limit of its own.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn send_within<C: Command>(
        &self,
        command: C,
        limit: Duration,
    ) -> Result<C::Reply, Failure> {
        self.send_patiently(command, Patience::Fixed(limit)).await
    }

    async fn send_patiently<C: Command>(
        &self,
        command: C,
        patience: Patience,
    ) -> Result<C::Reply, Failure> {
        let on_abort = self.on_abort();
        self.prove_command_mode().await?;
        self.begin(&command)?;
        let answer = self.answer(C::LABEL, patience, on_abort).await?;
        command.read(answer)
    }

    /// As [`Link::send`], on a port that is known to be in command mode (or is being tried).
    pub(super) async fn exchange<C: Command>(&self, command: C) -> Result<C::Reply, Failure> {
        let patience = command.patience();
        self.exchange_patiently(command, patience).await
    }

    /// As [`Link::send_within`], at once: for a caller that does not know yet whether a module
    /// reads commands.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn exchange_within<C: Command>(
        &self,
        command: C,
        limit: Duration,
    ) -> Result<C::Reply, Failure> {
        self.exchange_patiently(command, Patience::Fixed(limit))
            .await
    }

    async fn exchange_patiently<C: Command>(
        &self,
        command: C,
        patience: Patience,
    ) -> Result<C::Reply, Failure> {
        let on_abort = self.on_abort();
        self.begin(&command)?;
        let terms = Terms::plain(patience, on_abort);
        let answer = self.wait_for_answer(C::LABEL, terms, || None).await?;
        command.read(answer.map_err(|awaited| silence(C::NAME, awaited))?)
    }

    /// Puts a command on the line.
    pub(super) fn begin<C: Command>(&self, command: &C) -> Result<(), Failure> {
        let mut line = Zeroizing::new(String::new());
        command.write(&mut line);
        tracing::debug!(target: "modem_ftp::at", "> {}", command.display());
        self.begin_line(&line, command.conversation())
    }

    fn begin_line(&self, line: &str, conversation: Conversation) -> Result<(), Failure> {
        self.state
            .change_with((line, conversation), |state, (line, conversation)| {
                let abort = state.abort.filter(|_| state.is_breakable);
                let abort = abort.map(Abort::failure);
                if let Some(failure) = state.interruption().or(abort) {
                    return Err(failure);
                }
                state.answer = None;
                state.connected = false;
                state.quiet.begin();
                state.channel.begin(line, conversation);
                state.outputs.push_back(Output::Write(with_cr(line)));
                Ok(())
            })
    }

    /// Waits for the answer to the outstanding command; gives the command up when it does not
    /// come in time, and asks whether the module still answers.
    pub(super) async fn answer(
        &self,
        label: Label,
        patience: Patience,
        on_abort: OnAbort,
    ) -> Result<Answer, Failure> {
        let terms = Terms::plain(patience, on_abort);
        let parked = || self.state.change(park_if_suspected).then(restarting);
        let answer = match self.wait_for_answer(label, terms, parked).await? {
            Ok(answer) => answer,
            Err(Awaited::Nothing) => {
                let answer = self.answer_unless_restarted(label, patience, on_abort);
                answer.await?
            }
            Err(awaited) => return Err(self.explain_silence(label, awaited).await),
        };
        self.note_answer(label);
        Ok(answer)
    }

    /// Waits for the answer to the outstanding command; `Ok(Err)`: it did not come in time, and the
    /// command was given up, or nothing is awaited any more, since `parked` has parked it.
    async fn wait_for_answer(
        &self,
        label: Label,
        terms: Terms,
        parked: impl FnMut() -> Option<Failure>,
    ) -> Result<Result<Answer, Awaited>, Failure> {
        let on_abort = terms.on_abort;
        match self.conclude(terms, parked).await {
            End::Answer(answer) => {
                log_answer(label, &answer);
                if answer.outcome == Outcome::Connect {
                    // The module is in data mode: whatever is sent now, AT included, is payload.
                    self.abandon();
                    self.break_out_unless(on_abort).await?;
                }
                Ok(Ok(answer))
            }
            End::Stop(_) => Ok(Err(Awaited::Nothing)),
            End::Broken(failure) => {
                self.abandon();
                Err(failure.context(label.name))
            }
            End::Aborted(failure) => {
                self.leave_behind(self.limit_in_all(terms));
                Err(failure)
            }
            End::Silent(awaited) => {
                self.abandon();
                Ok(Err(awaited))
            }
            End::Slow(_) | End::Excess => {
                self.abandon();
                Ok(Err(Awaited::Final))
            }
        }
    }
}

/// Why the wait for an answer is interrupted to ask the module.
fn restarting() -> Failure {
    Failure::new(ErrorName::ModemReset, "the module may have restarted")
}

/// A command line as it goes to the module. It may hold a secret: room for all of it is made
/// first, since a vector that grows leaves a copy behind.
fn with_cr(line: &str) -> Bytes {
    let mut bytes = Vec::with_capacity(line.len() + 1);
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\r');
    bytes.into()
}

fn log_answer(label: Label, answer: &Answer) {
    let name = label.name;
    if label.is_confidential {
        let (lines, outcome) = (answer.lines.len(), &answer.outcome);
        tracing::debug!(target: "modem_ftp::at", "< {name}: {lines} lines {outcome:?}");
    } else {
        tracing::debug!(target: "modem_ftp::at", "< {name}: {answer:?}");
    }
}

/// Accepts a refusal of the command: the setting is a convenience, or the firmware does not know it.
///
/// # Errors
/// The failure, when more than the command failed.
pub fn tolerate<T>(result: Result<T, Failure>) -> Result<(), Failure> {
    match result {
        Ok(_) => Ok(()),
        Err(failure) if failure.scope == Scope::Command => {
            tracing::debug!("{failure} (not needed)");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}
