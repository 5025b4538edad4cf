//! [`RunningPump`]: the shell copies a local file to the tty, in step with what the module takes. The copy
//! is stopped when this guard is dropped, however the procedure that started it ends.

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::line_check::{HELD, PAUSE, changed_meanwhile};
use super::pace::Pace;
use super::payload::{IN_FLIGHT, LocalEnd, PIPE, PayloadSource};
use super::send::refusal;
use super::state::{LinkState, LocalState, PumpState};
use super::wait::{OnAbort, Waited};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::LARGEST;
use crate::api::output::Output;
use crate::at::answer::Answer;
use crate::at::command::Command;

/// The copy, while it may run.
pub(super) struct RunningPump(Link);

impl RunningPump {
    /// Starts the copy.
    pub(super) fn start(link: &Link, source: PayloadSource) -> Self {
        link.state.change(|state| {
            state.pump = PumpState {
                running: true,
                ..PumpState::default()
            };
            state.acknowledged = 0;
            state.local = LocalState::default();
        });
        link.state.change_with(source.handle, |state, handle| {
            state.pumped = Some(handle);
        });
        link.put(Output::Pump {
            handle: source.handle,
            offset: source.offset,
            length: source.length,
            window: source.window,
            text: source.text,
        });
        Self(link.clone())
    }
}

impl Drop for RunningPump {
    fn drop(&mut self) {
        let running = self.0.state.change(|state| {
            let pump = std::mem::take(&mut state.pump);
            state.data.moved = pump.sent;
            pump.running
        });
        if running {
            self.0.put(Output::StopPump);
        }
    }
}

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
    /// The source began or ceased to keep the pump waiting.
    Starved,
    /// The module said what hardly anything but a start makes it say; in data mode it says nothing.
    Suspected,
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
}

impl Link {
    /// Runs the pump to its end: bytes and checksum.
    pub(super) async fn pump<C: Command>(
        &self,
        command: &C,
        source: PayloadSource,
        on_abort: OnAbort,
    ) -> Result<(u64, u16), Failure> {
        let pump = RunningPump::start(self, source);
        let idle = self.response_limit() + self.in_flight();
        let begin = self.now().instant;
        let mut pace = Pace::begin(begin, self.grace() + self.in_flight(), Some(source.local));
        let (mut sent, mut last) = (0, begin);
        let (mut is_checked, mut is_held) = (false, false);
        loop {
            let starved = self.state.get(|state| state.local.blocks_since());
            let silent = match (starved, source.local) {
                (Some(since), LocalEnd::Pipe) => since.max(last) + PIPE,
                _ => last + idle,
            };
            let check = Some(last + PAUSE).filter(|_| !is_checked);
            let deadline = silent.min(pace.deadline()).min(check.unwrap_or(silent));
            let event = self.until(deadline, on_abort, || {
                let seen = (sent, source.length, starved);
                self.state.change_with(seen, pump_event)
            });
            match event.await {
                Waited::Ready(PumpEvent::Ended(Ok(end))) => return Ok(end),
                Waited::Ready(PumpEvent::Ended(Err(failure))) | Waited::Aborted(failure) => {
                    return Err(self.stop_sending(command, pump, failure).await);
                }
                Waited::Ready(PumpEvent::Answer(answer)) => {
                    // The module ended it before we did: what is on the way must not arrive as a
                    // command.
                    drop(pump);
                    self.flush();
                    self.abandon();
                    return Err(refusal(command, *answer));
                }
                Waited::Ready(PumpEvent::LeftDataMode) => {
                    // From here on every byte would be taken as a command.
                    drop(pump);
                    if self.is_restart_suspected() {
                        self.flush();
                        self.abandon();
                        let proven = self.prove_command_mode().await;
                        return Err(proven.err().unwrap_or_else(|| suspected(C::NAME)));
                    }
                    let answer = self.answer(C::LABEL, command.patience(), on_abort).await?;
                    self.abandon();
                    return Err(refusal(command, answer));
                }
                Waited::Ready(PumpEvent::Acknowledged) => {
                    last = self.now().instant;
                    self.put(Output::Grant);
                }
                Waited::Ready(PumpEvent::Progress(now)) => {
                    last = self.now().instant;
                    is_checked = false;
                    pace.moved(last, now - sent);
                    sent = now;
                    if sent > LARGEST {
                        let failure = endless(C::NAME);
                        return Err(self.stop_sending(command, pump, failure).await);
                    }
                }
                Waited::Ready(PumpEvent::Starved) => {}
                Waited::Ready(PumpEvent::Suspected) => {
                    let failure = suspected(C::NAME);
                    return Err(self.stop_sending(command, pump, failure).await);
                }
                Waited::Ready(PumpEvent::Broken(failure)) => {
                    drop(pump);
                    // A module that restarted would read the rest as commands.
                    self.flush();
                    self.abandon();
                    return Err(failure.context(C::NAME));
                }
                Waited::Late if check.is_some_and(|check| self.now().instant >= check) => {
                    is_checked = true;
                    let line = self.check_line().await?;
                    is_held = line.is_held;
                    if let Some(changed) = line.changed {
                        let failure = changed_meanwhile(C::NAME, &changed);
                        return Err(self.stop_sending(command, pump, failure).await);
                    }
                }
                Waited::Late => {
                    let now = self.now().instant;
                    let failure = match self.blame_local(C::NAME, source.local) {
                        Some(failure) if now >= silent => failure,
                        _ if now >= silent || self.is_stopping() => stalled(C::NAME, idle, is_held),
                        _ => {
                            let (taken, local) = (now - begin, Some(source.local));
                            let blocked = self.blocked();
                            self.explain_slowness(C::NAME, local, taken, blocked, sent)
                        }
                    };
                    return Err(self.stop_sending(command, pump, failure).await);
                }
            }
        }
    }

