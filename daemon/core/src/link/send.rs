//! Payload that is sent: from CONNECT to the last result line, in step with what the module takes.
//! Whatever ends it early, the port is brought back to command mode.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::payload::{PayloadSource, Sent};
use super::pump::RunningPump;
use super::state::LinkState;
use super::time_outs::Carries;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::{Command, Patience};

/// How long the result may take to come after data mode was left early.
const AFTERMATH: Duration = Duration::from_secs(2);
/// Most bytes that the kernel and the module may hold between us and the network.
const IN_FLIGHT: u64 = 64 * 1024;

/// What can happen while the pump runs.
enum PumpEvent {
    /// The pump handed its last byte to the tty, or failed.
    Ended(Result<(u64, u16), Failure>),
    /// The module ended the transfer.
    Answer(Box<Answer>),
    /// The next window may be sent.
    Acknowledged,
    /// The module left data mode; its result is still to come.
    LeftDataMode,
    /// The tty has taken so many bytes in all.
    Progress(u64),
    /// The transfer has to stop.
    Abort(Failure),
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
}

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
        self.prove_command_mode().await?;
        self.state.change(|state| state.data.moved = 0);
        let sent = self.send_whole(command, source).await;
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
    ) -> Result<(C::Reply, Sent), Failure> {
        self.connect(&command).await?;
        let (bytes, checksum) = self.pump(&command, source).await?;
        if source.length.is_none() && self.state.get(|state| state.answer.is_none()) {
            self.drain().await?;
            self.leave_data_mode().await?;
        }
        let patience = match command.patience() {
            Patience::Fixed(time) => Patience::Fixed(time + self.in_flight()),
            other => other,
        };
        let answer = self.answer::<C>(patience).await?;
        Ok((command.read(answer)?, Sent { bytes, checksum }))
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
        self.connect(&command).await?;
        self.put(Output::Write(bytes.to_vec().into()));
        let answer = self.answer::<C>(command.patience()).await?;
        command.read(answer)
    }

    /// From the command line to CONNECT.
    async fn connect<C: Command>(&self, command: &C) -> Result<(), Failure> {
        self.begin(command)?;
        let limit = self.limit(Awaited::Final, command.patience(), Carries::Payload);
        let deadline = self.after(limit);
        let event = self
            .until(Some(deadline), || self.state.change(connect_event))
            .await;
        match event {
            Some(ConnectEvent::Connected) => {
                self.note_answer::<C>();
                Ok(())
            }
            Some(ConnectEvent::Answer(answer)) => {
                self.note_answer::<C>();
                Err(refusal(command, *answer))
            }
            Some(ConnectEvent::Broken(failure)) => {
                self.abandon();
                Err(failure.context(C::NAME))
            }
            None => {
                self.abandon();
                Err(self.explain_silence::<C>(Awaited::Final).await)
            }
        }
    }

    /// Runs the pump to its end: bytes and checksum.
    async fn pump<C: Command>(
        &self,
        command: &C,
        source: PayloadSource,
    ) -> Result<(u64, u16), Failure> {
        let pump = RunningPump::start(self, source);
        let idle = self.response_limit() + self.in_flight();
        let mut sent = 0;
        loop {
            let deadline = self.after(idle);
            let event = self
                .until(Some(deadline), || {
                    let seen = (sent, source.length);
                    self.state.change_with(seen, pump_event)
                })
                .await;
            match event {
                Some(PumpEvent::Ended(Ok(end))) => return Ok(end),
                Some(PumpEvent::Ended(Err(failure)) | PumpEvent::Abort(failure)) => {
                    self.stop_sending(pump).await?;
                    return Err(failure);
                }
                Some(PumpEvent::Answer(answer)) => {
                    // The module ended it before we did: what is on the way must not arrive as a
                    // command.
                    drop(pump);
                    self.flush();
                    self.abandon();
                    return Err(refusal(command, *answer));
                }
                Some(PumpEvent::LeftDataMode) => {
                    // From here on every byte would be taken as a command.
                    drop(pump);
                    let answer = self.answer::<C>(command.patience()).await?;
                    self.abandon();
                    return Err(refusal(command, answer));
                }
                Some(PumpEvent::Acknowledged) => self.put(Output::Grant),
                Some(PumpEvent::Progress(now)) => sent = now,
                Some(PumpEvent::Broken(failure)) => {
                    drop(pump);
                    self.abandon();
                    return Err(failure.context(C::NAME));
                }
                None => {
                    self.stop_sending(pump).await?;
                    return Err(stalled(C::NAME, idle));
                }
            }
        }
    }

    /// Ends sending early. What is still on the way is thrown away.
    async fn stop_sending(&self, pump: RunningPump) -> Result<(), Failure> {
        drop(pump);
        self.flush();
        self.leave_data_mode().await?;
        // The transfer's own result may follow; it belongs to what has ended.
        let deadline = self.after(AFTERMATH);
        self.until(Some(deadline), || {
            let over = self.take_answer().is_some() || self.interruption().is_some();
            over.then_some(())
        })
        .await;
        self.abandon();
        self.prove_command_mode().await
    }

    /// How long the bytes that may be on the way need on the line.
    fn in_flight(&self) -> Duration {
        let bytes_per_second = self.settings().modem.baud.max(9600) / 10;
        Duration::from_secs(IN_FLIGHT / u64::from(bytes_per_second))
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

/// What happened to the pump since `sent` bytes were seen; `length` is what it is to send.
fn pump_event(state: &mut LinkState, (sent, length): (u64, Option<u64>)) -> Option<PumpEvent> {
    if let Some(ended) = state.pump.ended.take() {
        state.pump.running = false;
        return Some(PumpEvent::Ended(ended));
    }
    if let Some(answer) = state.answer.take() {
        return Some(PumpEvent::Answer(Box::new(answer)));
    }
    if state.acknowledged > 0 {
        state.acknowledged -= 1;
        return Some(PumpEvent::Acknowledged);
    }
    if let Some(failure) = state.interruption() {
        return Some(PumpEvent::Broken(failure));
    }
    if let Some(abort) = state.abort {
        return Some(PumpEvent::Abort(abort.failure()));
    }
    let rest = length.is_none_or(|length| state.pump.sent < length);
    if rest && !state.channel.in_data() {
        return Some(PumpEvent::LeftDataMode);
    }
    (state.pump.sent != sent).then_some(PumpEvent::Progress(state.pump.sent))
}

/// What a command's answer means that came instead of CONNECT or before the payload was sent.
fn refusal<C: Command>(command: &C, answer: Answer) -> Failure {
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

/// No byte moved for so long.
fn stalled(name: &str, limit: Duration) -> Failure {
    Failure::new(
        ErrorName::Timeout,
        format!("{name}: no byte moved for {} s", limit.as_secs()),
    )
    .retry(Retry::Later)
    .scope(Scope::Session)
}
