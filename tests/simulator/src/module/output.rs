//! The module's output to the host, and the faults that make it slow, fragmented or noisy.

use std::time::{Duration, Instant};

use super::{Mode, Module};
use crate::at::dce::Mark;
use crate::fault::Knob;

impl Module {
    /// The first contiguous bytes for the host. Report with [`Module::consume_output`] how many
    /// were sent.
    pub fn output(&self) -> &[u8] {
        if self.next_output.is_some_and(|at| at > self.now) {
            return &[];
        }
        let bytes = self.dce.output();
        let slow = self.faults.is_on(Knob::Slow);
        let piece = match self.faults.number(Knob::Fragment, 1) {
            Some(piece) => usize::try_from(piece.max(1)).unwrap_or(usize::MAX),
            None if slow => 1,
            None => usize::MAX,
        };
        bytes.get(..piece.min(bytes.len())).unwrap_or(bytes)
    }

    /// `count` bytes of [`Module::output`] have been sent.
    pub fn consume_output(&mut self, now: Instant, count: usize) {
        self.now = now;
        for mark in self.dce.consume(count) {
            match mark {
                Mark::Connected => self.statistics.data_mode.begin = Some(now),
                Mark::DataEnd => self.statistics.data_mode.end = Some(now),
            }
        }
        if count > 0 {
            let pause = self.faults.number(Knob::Slow, 0).map(Duration::from_millis);
            self.next_output = pause.map(|pause| now + pause);
            if let Mode::Data(data) = &mut self.mode {
                data.restart_timeout(now);
            }
        }
        self.settle();
    }

    pub(super) fn output_deadline(&self) -> Option<Instant> {
        self.next_output
            .filter(|at| *at > self.now && self.dce.backlog() > 0)
    }

    /// The fault `garbage`: noise before the first answer after a start.
    pub(super) fn send_noise(&mut self) {
        if let Some(count) = self
            .faults
            .number(Knob::Garbage, 16)
            .filter(|_| self.unanswered_since_boot)
        {
            let noise: Vec<u8> = (0..count)
                .map(|i| (i.wrapping_mul(151) ^ 0xA5) as u8 | 0x80)
                .collect();
            self.dce.raw(&noise);
        }
        self.unanswered_since_boot = false;
    }
}
