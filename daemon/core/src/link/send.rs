//! Payload that is sent: from CONNECT to the last result line, in step with what the module takes.
//! Whatever ends it early, the port is brought back to command mode.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::answer::Terms;
use super::handle::Link;
use super::payload::{IN_FLIGHT, PayloadSource, Sent};
use super::state::LinkState;
use super::time_outs::Carries;
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::{Command, Patience};

/// What can come after a command that takes payload.
enum ConnectEvent {
    Connected,
    Answer(Box<Answer>),
    Broken(Failure),
}

impl Link {
    /// Sends a command that takes payload, and the payload.
    ///
    /// # Errors
    /// As [`Link::send`]; the source's own failure; `Cancelled` when it had to stop.
    pub async fn send_payload<C: Command>(
        &self,
        command: C,
        source: PayloadSource,
    ) -> Result<(C::Reply, Sent), Failure> {
        let on_abort = self.on_abort();
        self.prove_command_mode().await?;
        self.check_line().await?;
        self.state.change(|state| {
            state.refused = false;
            state.data.moved = 0;
        });
        let sent = self.send_whole(command, source, on_abort).await;
        // What the module may still have held is not known to have gone through.
        let moved = self.state.get(|state| state.data.moved);
        self.note_data::<C, _>(&sent, moved.saturating_sub(IN_FLIGHT));
        sent
    }

    /// From the command line to the result of the transfer.
    async fn send_whole<C: Command>(
        &self,
        command: C,
        source: PayloadSource,
        on_abort: OnAbort,
    ) -> Result<(C::Reply, Sent), Failure> {
        self.connect(&command, on_abort).await?;
        let (bytes, checksum) = self.pump(&command, source, on_abort).await?;
        if source.length.is_none() && self.state.get(|state| state.answer.is_none()) {
            self.end_data_mode(&command, on_abort).await?;
        }
        let patience = match command.patience() {
            Patience::Fixed(time) => Patience::Fixed(time + self.in_flight()),
            other => other,
        };
        let answer = self.answer(C::LABEL, patience, on_abort).await?;
        if answer.surplus {
            self.state.change(|state| state.refused = true);
        }
        let reply = command.read(answer)?;
        self.check_moved(C::NAME).await?;
        self.check_unrefused(C::NAME)?;
        Ok((reply, Sent { bytes, checksum }))
    }

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
        let on_abort = self.on_abort();
        self.connect(&command, on_abort).await?;
        self.put(Output::Write(bytes.to_vec().into()));
        let answer = self.answer(C::LABEL, command.patience(), on_abort).await?;
        command.read(answer)
    }

    /// Everything was sent: leaves data mode, which ends a transfer of unknown length.
    async fn end_data_mode<C: Command>(
        &self,
        command: &C,
        on_abort: OnAbort,
    ) -> Result<(), Failure> {
        let drained = self.drain(on_abort).await;
        let left = match drained {
            Ok(()) => self.leave_data_mode(on_abort).await,
            refused => refused,
        };
        if left.is_err() {
            self.leave_behind(self.rest_of(command));
        }
        left
    }

    /// How long a command that takes payload may still go on after it was given up.
    pub(super) fn rest_of<C: Command>(&self, command: &C) -> Duration {
        self.limit_in_all(Terms::plain(command.patience(), OnAbort::GoOn))
    }

    /// From the command line to CONNECT.
    async fn connect<C: Command>(&self, command: &C, on_abort: OnAbort) -> Result<(), Failure> {
        self.begin(command)?;
        let limit = self.limit(Awaited::Final, command.patience(), Carries::Payload);
        let deadline = self.after(limit);
        let event = self.until(deadline, on_abort, || self.state.change(connect_event));
        match event.await {
            Waited::Ready(ConnectEvent::Connected) => {
                self.note_answer(C::LABEL);
                Ok(())
            }
            Waited::Ready(ConnectEvent::Answer(answer)) => {
                self.note_answer(C::LABEL);
                Err(refusal(command, *answer))
            }
            Waited::Ready(ConnectEvent::Broken(failure)) => {
                self.abandon();
                Err(failure.context(C::NAME))
            }
            Waited::Aborted(failure) => {
                self.leave_behind(self.rest_of(command));
                Err(failure)
            }
            Waited::Late => {
                self.abandon();
                Err(self.explain_silence(C::LABEL, Awaited::Final).await)
            }
        }
    }
}

fn connect_event(state: &mut LinkState) -> Option<ConnectEvent> {
    if let Some(answer) = state.answer.take() {
        return Some(ConnectEvent::Answer(Box::new(answer)));
    }
    if state.connected {
        return Some(ConnectEvent::Connected);
    }
    state.interruption().map(ConnectEvent::Broken)
}

/// What a command's answer means that came instead of CONNECT or before the payload was sent.
pub(super) fn refusal<C: Command>(command: &C, answer: Answer) -> Failure {
    match command.read(answer) {
        Err(failure) => failure,
        Ok(_) => Failure::new(
            ErrorName::Protocol,
            format!("{}: the module ended the transfer before its end", C::NAME),
        )
        .retry(Retry::Soon)
        .scope(Scope::Session),
    }
}
