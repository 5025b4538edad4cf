//! [`Exchange`]: one outstanding command, from its echo to its last line.

mod data;
mod lines;

use crate::api::secret::Secret;

use super::answer::{Answer, Outcome};
use super::awaited::Awaited;
use super::command::Conversation;
use super::ending::{Ending, Tail};
use super::urc::Urc;

pub(super) use lines::LineRole;

/// What the received bytes are at this point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Lines: in command mode, before CONNECT, after counted data, and while the host sends.
    Lines,
    /// CONNECT and its CR were received; an LF belongs to them, any other byte is data.
    Connecting(Option<u64>),
    /// Data; the number of bytes still expected.
    Counted(u64),
    /// Data up to its trailer; the number of bytes that may be kept.
    Listing(usize),
    /// Data up to its trailer, for the sink.
    Streaming,
    /// More data than expected: discarded.
    Overrun,
    /// The rest of the data after the host left data mode: discarded.
    Draining,
}

/// One command's exchange.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The echo that may be received; it contains the secrets of the command line.
    echo: Option<Secret>,
    conversation: Conversation,
    phase: Phase,
    interrupted: bool,
    ok: bool,
    too_much: bool,
    /// Bytes of the information lines so far.
    information: usize,
    /// The end of everything received after CONNECT.
    tail: Tail,
    /// Number of bytes received after CONNECT.
    total: u64,
    /// Data that may turn out to be the trailer and is not for the sink yet.
    held: Vec<u8>,
    answer: Answer,
}

impl Exchange {
    pub(super) fn new(line: &str, conversation: Conversation) -> Self {
        Self {
            echo: Some(Secret::new(line.to_owned())),
            conversation,
            phase: Phase::Lines,
            interrupted: false,
            ok: false,
            too_much: false,
            information: 0,
            tail: Tail::default(),
            total: 0,
            held: Vec::new(),
            answer: Answer::new(),
        }
    }

    /// The prefix of its result line; empty if there is none.
    pub(super) fn prefix(&self) -> &'static str {
        match self.conversation {
            Conversation::Plain { .. } => "",
            Conversation::Deferred { prefix }
            | Conversation::Send { prefix, .. }
            | Conversation::Receive { prefix, .. } => prefix,
        }
    }

    /// Whether the result line may come after `OK`, so that `OK` is not the end.
    fn is_deferred(&self) -> bool {
        match self.conversation {
            Conversation::Plain { .. } => false,
            Conversation::Deferred { .. } => true,
            Conversation::Send { deferred, .. } | Conversation::Receive { deferred, .. } => {
                deferred
            }
        }
    }

    fn is_send(&self) -> bool {
        matches!(self.conversation, Conversation::Send { .. })
    }

    /// Whether the bytes are data, kept or discarded.
    pub(super) fn is_data(&self) -> bool {
        !matches!(self.phase, Phase::Lines | Phase::Connecting(_))
    }

    /// See [`super::Channel::interrupt`].
    pub(super) fn interrupt(&mut self) {
        self.interrupted = true;
        if self.is_data() {
            self.phase = Phase::Draining;
        }
    }

    /// Whether this is a deferred command that only waits for its result line.
    pub(super) fn can_be_parked(&self) -> bool {
        let deferred = matches!(self.conversation, Conversation::Deferred { .. });
        deferred && self.waiting() == Awaited::Result
    }

    /// Whether an `A` at the start of a line is an acknowledgement of data.
    pub(super) fn is_acknowledged(&self) -> bool {
        let acknowledged = matches!(
            self.conversation,
            Conversation::Send {
                acknowledged: true,
                ..
            }
        );
        acknowledged && self.in_data()
    }

    /// Whether the module is in data mode, according to the lines received.
    pub(super) fn in_data(&self) -> bool {
        match self.phase {
            Phase::Lines => {
                let over = self.ok || self.answer.result.is_some();
                self.answer.connected && self.is_send() && !over
            }
            Phase::Connecting(_) => false,
            Phase::Counted(_) | Phase::Listing(_) | Phase::Streaming | Phase::Overrun => true,
            Phase::Draining => self.last_lines().is_none(),
        }
    }

    /// What the channel waits for.
    pub(super) fn waiting(&self) -> Awaited {
        if let Some((_, quiet)) = self.ending() {
            return Awaited::Quiet(quiet);
        }
        if self.is_data() {
            return self.waiting_in_data();
        }
        match (self.ok, self.answer.result.is_some()) {
            (true, _) => Awaited::Result,
            (false, true) => Awaited::Ok,
            (false, false) if self.in_data() && !self.interrupted => Awaited::Data,
            (false, false) => Awaited::Final,
        }
    }

    /// The answer of an exchange that a line ended.
    pub(super) fn finish(mut self, outcome: Outcome) -> Answer {
        let incomplete = self.too_much && matches!(outcome, Outcome::Ok | Outcome::Missing);
        self.answer.outcome = if incomplete {
            Outcome::TooMuch
        } else {
            outcome
        };
        self.answer
    }

    /// The answer of an exchange that the last lines of its data ended, and the URCs among these.
    pub(super) fn close(mut self, ending: Ending) -> (Answer, Vec<Urc>) {
        let outcome = match ending.is_restart() {
            true => Outcome::Restart,
            false => ending.outcome.unwrap_or(Outcome::Missing),
        };
        let before = self.total.saturating_sub(ending.length as u64);
        match self.phase {
            Phase::Draining => {}
            Phase::Listing(_) => {
                let kept = usize::try_from(before).unwrap_or(usize::MAX);
                self.too_much = self.answer.data.len() < kept;
                self.answer.data.truncate(kept);
                self.answer.received = before;
            }
            Phase::Streaming => {
                let rest = before.saturating_sub(self.answer.received);
                self.held
                    .truncate(usize::try_from(rest).unwrap_or(usize::MAX));
                self.answer.data = std::mem::take(&mut self.held);
                self.answer.received = before;
            }
            _ => {
                self.too_much = before > self.answer.received;
                self.answer.received = self.answer.received.min(before);
            }
        }
        self.answer.result = ending.result.or(self.answer.result);
        let urcs = self.tail.urcs(ending.length, self.prefix());
        (self.finish(outcome), urcs)
    }

    /// See [`super::Channel::expire`].
    pub(super) fn expire(self) -> Result<(Answer, Vec<Urc>), Box<Self>> {
        let ending = self.ending().map(|(ending, _)| ending);
        if let Some(ending) = ending.or_else(|| self.last_lines()) {
            return Ok(self.close(ending));
        }
        let outcome = match (self.ok, self.answer.result.is_some()) {
            (false, true) => Outcome::Missing,
            (true, false) if self.interrupted => Outcome::Ok,
            _ => return Err(Box::new(self)),
        };
        Ok((self.finish(outcome), Vec::new()))
    }
}
