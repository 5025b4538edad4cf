//! The serial line: carries bytes between a pty and a port, each way at its pace.

use std::io;
use std::time::Instant;

use nix::poll::PollFlags;

use super::pacer::Pacer;
use super::pty::Pty;
use crate::fault::Knob;
use crate::port::Port;

/// Most bytes taken from the pty at once.
const CHUNK: usize = 4096;

/// Both directions of the line.
pub(super) struct Line {
    paced: bool,
    rate: u32,
    to_module: Pacer,
    to_host: Pacer,
    /// The host does not take what we have for it.
    blocked: bool,
    buffer: Vec<u8>,
}

impl Line {
    /// A line at the module's rate, or one without a pace.
    pub(super) fn new(paced: bool, rate: u32) -> Self {
        let pace = if paced { rate } else { 0 };
        let buffer = vec![0; CHUNK];
        Self {
            paced,
            rate,
            to_module: Pacer::new(pace),
            to_host: Pacer::new(pace),
            blocked: false,
            buffer,
        }
    }

    /// Whether it has a pace at all.
    pub(super) fn is_paced(&self) -> bool {
        self.paced
    }

    /// What to wait for on the pty.
    pub(super) fn interest(&self, port: &Port) -> PollFlags {
        let mut flags = PollFlags::empty();
        if port.wants_input() > 0 && !self.to_module.is_busy() {
            flags |= PollFlags::POLLIN;
        }
        if self.blocked && !port.output().is_empty() {
            flags |= PollFlags::POLLOUT;
        }
        flags
    }

    /// When the line has to be looked after.
    pub(super) fn deadline(&self, port: &Port) -> Option<Instant> {
        let input = if port.wants_input() > 0 {
            self.to_module.next(None)
        } else {
            None
        };
        let waiting = port.output().len();
        let output = if waiting > 0 && !self.blocked {
            self.to_host.next(Some(waiting))
        } else {
            None
        };
        [input, output].into_iter().flatten().min()
    }

    /// Carries what has had the time to pass. `ready` says what the pty was found to be ready for.
    pub(super) fn carry(
        &mut self,
        pty: &Pty,
        port: &mut Port,
        now: Instant,
        ready: PollFlags,
    ) -> io::Result<()> {
        let strict = port.module().has_fault(Knob::StrictBaud);
        let garbled = strict && pty.host_rate() != Some(port.condition().line_rate);
        if ready.contains(PollFlags::POLLOUT) {
            self.blocked = false;
        }
        self.carry_in(pty, port, now, ready, garbled)?;
        self.carry_out(pty, port, now, garbled)?;
        self.follow_rate(port);
        Ok(())
    }

    fn carry_in(
        &mut self,
        pty: &Pty,
        port: &mut Port,
        now: Instant,
        ready: PollFlags,
        garbled: bool,
    ) -> io::Result<()> {
        let wanted = port.wants_input();
        if wanted == 0 {
            self.to_module.idle();
            return Ok(());
        }
        let busy = self.to_module.is_busy();
        if !busy && !ready.contains(PollFlags::POLLIN) {
            return Ok(());
        }
        let room = self.to_module.allowance(now, None).min(wanted).min(CHUNK);
        let Some(buffer) = self
            .buffer
            .get_mut(..room)
            .filter(|buffer| !buffer.is_empty())
        else {
            return Ok(());
        };
        let count = pty.read(buffer)?;
        self.to_module.used(now, count);
        let drained = count < room;
        if !garbled {
            port.input(now, buffer.get(..count).unwrap_or(&[]));
        }
        // A stopped line saves up no time for when it goes on.
        if drained || port.wants_input() == 0 {
            self.to_module.idle();
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        pty: &Pty,
        port: &mut Port,
        now: Instant,
        garbled: bool,
    ) -> io::Result<()> {
        while !self.blocked {
            let waiting = port.output();
            if waiting.is_empty() {
                self.to_host.idle();
                break;
            }
            let room = self
                .to_host
                .allowance(now, Some(waiting.len()))
                .min(waiting.len());
            let Some(bytes) = waiting.get(..room).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            let count = if garbled {
                bytes.len()
            } else {
                pty.write(bytes)?
            };
            if count == 0 {
                self.blocked = true;
                self.to_host.idle();
                break;
            }
            self.to_host.used(now, count);
            port.sent(now, count);
        }
        Ok(())
    }

    /// AT+IPR holds once its OK is out.
    fn follow_rate(&mut self, port: &Port) {
        let rate = port.condition().line_rate;
        if rate != self.rate && port.output().is_empty() {
            *self = Self::new(self.paced, rate);
        }
    }
}
