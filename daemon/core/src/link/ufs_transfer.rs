//! Transfers between the server and a file of the module (UFS): the module makes them on its own,
//! and the port stays in command mode meanwhile.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::state::Abort;
use super::state::LinkState;
use super::time_outs::FINAL;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::Command;

/// What can happen to such a transfer.
enum TransferEvent {
    /// Its answer is complete.
    Ended(Answer),
    /// The module accepted it; its result comes later.
    Accepted,
    /// It has to stop.
    Abort(Abort),
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
}

/// The exchange that waits for the transfer's result while others are made; forgotten on drop.
struct Parked<'a>(&'a Link);

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        self.0.state.change(|state| state.channel.forget_parked());
    }
}

impl Link {
    /// Starts a transfer between the server and a file of the module and waits for its end,
    /// asking with `length` every `interval` how many bytes have moved, and reporting that to
    /// `moved`: as long as the count grows there is no time limit (docs/module/at-ftp.md §1.5).
    ///
    /// # Errors
    /// As [`Link::send`]; `Timeout` when bytes stop moving. Such a transfer can only be
    /// interrupted by deactivating its PDP context: `Cancelled` comes with scope `Context`.
    pub async fn transfer_on_module<C, L>(
        &self,
        command: C,
        interval: Duration,
        length: L,
        moved: impl Fn(u64),
    ) -> Result<C::Reply, Failure>
    where
        C: Command,
        L: Command<Reply = u64> + Copy,
    {
        self.prove_command_mode().await?;
        self.state.change(|state| state.parked_answer = None);
        self.begin(&command)?;
        let deadline = self.after(FINAL);
        let event = self
            .until(Some(deadline), || self.state.change(acceptance))
            .await;
        match event {
            Some(TransferEvent::Ended(answer)) => {
                self.note_answer::<C>();
                let result = command.read(answer);
                self.note_data::<C, _>(&result, 0);
                return result;
            }
            Some(TransferEvent::Broken(failure)) => {
                self.abandon();
                return Err(failure.context(C::NAME));
            }
            Some(TransferEvent::Accepted) => {}
            Some(TransferEvent::Abort(_)) | None => {
                self.abandon();
                return Err(self.explain_silence::<C>(Awaited::Final).await);
            }
        }
        let _parked = Parked(self);
        match self.watch(interval, length, moved).await {
            Ok(answer) => {
                self.note_answer::<C>();
                let result = command.read(answer);
                self.note_data::<C, _>(&result, 0);
                result
            }
            Err(failure) => Err(failure.context(C::NAME)),
        }
    }

    /// Waits for the end of the parked exchange.
    async fn watch<L>(
        &self,
        interval: Duration,
        length: L,
        report: impl Fn(u64),
    ) -> Result<Answer, Failure>
    where
        L: Command<Reply = u64> + Copy,
    {
        let limit = self.response_limit();
        let mut moved = 0;
        let mut last = self.now().instant;
        loop {
            let deadline = self.after(interval);
            let event = self
                .until(Some(deadline), || self.state.change(parked_event))
                .await;
            match event {
                Some(TransferEvent::Ended(answer)) => return Ok(answer),
                Some(TransferEvent::Broken(failure)) => return Err(failure),
                Some(TransferEvent::Abort(abort)) => {
                    return Err(abort.failure().scope(Scope::Context));
                }
                Some(TransferEvent::Accepted) | None => {}
            }
            match self.exchange(length).await {
                Ok(count) if count != moved => {
                    moved = count;
                    last = self.now().instant;
                    report(count);
                }
                Err(failure) if failure.scope > Scope::Session => return Err(failure),
                _ if self.now().instant >= last + limit => {
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

/// Whether the module has accepted the command; its exchange is parked then.
fn acceptance(state: &mut LinkState) -> Option<TransferEvent> {
    if let Some(answer) = state.answer.take() {
        return Some(TransferEvent::Ended(answer));
    }
    if let Some(failure) = state.interruption() {
        return Some(TransferEvent::Broken(failure));
    }
    let accepted = state.channel.waiting() == Awaited::Result;
    (accepted && state.channel.park()).then_some(TransferEvent::Accepted)
}

fn parked_event(state: &mut LinkState) -> Option<TransferEvent> {
    if let Some(answer) = state.parked_answer.take() {
        return Some(TransferEvent::Ended(answer));
    }
    if let Some(failure) = state.interruption() {
        return Some(TransferEvent::Broken(failure));
    }
    state.abort.map(TransferEvent::Abort)
}
