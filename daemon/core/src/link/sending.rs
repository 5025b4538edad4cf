//! Payload that is sent: from CONNECT to the last result line, in step with what the module
//! takes; whatever interrupts, the port is brought back to command mode.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::data_mode::aborted;
use super::state::Pump;
use super::{Link, MARGIN, silence};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::Handle;
use crate::api::output::Output;
use crate::at::answer::Answer;
use crate::at::channel::Waiting;
use crate::at::command::{Command, Patience};

/// How long the result may take to come after data mode was left before its time.
const AFTERMATH: Duration = Duration::from_secs(2);
/// What the kernel and the module may hold at most between us and the air, bytes.
const IN_FLIGHT: u64 = 64 * 1024;

/// What to send after CONNECT.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// The open source.
    pub handle: Handle,
    /// Offset of the first byte.
    pub offset: u64,
    /// So many bytes, as declared in the command; `None`: until end of file, then data mode is
    /// left by DTR or the escape.
    pub length: Option<u64>,
    /// Bytes allowed per acknowledgement (docs/module/at-file.md §3.4 ACK mode).
    pub window: Option<u32>,
    /// ASCII type: line ends are converted on the way.
    pub text: bool,
}

/// What was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Payload bytes.
    pub bytes: u64,
    /// Their checksum (docs/module/at-file.md §3.6).
    pub checksum: u16,
}

/// What can happen while we send.
enum Step {
    Ended(Result<(u64, u16), Failure>),
    Answer(Box<Answer>),
    Acknowledged,
    Left,
    Progress(u64),
    Abort(Failure),
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
        outgoing: Outgoing,
    ) -> Result<(C::Reply, Sent), Failure> {
        self.prove_command_mode().await?;
        self.connect(&command).await?;
        self.with(|state| {
            state.pump = Pump {
                running: true,
                ..Pump::default()
            };
            state.acknowledged = 0;
        });
        self.put(Output::Pump {
            handle: outgoing.handle,
            offset: outgoing.offset,
            length: outgoing.length,
            window: outgoing.window,
            text: outgoing.text,
        });
        let (bytes, checksum) = self.pump(&command, outgoing.length).await?;
        if outgoing.length.is_none() && self.with(|state| state.answer.is_none()) {
            self.leave_data_mode(true).await?;
        }
        let patience = match command.patience() {
            Patience::Fixed(time) => Patience::Fixed(time + self.in_flight()),
            other => other,
        };
        let answer = self.answer::<C>(patience).await?;
        Ok((command.read(answer)?, Sent { bytes, checksum }))
    }

    /// Runs the pump to its end: bytes and checksum.
    async fn pump<C: Command>(
        &self,
        command: &C,
        length: Option<u64>,
    ) -> Result<(u64, u16), Failure> {
        let idle = self.with(|state| state.response_timeout) + MARGIN + self.in_flight();
        let mut sent = 0;
        loop {
            let deadline = self.after(idle);
            let step = self
                .until(Some(deadline), |state| {
                    if let Some(ended) = state.pump.ended.take() {
                        state.pump.running = false;
                        return Some(Step::Ended(ended));
                    }
                    if let Some(answer) = state.answer.take() {
                        return Some(Step::Answer(Box::new(answer)));
                    }
                    if state.acknowledged > 0 {
                        state.acknowledged -= 1;
                        return Some(Step::Acknowledged);
                    }
                    if let Some(failure) = state.interruption() {
                        return Some(Step::Broken(failure));
                    }
                    if let Some(abort) = state.abort {
                        return Some(Step::Abort(aborted(abort)));
                    }
                    let rest = length.is_none_or(|length| state.pump.sent < length);
                    if rest && !state.channel.in_data() {
                        return Some(Step::Left);
                    }
                    (state.pump.sent != sent).then_some(Step::Progress(state.pump.sent))
                })
                .await;
            match step {
                Some(Step::Ended(Ok(end))) => return Ok(end),
                Some(Step::Ended(Err(failure)) | Step::Abort(failure)) => {
                    self.stop_sending().await?;
                    return Err(failure);
                }
                Some(Step::Answer(answer)) => {
                    // The module ended it before we did; what is on the way is no command.
                    self.stop_pump();
                    self.put(Output::Flush);
                    self.abandon();
                    return Err(refusal(command, *answer));
                }
                Some(Step::Left) => {
                    // Its OK came, its result will: from here on every byte would be a command.
                    self.stop_pump();
                    let answer = self.answer::<C>(command.patience()).await?;
                    self.abandon();
                    return Err(refusal(command, answer));
                }
                Some(Step::Acknowledged) => self.put(Output::Grant),
                Some(Step::Progress(now)) => sent = now,
                Some(Step::Broken(failure)) => {
                    self.stop_pump();
                    self.abandon();
                    return Err(failure.context(C::NAME));
                }
                None => {
                    self.stop_sending().await?;
                    return Err(stalled(C::NAME, idle));
                }
            }
        }
    }

    /// From the command line to CONNECT.
    pub(super) async fn connect<C: Command>(&self, command: &C) -> Result<(), Failure> {
        self.begin(command)?;
        self.with(|state| state.payload = true);
        let patience = command.patience();
        let deadline = self.bounded(self.after(self.limit(Waiting::Final, patience)));
        let got = self
            .until(Some(deadline), |state| {
                if let Some(answer) = state.answer.take() {
                    return Some(Step::Answer(Box::new(answer)));
                }
                if state.connected.is_some() {
                    return Some(Step::Progress(0));
                }
                state.interruption().map(Step::Broken)
            })
            .await;
        self.with(|state| state.payload = false);
        match got {
            Some(Step::Answer(answer)) => Err(refusal(command, *answer)),
            Some(Step::Broken(failure)) => {
                self.abandon();
                Err(failure.context(C::NAME))
            }
            Some(_) => Ok(()),
            None => {
                self.abandon();
                Err(silence(C::NAME, Waiting::Final))
            }
        }
    }

    /// Ends sending before its time. What is still on the way is thrown away.
    async fn stop_sending(&self) -> Result<(), Failure> {
        self.stop_pump();
        self.leave_data_mode(false).await?;
        // The transfer's own result may follow; it belongs to what is over.
        let deadline = self.after(AFTERMATH);
        self.until(Some(deadline), |state| {
            let over = state.answer.take().is_some() || state.interruption().is_some();
            over.then_some(())
        })
        .await;
        self.abandon();
        self.prove_command_mode().await
    }

    fn stop_pump(&self) {
        let running = self.with(|state| std::mem::take(&mut state.pump).running);
        if running {
            self.put(Output::StopPump);
        }
    }

    /// How long what may be on the way needs on the line.
    fn in_flight(&self) -> Duration {
        let bytes_per_second = self.with(|state| state.settings.modem.baud.max(9600) / 10);
        Duration::from_secs(IN_FLIGHT / u64::from(bytes_per_second))
    }
}

/// What a command's answer means that came instead of CONNECT or before the payload was out.
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
