//! The way to the host, with the faults that make it slow, fragmented or noisy.

use std::time::{Duration, Instant};

use super::{Mode, Module};
use crate::at::terminal::Mark;
use crate::fault::Knob;

impl Module {
    /// Bytes for the host, the first contiguous piece. Say how many went with [`Module::consume_output`].
    pub fn output(&self) -> &[u8] {
        if self.next_output.is_some_and(|at| at > self.now) {
            return &[];
        }
        let bytes = self.te.output();
        let slow = self.faults.is_on(Knob::Slow);
        let piece = match self.faults.number(Knob::Fragment, 1) {
            Some(piece) => usize::try_from(piece.max(1)).unwrap_or(usize::MAX),
            None if slow => 1,
            None => usize::MAX,
        };
        bytes.get(..piece.min(bytes.len())).unwrap_or(bytes)
    }

    /// `count` bytes of [`Module::output`] are on the line.
    pub fn consume_output(&mut self, now: Instant, count: usize) {
        self.now = now;
        for mark in self.te.consume(count) {
            match mark {
                Mark::Connected => self.statistics.data_mode.begin = Some(now),
                Mark::DataEnd => self.statistics.data_mode.end = Some(now),
            }
        }
        if count > 0 {
            let pause = self.faults.number(Knob::Slow, 0).map(Duration::from_millis);
            self.next_output = pause.map(|pause| now + pause);
            if let Mode::Data(data) = &mut self.mode {
                data.touch(now);
            }
        }
        self.settle();
    }

    pub(super) fn output_deadline(&self) -> Option<Instant> {
        self.next_output
            .filter(|at| *at > self.now && self.te.backlog() > 0)
    }

    /// The fault `garbage`: noise before the first answer after a start.
    pub(super) fn garble(&mut self) {
        if let Some(count) = self.faults.number(Knob::Garbage, 16).filter(|_| self.fresh) {
            let noise: Vec<u8> = (0..count)
                .map(|i| (i.wrapping_mul(151) ^ 0xA5) as u8 | 0x80)
                .collect();
            self.te.raw(&noise);
        }
        self.fresh = false;
    }
}
