//! Data of an exchange: counted, kept or discarded, and how it ends where it is not counted.

use std::time::Duration;

use super::{Exchange, Phase};
use crate::api::payload_sink::PayloadSink;
use crate::at::answer::Outcome;
use crate::at::channel::Awaited;
use crate::at::command::{Conversation, Length};
use crate::at::ending::Ending;

/// How long the line must be quiet behind a listing's trailer, and behind discarded data: a
/// module that has more data in hand sends it without such a pause.
const TRAILER_QUIET: Duration = Duration::from_millis(300);

/// How long the line must be quiet before counted data is taken to have ended short: the
/// server may pause right behind bytes of the file that look like the ending.
const SHORT_QUIET: Duration = Duration::from_secs(2);

impl Exchange {
    /// Ends the line of CONNECT, of which `byte` is the first behind the CR. Returns the announced
    /// length and whether the byte belonged to the line; `None` if there was no CONNECT.
    pub(in crate::at) fn enter_data(&mut self, byte: u8) -> Option<(Option<u64>, bool)> {
        let Phase::Connecting(announced) = self.phase else {
            return None;
        };
        self.answer.connected = true;
        // An OK before CONNECT was not this command's.
        self.ok = false;
        self.phase = match self.conversation {
            Conversation::Receive { .. } if self.interrupted => Phase::Draining,
            Conversation::Receive { length, .. } => match length {
                Length::Known(0) => Phase::Lines,
                Length::Known(length) => Phase::Counted(length),
                Length::Trailer { limit } => Phase::Listing(limit),
                Length::Announced => {
                    self.answer.announced = announced;
                    match announced {
                        Some(0) => Phase::Lines,
                        Some(length) => Phase::Counted(length),
                        None => Phase::Draining,
                    }
                }
            },
            _ => Phase::Lines,
        };
        Some((self.answer.announced, byte == b'\n'))
    }

    /// Takes data; returns how many bytes of it.
    pub(in crate::at) fn data(&mut self, bytes: &[u8], sink: &mut dyn PayloadSink) -> usize {
        let mut taken = bytes;
        match &mut self.phase {
            Phase::Counted(left) => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX);
                taken = bytes.get(..most).unwrap_or(bytes);
                sink.write(taken);
                *left = left.saturating_sub(taken.len() as u64);
                if *left == 0 {
                    self.phase = Phase::Lines;
                }
                self.answer.received += taken.len() as u64;
            }
            Phase::Listing(limit) => {
                let room = limit.saturating_sub(self.answer.data.len());
                let kept = bytes.get(..room).unwrap_or(bytes);
                self.answer.data.extend_from_slice(kept);
                self.answer.received += bytes.len() as u64;
            }
            _ => {}
        }
        self.note(taken);
        taken.len()
    }

    /// Keeps what comes behind CONNECT in sight: the data may have ended short.
    fn note(&mut self, bytes: &[u8]) {
        self.tail.push(bytes);
        self.total += bytes.len() as u64;
    }

    /// Looks at a byte of a line. Behind counted data it is noted; the first one there must be
    /// a CR, or else the count was wrong: then it is taken, with everything behind it. Returns
    /// whether it was taken.
    pub(in crate::at) fn is_behind_data(&mut self, byte: u8) -> bool {
        if !self.answer.connected || self.is_send() {
            return false;
        }
        let first = self.total == self.answer.received;
        self.note(&[byte]);
        let miscounted = first && byte != b'\r';
        if miscounted {
            self.phase = Phase::Overrun;
        }
        miscounted
    }

    /// Offers a line that nothing explains. Behind counted data it is more data: then the
    /// exchange takes everything behind it as well, up to the ending.
    pub(in crate::at) fn is_overrun(&mut self) -> bool {
        let behind = self.total > 0 && !self.interrupted;
        if behind {
            self.phase = Phase::Overrun;
        }
        behind
    }

    /// What is awaited where the bytes are data and no ending has come.
    pub(super) fn waiting_in_data(&self) -> Awaited {
        if self.phase != Phase::Draining {
            return Awaited::Data;
        }
        match self.last_lines() {
            None => Awaited::Final,
            Some(lines) if lines.outcome.is_some() => Awaited::Result,
            Some(_) => Awaited::Ok,
        }
    }

    /// What the bytes end with, if that is a whole ending, and how long the line must be quiet
    /// behind it. The length in it must agree with the bytes before it; discarded data has no
    /// length any more.
    pub(super) fn ending(&self) -> Option<(Ending, Duration)> {
        let endings = self.tail.endings(self.prefix());
        let discarded = |ending: &Ending| self.ends_discarded(ending);
        let longest = endings.last().cloned().filter(discarded);
        let agreeing = || endings.into_iter().find(|ending| self.ends_data(ending));
        match self.phase {
            Phase::Draining => Some((longest?, TRAILER_QUIET)),
            Phase::Listing(_) => Some((agreeing()?, TRAILER_QUIET)),
            Phase::Counted(_) | Phase::Lines => Some((agreeing()?, SHORT_QUIET)),
            // Part of the ending was counted as data, or there really was more data.
            Phase::Overrun => Some((agreeing().or(longest)?, SHORT_QUIET)),
            Phase::Connecting(_) => None,
        }
    }

    /// Whether data of an announced length is all there, and nothing behind it: then its last
    /// bytes are data even if they read `OK`.
    fn is_full(&self) -> bool {
        self.phase == Phase::Lines && self.total == self.answer.received
    }

    fn ends_data(&self, ending: &Ending) -> bool {
        let before = self.total.checked_sub(ending.length as u64);
        let field = usize::from(self.is_deferred());
        let agrees = || before.is_some() && ending.length_field(field) == before;
        if ending.is_restart() {
            return true;
        }
        if ending.doubled {
            return false;
        }
        match (&ending.outcome, self.is_deferred()) {
            (Some(Outcome::Ok), true) => ending.is_failure() || agrees(),
            // Without OK, or with CME, it might be a line of the data: there must be no data.
            (None, true) => ending.is_failure() && before == Some(0),
            (Some(_), true) => before == Some(0),
            (Some(Outcome::Ok), false) if self.prefix().is_empty() => !self.is_full(),
            (Some(Outcome::Ok), false) => agrees(),
            (outcome, false) => outcome.is_some(),
        }
    }

    fn ends_discarded(&self, ending: &Ending) -> bool {
        let lacks_result = self.is_deferred() && ending.result.is_none();
        match &ending.outcome {
            Some(Outcome::Ok) => !lacks_result,
            Some(_) => true,
            None => ending.is_restart(),
        }
    }

    /// In discarded data that the host has left: the lines it ends with, if they hold an `OK` or a
    /// result line.
    pub(super) fn last_lines(&self) -> Option<Ending> {
        if self.phase != Phase::Draining {
            return None;
        }
        let longest = self.tail.endings(self.prefix()).into_iter().next_back()?;
        (longest.outcome.is_some() || longest.result.is_some()).then_some(longest)
    }
}
