//! Data of an exchange: counted, kept or discarded; how the end is found where it is not counted.

use std::time::Duration;

use super::{Exchange, Phase};
use crate::api::payload_sink::PayloadSink;
use crate::at::answer::Outcome;
use crate::at::awaited::Awaited;
use crate::at::command::{Conversation, Length};
use crate::at::ending::{Ending, LONGEST};

/// Silence required after the trailer of a listing, and after discarded data. A module that has
/// more data sends it without such a pause.
const TRAILER_QUIET: Duration = Duration::from_millis(300);

/// Bytes after the data that are waited out: its ending, and what a damaged count may add. A module in
/// data mode that sends more has to be taken out of it.
const SURPLUS: u64 = 8 * 1024;

/// Silence required before counted data is considered to have ended short. The server may pause
/// after bytes of the file that look like the ending.
const SHORT_QUIET: Duration = Duration::from_secs(2);

impl Exchange {
    /// Enters data mode with the first byte after the CR of CONNECT. Returns the announced length
    /// and whether `byte` was the LF of that line; `None` if CONNECT was not received.
    pub(in crate::at) fn enter_data(&mut self, byte: u8) -> Option<(Option<u64>, bool)> {
        let Phase::Connecting(announced) = self.phase else {
            return None;
        };
        self.answer.connected = true;
        // An OK before CONNECT does not belong to this command.
        self.ok = false;
        self.phase = match self.conversation {
            Conversation::Receive { .. } if self.interrupted => Phase::Draining,
            Conversation::Receive { length, .. } => match length {
                Length::Known(0) => Phase::Lines,
                Length::Known(length) => Phase::Counted(length),
                Length::Trailer { limit } => Phase::Listing(limit),
                Length::Streamed { .. } => Phase::Streaming,
                Length::Announced { most } => {
                    self.answer.announced = announced;
                    match announced {
                        Some(0) => Phase::Lines,
                        Some(length) if length <= most => Phase::Counted(length),
                        Some(_) => Phase::Overrun,
                        None => Phase::Draining,
                    }
                }
            },
            _ => Phase::Lines,
        };
        Some((self.answer.announced, byte == b'\n'))
    }

    /// Handles data; returns how many of the bytes were data.
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
            Phase::Streaming => self.stream(bytes, sink),
            _ => {}
        }
        self.remember(taken);
        taken.len()
    }

    /// Passes data on to the sink, but for what may be the trailer.
    fn stream(&mut self, bytes: &[u8], sink: &mut dyn PayloadSink) {
        self.held.extend_from_slice(bytes);
        let certain = self.held.len().saturating_sub(LONGEST);
        if let Some(data) = self.held.get(..certain) {
            sink.write(data);
        }
        self.held.drain(..certain);
        self.answer.received += certain as u64;
    }

    /// Remembers the end of everything received after CONNECT, because the data may have ended
    /// short.
    fn remember(&mut self, bytes: &[u8]) {
        self.tail.push(bytes);
        self.total += bytes.len() as u64;
    }

    /// Checks a byte of a line that follows counted data. The first such byte must be a CR;
    /// otherwise there is more data than expected, and this byte and all that follow are discarded.
    /// Returns whether the byte was discarded.
    pub(in crate::at) fn is_overrun_by(&mut self, byte: u8) -> bool {
        if !self.answer.connected || self.is_send() {
            return false;
        }
        let first = self.total == self.answer.received;
        self.remember(&[byte]);
        let miscounted = first && byte != b'\r';
        if miscounted {
            self.phase = Phase::Overrun;
        }
        miscounted
    }

    /// Checks an unexpected line. After counted data it is more data than expected: then everything
    /// up to the ending is discarded. Returns whether that is so.
    pub(in crate::at) fn is_overrun_by_line(&mut self) -> bool {
        let overrun = self.total > 0 && !self.interrupted;
        if overrun {
            self.phase = Phase::Overrun;
        }
        overrun
    }

    /// Whether so much more came than was asked for that it is not waited out.
    pub(in crate::at) fn is_excessive(&self) -> bool {
        let most = self.conversation.most();
        let announced = self
            .answer
            .announced
            .is_some_and(|announced| announced > most);
        announced || self.total > most.saturating_add(SURPLUS)
    }

    /// What is awaited while the bytes are data and no ending was received.
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

    /// The complete ending that the bytes end with, if any, and the silence required after it. Its
    /// length field must agree with the number of bytes before it, unless these were discarded.
    pub(super) fn ending(&self) -> Option<(Ending, Duration)> {
        let endings = self.tail.endings(self.prefix());
        let discarded = |ending: &Ending| self.ends_discarded(ending);
        let longest = endings.last().cloned().filter(discarded);
        let agreeing = || endings.into_iter().find(|ending| self.ends_data(ending));
        match self.phase {
            Phase::Draining => Some((longest?, TRAILER_QUIET)),
            Phase::Listing(_) | Phase::Streaming => Some((agreeing()?, TRAILER_QUIET)),
            Phase::Counted(_) | Phase::Lines => Some((agreeing()?, SHORT_QUIET)),
            // Part of the ending was counted as data, or there was more data than expected.
            Phase::Overrun => Some((agreeing().or(longest)?, SHORT_QUIET)),
            Phase::Connecting(_) => None,
        }
    }

    /// Where the ending begins that the bytes end with, if they do: as long as it stays there, only URCs
    /// came.
    pub(in crate::at) fn ending_start(&self) -> Option<u64> {
        let (ending, _) = self.ending()?;
        self.total.checked_sub(ending.length as u64)
    }

    /// Whether data of an announced length is complete and nothing follows it: then its last bytes
    /// are data even if they read `OK`.
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
            // Without OK, or with CME, it may be a line of the data unless there is no data.
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

    /// While data is discarded after the host left data mode: the last lines, if they contain a
    /// final result code or a result line.
    pub(super) fn last_lines(&self) -> Option<Ending> {
        if self.phase != Phase::Draining {
            return None;
        }
        let longest = self.tail.endings(self.prefix()).into_iter().next_back()?;
        (longest.outcome.is_some() || longest.result.is_some()).then_some(longest)
    }
}
