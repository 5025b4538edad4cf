//! The serial line behind the pty: moves bytes between the pty and the module's port, in each
//! direction no faster than the configured rate.

use std::io;
use std::time::Instant;

use nix::poll::PollFlags;

use super::pacer::Pacer;
use super::pty::Pty;
use crate::fault::Knob;
use crate::port::Port;

/// Most bytes read from the pty at once.
const CHUNK: usize = 4096;

/// Both directions of the line.
pub(super) struct SerialLine {
    paced: bool,
    rate: u32,
    to_module: Pacer,
    to_host: Pacer,
    /// The pty accepts no more output: the host does not read.
    blocked: bool,
    buffer: Vec<u8>,
}

impl SerialLine {
    /// A line paced at `rate` bit/s, or an unpaced one.
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

    /// Whether the line is paced.
    pub(super) fn is_paced(&self) -> bool {
        self.paced
    }

    /// The poll events to wait for on the pty.
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

    /// When [`Self::move_bytes`] must be called next.
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

    /// Moves the bytes whose transmission time is over. `ready` is what `ppoll` reported for the
    /// pty.
    pub(super) fn move_bytes(
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
        self.move_input(pty, port, now, ready, garbled)?;
        self.move_output(pty, port, now, garbled)?;
        self.follow_rate(port);
        Ok(())
    }

    fn move_input(
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
        // Time that passes while flow control stops the line must not count as transmission time.
        if drained || port.wants_input() == 0 {
            self.to_module.idle();
        }
        Ok(())
    }

    fn move_output(
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

    /// Adopts the rate of AT+IPR once its OK has been sent (docs/module/at-serial.md §2).
    fn follow_rate(&mut self, port: &Port) {
        let rate = port.condition().line_rate;
        if rate != self.rate && port.output().is_empty() {
            *self = Self::new(self.paced, rate);
        }
    }
}
