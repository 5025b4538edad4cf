//! Exchanges with the module's files that are no transfer of ours on the line: small contents
//! held in memory, contents only summed, transfers the module makes on its own.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::state::Abort;
use super::{Link, MARGIN};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::at::answer::Answer;
use crate::at::channel::Waiting;
use crate::at::command::Command;

/// What can happen to a transfer of the module's own.
enum Step {
    Over(Answer),
    Accepted,
    Stop,
    Broken(Failure),
}

impl Link {
    /// Sends a command that takes payload, and these bytes.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn send_bytes<C: Command>(
        &self,
        command: C,
        bytes: &[u8],
    ) -> Result<C::Reply, Failure> {
        self.prove_command_mode().await?;
        self.connect(&command).await?;
        self.put(Output::Write(bytes.to_vec().into()));
        let answer = self.answer::<C>(command.patience()).await?;
        command.read(answer)
    }

    /// Sends a command that brings payload, and returns the payload's length and checksum
    /// beside the reply.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn sum_payload<C: Command>(
        &self,
        command: C,
    ) -> Result<(C::Reply, u64, u16), Failure> {
        self.prove_command_mode().await?;
        self.with(|state| state.diverted = true);
        let result = self.receive(command, |_| None).await;
        let (length, sum) = self.with(|state| {
            state.diverted = false;
            (state.received, state.received_sum.value())
        });
        result.map(|reply| (reply, length, sum))
    }

    /// Starts a transfer between the server and a file of the module and waits for its end,
    /// asking with `length` every `interval` how many bytes have moved: as long as some do,
    /// there is no time limit (docs/module/at-ftp.md §1.5).
    ///
    /// # Errors
    /// As [`Link::send`]; `Timeout` when bytes stop moving. Such a transfer cannot be
    /// interrupted but by taking its context away: `Cancelled` comes with scope `Context`.
    pub async fn send_alone<C, L>(
        &self,
        command: C,
        interval: Duration,
        length: L,
    ) -> Result<C::Reply, Failure>
    where
        C: Command,
        L: Command<Reply = u64> + Copy,
    {
        self.prove_command_mode().await?;
        self.with(|state| state.settled = None);
        self.begin(&command)?;
        match self.accepted().await {
            Step::Over(answer) => return command.read(answer),
            Step::Broken(failure) => {
                self.abandon();
                return Err(failure.context(C::NAME));
            }
            Step::Stop => {
                self.abandon();
                return Err(super::silence(C::NAME, Waiting::Final));
            }
            Step::Accepted => {}
        }
        let result = self.look_on(interval, length).await;
        self.with(|state| state.channel.forget_parked());
        match result {
            Ok(answer) => command.read(answer),
            Err(failure) => Err(failure.context(C::NAME)),
        }
    }

    /// Waits for OK, and puts the exchange aside.
    async fn accepted(&self) -> Step {
        let deadline = self.after(super::FINAL);
        let step = self
            .until(Some(deadline), |state| {
                if let Some(answer) = state.answer.take() {
                    return Some(Step::Over(answer));
                }
                if let Some(failure) = state.interruption() {
                    return Some(Step::Broken(failure));
                }
                let accepted = state.channel.waiting() == Waiting::Result;
                (accepted && state.channel.park()).then_some(Step::Accepted)
            })
            .await;
        step.unwrap_or(Step::Stop)
    }

    /// Waits for the end of the exchange put aside.
    async fn look_on<L>(&self, interval: Duration, length: L) -> Result<Answer, Failure>
    where
        L: Command<Reply = u64> + Copy,
    {
        let limit = self.with(|state| state.response_timeout) + MARGIN;
        let mut moved = 0;
        let mut last = self.after(Duration::ZERO);
        loop {
            let deadline = self.after(interval);
            let step = self
                .until(Some(deadline), |state| {
                    if let Some(answer) = state.settled.take() {
                        return Some(Step::Over(answer));
                    }
                    if let Some(failure) = state.interruption() {
                        return Some(Step::Broken(failure));
                    }
                    state.abort.is_some().then_some(Step::Stop)
                })
                .await;
            match step {
                Some(Step::Over(answer)) => return Ok(answer),
                Some(Step::Broken(failure)) => return Err(failure),
                Some(Step::Stop) => {
                    let abort = self.with(|state| state.abort).unwrap_or(Abort::Cancel);
                    return Err(super::data_mode::aborted(abort).scope(Scope::Context));
                }
                Some(Step::Accepted) | None => {}
            }
            let asked = self.exchange(length).await;
            let now = self.after(Duration::ZERO);
            match asked {
                Ok(count) if count != moved => {
                    moved = count;
                    last = now;
                    self.with(|state| crate::engine::publish_counted(state, count));
                }
                Err(failure) if failure.scope > Scope::Session => return Err(failure),
                _ if now >= last + limit => {
                    return Err(Failure::new(
                        ErrorName::Timeout,
                        format!("no byte moved for {} s", limit.as_secs()),
                    )
                    .retry(Retry::Later)
                    .scope(Scope::Context));
                }
                _ => {}
            }
        }
    }
}
