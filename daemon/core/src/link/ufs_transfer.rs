//! Transfers between the server and a file of the module (UFS): the module makes them on its own,
//! and the port stays in command mode meanwhile.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::pace::Pace;
use super::state::LinkState;
use super::stop::is_abort;
use super::time_outs::FINAL;
use super::wait::{OnAbort, Waited};
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
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
}

/// The exchange that waits for the transfer's result while others are made; forgotten on drop.
pub(super) struct Parked<'a>(pub(super) &'a Link);

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        self.0.state.change(|state| state.channel.forget_parked());
    }
}

impl Link {
    /// Starts a transfer between the server and a file of the module and waits for its end,
    /// asking with `length` every `interval` how many bytes have moved, and reporting that to
    /// `moved`: there is no other time limit than the least pace (docs/module/at-ftp.md §1.5).
    /// `most`: so many bytes are wanted at most, if that is known.
    ///
    /// # Errors
    /// As [`Link::send`]; `Timeout` when bytes stop moving, `Protocol` when there are too many. Such a
    /// transfer can only be interrupted by deactivating its PDP context: these and `Cancelled` come
    /// with scope `Context`.
    pub async fn transfer_on_module<C, L>(
        &self,
        command: C,
        most: Option<u64>,
        interval: Duration,
        length: L,
        moved: impl Fn(u64),
    ) -> Result<C::Reply, Failure>
    where
        C: Command,
        L: Command<Reply = u64> + Copy,
    {
        let on_abort = self.on_abort();
        self.prove_command_mode().await?;
        self.state.change(|state| state.parked_answer = None);
        self.begin(&command)?;
        let accepted = self.until(self.after(FINAL), on_abort, || {
            self.state.change(acceptance)
        });
        match accepted.await {
            Waited::Ready(TransferEvent::Ended(answer)) => {
                self.note_answer(C::LABEL);
                let result = command.read(answer);
                self.note_data::<C, _>(&result, 0);
                return result;
            }
            Waited::Ready(TransferEvent::Broken(failure)) => {
                self.abandon();
                return Err(failure.context(C::NAME));
            }
            Waited::Ready(TransferEvent::Accepted) => {}
            Waited::Aborted(failure) => {
                self.leave_behind(FINAL);
                return Err(failure);
            }
            Waited::Late => {
                self.abandon();
                return Err(self.explain_silence(C::LABEL, Awaited::Final).await);
            }
        }
        let _parked = Parked(self);
        let watched = self.watch(most, interval, on_abort, length, moved).await;
        let answer = watched.map_err(|failure| {
            let scope = failure.scope.max(Scope::Context);
            match is_abort(&failure) {
                true => failure.scope(scope),
                false => failure.scope(scope).context(C::NAME),
            }
        })?;
        self.note_answer(C::LABEL);
        let result = command.read(answer);
        self.note_data::<C, _>(&result, 0);
        result
    }

    /// Waits for the end of the parked exchange.
    async fn watch<L>(
        &self,
        most: Option<u64>,
        interval: Duration,
        on_abort: OnAbort,
        length: L,
        report: impl Fn(u64),
    ) -> Result<Answer, Failure>
    where
        L: Command<Reply = u64> + Copy,
    {
        let limit = self.response_limit();
        let begin = self.now().instant;
        let mut pace = Pace::begin(begin, self.grace(), None);
        // Until it has begun, the count may still be that of the transfer before.
        let (mut moved, mut grows) = (0, false);
        let mut last = begin;
        loop {
            let looked = self.until(self.after(interval), on_abort, || {
                self.state.change(parked_event)
            });
            match looked.await {
                Waited::Ready(TransferEvent::Ended(answer)) => return Ok(answer),
                Waited::Ready(TransferEvent::Broken(failure)) | Waited::Aborted(failure) => {
                    return Err(failure);
                }
                Waited::Ready(TransferEvent::Accepted) | Waited::Late => {}
            }
            if self.is_restart_suspected() {
                self.ask().await?;
            }
            let counted = self.exchange(length).await;
            let now = self.now().instant;
            match counted {
                Ok(count) if count != moved => {
                    let more = count.checked_sub(moved).filter(|_| last > begin);
                    grows |= more.is_some();
                    pace.moved(now, more.unwrap_or(count));
                    (moved, last) = (count, now);
                    if let Some(most) = most.filter(|most| grows && count > *most) {
                        return Err(too_many(count, most));
                    }
                    report(count);
                }
                Err(failure) if failure.scope > Scope::Session || is_abort(&failure) => {
                    return Err(failure);
                }
                _ if now >= last + limit => {
                    let text = format!("no byte moved for {} s", limit.as_secs());
                    return Err(too_slow(text));
                }
                _ => {}
            }
            if now >= pace.deadline() {
                let seconds = (now - begin).as_secs();
                return Err(too_slow(format!(
                    "too slow: {moved} bytes moved in {seconds} s"
                )));
            }
        }
    }
}

fn too_slow(text: String) -> Failure {
    Failure::new(ErrorName::Timeout, text)
        .retry(Retry::Later)
        .scope(Scope::Context)
}

fn too_many(count: u64, most: u64) -> Failure {
    let text = format!("{most} bytes were asked for, and {count} have come; broken off");
    Failure::new(ErrorName::Protocol, text)
        .retry(Retry::Soon)
        .scope(Scope::Context)
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
    state.interruption().map(TransferEvent::Broken)
}
