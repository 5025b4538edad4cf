//! Awaited for the answer to the outstanding command: each phase has a time limit, all of it has one
//! that follows from what was asked for, and a port that closes or a module that restarts ends the wait
//! at once.

use std::time::{Duration, Instant};

use super::handle::Link;
use super::line_check::{PAUSE, changed_meanwhile};
use super::pace::Pace;
use super::payload::{LocalEnd, PIPE};
use super::state::LinkState;
use super::time_outs::Carries;
use super::wait::{OnAbort, Waited};
use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::awaited::Awaited;
use crate::at::command::{Command, Patience};

/// How waiting for an answer ended.
pub(super) enum End {
    /// The answer is complete.
    Answer(Answer),
    /// The port closed, or the module or the PDP context is gone.
    Broken(Failure),
    /// The local file failed, or the settings of the port changed; the command is still outstanding.
    Stop(Failure),
    /// The attempt has to stop; the command is still outstanding.
    Aborted(Failure),
    /// Nothing more came in time; this was still awaited.
    Silent(Awaited),
    /// Bytes came, but too few of them.
    Slow(Duration),
    /// More bytes came than were asked for.
    Excess,
}

/// What the wait for an answer keeps to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// The time-out of the command.
    pub patience: Patience,
    /// What its final result stands for.
    pub carries: Carries,
    /// Most bytes of data.
    pub most: u64,
    /// Where the data goes, if it goes anywhere.
    pub local: Option<LocalEnd>,
    /// What a Cancel, Pause or Stop does.
    pub on_abort: OnAbort,
}

impl Terms {
    /// For a command without data.
    pub(super) fn plain(patience: Patience, on_abort: OnAbort) -> Self {
        Self {
            patience,
            carries: Carries::Nothing,
            most: 0,
            local: None,
            on_abort,
        }
    }

    /// For a command that brings data.
    pub(super) fn data<C: Command>(
        command: &C,
        local: Option<LocalEnd>,
        on_abort: OnAbort,
    ) -> Self {
        Self {
            patience: command.patience(),
            carries: Carries::Payload,
            most: command.conversation().most(),
            local,
            on_abort,
        }
    }
}

/// What can happen while an answer is awaited.
enum AnswerEvent {
    End(End),
    /// Bytes came, another phase began, or the local file began or ceased to be in the way.
    Moved,
}

/// What was seen when the wait was begun or went on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    phase: Awaited,
    received_at: Instant,
    received: u64,
    blocked: Option<Instant>,
    ended_at: Option<Instant>,
}

impl Link {
    /// Waits until the exchange is over. `stop` may end the wait; the command is then still
    /// outstanding.
    pub(super) async fn conclude(
        &self,
        terms: Terms,
        mut stop: impl FnMut() -> Option<Failure>,
    ) -> End {
        let begin = self.now().instant;
        let at_last = begin + self.limit_in_all(terms);
        let mut pace = Pace::begin(begin, self.grace(), terms.local);
        let mut seen = self.state.get(look);
        let mut since = begin;
        let mut is_checked = false;
        let blocked = self.blocked();
        loop {
            let deadline = self.phase_end(terms, seen, since).min(at_last);
            let deadline = match seen.phase {
                Awaited::Data | Awaited::Quiet(_) => deadline.min(pace.deadline()),
                _ => deadline,
            };
            let check = Some(seen.received_at.max(since) + PAUSE)
                .filter(|check| seen.phase == Awaited::Data && !is_checked && *check < deadline);
            let deadline = check.unwrap_or(deadline);
            let event = self.until(deadline, terms.on_abort, || {
                if let Some(end) = self.state.change(end) {
                    return Some(AnswerEvent::End(end));
                }
                if let Some(failure) = stop() {
                    return Some(AnswerEvent::End(End::Stop(failure)));
                }
                (self.state.get(look) != seen).then_some(AnswerEvent::Moved)
            });
            match event.await {
                Waited::Ready(AnswerEvent::End(end)) => return end,
                Waited::Aborted(failure) => return End::Aborted(failure),
                Waited::Ready(AnswerEvent::Moved) => {
                    let now = self.now().instant;
                    let next = self.state.get(look);
                    pace.moved(now, next.received.saturating_sub(seen.received));
                    if next.phase != seen.phase {
                        since = now;
                    }
                    is_checked &= next.received == seen.received;
                    seen = next;
                }
                Waited::Late if check.is_some() && !self.is_stopping() => {
                    is_checked = true;
                    match self.check_line().await {
                        Ok(line) => {
                            if let Some(changed) = line.changed {
                                return End::Stop(changed_meanwhile("the data", &changed));
                            }
                        }
                        Err(failure) => return End::Broken(failure),
                    }
                }
                Waited::Late => {
                    let phase = seen.phase;
                    let answer = self.state.change_with(phase, |state, phase| match phase {
                        Awaited::Quiet(_) => state.channel.quiet(),
                        _ => state.channel.expire(),
                    });
                    if let Some(answer) = answer {
                        return End::Answer(answer);
                    }
                    let now = self.now().instant;
                    let late = now >= self.phase_end(terms, seen, since);
                    return match late || self.is_stopping() {
                        true => End::Silent(phase),
                        false => End::Slow(self.blocked().saturating_sub(blocked)),
                    };
                }
            }
        }
    }

    /// When the present phase has taken too long.
    fn phase_end(&self, terms: Terms, seen: Seen, since: Instant) -> Instant {
        let limit = self.limit(seen.phase, terms.patience, terms.carries);
        let end = match seen.phase {
            Awaited::Quiet(time) => seen.ended_at.unwrap_or(seen.received_at) + time,
            Awaited::Data => seen.received_at.max(since) + limit,
            _ => since + limit,
        };
        match (terms.local, seen.blocked) {
            (Some(LocalEnd::Pipe), Some(blocked)) => end.min(blocked + PIPE),
            _ => end,
        }
    }

    /// How long all of it may take, in whatever pieces.
    pub(super) fn limit_in_all(&self, terms: Terms) -> Duration {
        let phases = [Awaited::Final, Awaited::Result, Awaited::Ok];
        let lines = phases.map(|phase| self.limit(phase, terms.patience, terms.carries));
        let lines: Duration = lines.iter().sum();
        match terms.carries {
            Carries::Nothing => lines,
            Carries::Payload => lines + self.longest(terms.most),
        }
    }

    /// What the outstanding command still waits for.
    pub(super) fn awaited(&self) -> Awaited {
        self.state.get(|state| state.channel.waiting())
    }

    /// The answer to the outstanding command, if it is complete.
    pub(super) fn take_answer(&self) -> Option<Answer> {
        self.state.change(|state| state.answer.take())
    }
}

fn look(state: &LinkState) -> Seen {
    Seen {
        phase: state.channel.waiting(),
        received_at: state.received_at,
        received: state.received,
        blocked: state.local.blocks_since(),
        ended_at: state.quiet.since_ending(),
    }
}

/// The end of the exchange, if it has come.
fn end(state: &mut LinkState) -> Option<End> {
    if let Some(answer) = state.answer.take() {
        return Some(End::Answer(answer));
    }
    if state.channel.is_excessive() {
        return Some(End::Excess);
    }
    state.interruption().map(End::Broken)
}