    /// Ends sending early. What is still on the way is thrown away.
    async fn stop_sending<C: Command>(
        &self,
        command: &C,
        pump: RunningPump,
        failure: Failure,
    ) -> Failure {
        drop(pump);
        self.flush();
        self.break_off(self.rest_of(command), failure).await
    }

    /// How long the bytes that may be on the way need on the line.
    pub(super) fn in_flight(&self) -> Duration {
        let bytes_per_second = self.settings().modem.baud.max(9600) / 10;
        Duration::from_secs(IN_FLIGHT / u64::from(bytes_per_second))
    }
}

/// What happened to the pump since `sent` bytes were seen and it was kept waiting since `starved`;
/// `length` is what it is to send.
fn pump_event(
    state: &mut LinkState,
    (sent, length, starved): (u64, Option<u64>, Option<Instant>),
) -> Option<PumpEvent> {
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
    let rest = length.is_none_or(|length| state.pump.sent < length);
    if rest && !state.channel.in_data() {
        return Some(PumpEvent::LeftDataMode);
    }
    if state.suspicion.is_strong() {
        return Some(PumpEvent::Suspected);
    }
    if state.pump.sent != sent {
        return Some(PumpEvent::Progress(state.pump.sent));
    }
    (state.local.blocks_since() != starved).then_some(PumpEvent::Starved)
}

/// The module was interrupted by what it said itself, and has not restarted.
fn suspected(name: &str) -> Failure {
    let text = format!("{name}: the module was no longer taking data");
    Failure::new(ErrorName::Protocol, text)
        .retry(Retry::Soon)
        .scope(Scope::Session)
}

/// A source whose length was not known gave more than can be sent.
fn endless(name: &str) -> Failure {
    let text =
        format!("{name}: the pipe gives more than {LARGEST} bytes, the most that can be sent");
    Failure::new(ErrorName::LocalIo, text).scope(Scope::Session)
}

/// No byte moved for so long.
fn stalled(name: &str, limit: Duration, is_held: bool) -> Failure {
    let mut text = format!("{name}: no byte moved for {} s", limit.as_secs());
    if is_held {
        text = format!("{text}: {HELD}");
    }
    Failure::new(ErrorName::Timeout, text)
        .retry(Retry::Later)
        .scope(Scope::Session)
}
