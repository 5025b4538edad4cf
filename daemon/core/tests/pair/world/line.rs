//! [`Line`]: the serial line with the shell's send queue and the kernel's buffers: its baud rate,
//! how bytes are fragmented, and which ones get lost.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Bytes the kernel holds at most in each direction.
const KERNEL: usize = 4096;
/// Bytes the host reads at once.
const READ: usize = 8192;

/// How many bytes are delivered at once.
#[derive(Clone, Copy, Debug)]
pub enum Pieces {
    /// Always this many.
    Of(usize),
    /// One to so many, by chance; the second is the state of the generator.
    Random(usize, u64),
}

impl Pieces {
    fn next(&mut self) -> usize {
        match self {
            Self::Of(count) => *count,
            Self::Random(most, state) => {
                *state ^= *state << 13;
                *state ^= *state >> 7;
                *state ^= *state << 17;
                1 + usize::try_from(*state % *most as u64).unwrap()
            }
        }
    }
}

/// A text of the module that arrives as another one.
pub struct Replacement {
    /// The text, within one fragment.
    pub said: Vec<u8>,
    /// What arrives instead.
    pub heard: Vec<u8>,
    /// How many more times it is replaced.
    pub times: usize,
    /// How many times it was replaced.
    pub done: usize,
}

/// The line.
pub struct Line {
    /// Whether the tty is open.
    pub open: bool,
    /// Whether the port has DTR.
    pub modem_lines: bool,
    /// The host's baud rate.
    pub rate: u32,
    /// The module's baud rate: AT+IPR takes effect when its OK was sent.
    pub module_rate: u32,
    /// Whether bytes are lost, both ways, while the baud rates differ.
    pub strict: bool,
    /// Bytes transferred, both directions together.
    pub moved: u64,
    /// The next byte towards the host is lost.
    pub lose_in: bool,
    /// The next byte towards the module is lost.
    pub lose_out: bool,
    /// The kernel takes nothing for the module.
    pub full: bool,
    /// Bytes that were lost because nobody read them in time.
    pub overruns: u64,
    /// Settings of the tty that another program has changed.
    pub changed: Option<String>,
    /// Texts of the module that arrive as others.
    pub replacements: Vec<Replacement>,
    /// Whether the module stops sending while the kernel has no room (RTS/CTS, or a pty).
    flow_control: bool,
    pieces: Pieces,
    /// What the shell has queued: payload (`true`) and commands.
    queue: VecDeque<(bool, VecDeque<u8>)>,
    /// What the kernel holds for the module.
    out: VecDeque<u8>,
    /// What the kernel holds for the host.
    input: VecDeque<u8>,
    queued: u64,
    sent: u64,
    rates: VecDeque<(u64, u32)>,
    drain: Option<u64>,
    out_free: Instant,
    in_free: Instant,
}

impl Line {
    pub(super) fn new(
        now: Instant,
        rate: u32,
        pieces: Pieces,
        modem_lines: bool,
        flow_control: bool,
    ) -> Self {
        Self {
            open: false,
            modem_lines,
            rate,
            module_rate: rate,
            strict: false,
            moved: 0,
            lose_in: false,
            lose_out: false,
            full: false,
            overruns: 0,
            changed: None,
            replacements: Vec::new(),
            flow_control,
            pieces,
            queue: VecDeque::new(),
            out: VecDeque::new(),
            input: VecDeque::new(),
            queued: 0,
            sent: 0,
            rates: VecDeque::new(),
            drain: None,
            out_free: now,
            in_free: now,
        }
    }

    /// Queues bytes of a command.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.push(false, bytes.to_vec());
    }

    /// Queues payload.
    pub(super) fn write_payload(&mut self, bytes: Vec<u8>) {
        self.push(true, bytes);
    }

    fn push(&mut self, payload: bool, bytes: Vec<u8>) {
        self.queued += bytes.len() as u64;
        self.queue.push_back((payload, bytes.into()));
    }

    /// Payload the kernel has not taken yet.
    pub(super) fn payload_queued(&self) -> usize {
        let payload = self.queue.iter().filter(|(payload, _)| *payload);
        payload.map(|(_, bytes)| bytes.len()).sum()
    }

    /// Hands to the kernel what it has room for. Returns how much of it was payload.
    pub(super) fn fill_kernel(&mut self) -> u64 {
        let mut sent = 0;
        if self.full {
            return 0;
        }
        while let Some((payload, bytes)) = self.queue.front_mut() {
            let count = bytes.len().min(KERNEL.saturating_sub(self.out.len()));
            self.out.extend(bytes.drain(..count));
            sent += if *payload { count as u64 } else { 0 };
            if !bytes.is_empty() {
                break;
            }
            self.queue.pop_front();
        }
        sent
    }

    /// Drops payload the kernel has not taken yet.
    pub(super) fn drop_payload(&mut self) {
        self.sent += self.payload_queued() as u64;
        self.queue.retain(|(payload, _)| !payload);
    }

    pub(super) fn set_rate(&mut self, rate: u32) {
        self.rates.push_back((self.queued, rate));
    }

    pub(super) fn drain(&mut self) {
        self.drain = Some(self.queued);
    }

    /// Throws away what was not sent and what was not read.
    pub(super) fn flush(&mut self) {
        self.sent = self.queued;
        self.queue.clear();
        self.out.clear();
        self.input.clear();
    }

    /// How many bytes the module may send now.
    pub(super) fn input_room(&self) -> usize {
        match self.flow_control {
            true => KERNEL - self.input.len(),
            false => usize::MAX,
        }
    }

    /// Bytes of the module reach the kernel.
    pub(super) fn arrive(&mut self, bytes: &[u8]) {
        let room = bytes.len().min(KERNEL - self.input.len());
        self.input.extend(&bytes[..room]);
        self.overruns += (bytes.len() - room) as u64;
    }

    /// Reads what has arrived.
    pub(super) fn read(&mut self) -> Vec<u8> {
        self.input.drain(..self.input.len().min(READ)).collect()
    }

    /// The port was closed.
    pub(super) fn close(&mut self) {
        self.open = false;
        self.flush();
        self.rates.clear();
        self.drain = None;
    }

    /// Changes the baud rate once everything written before was sent.
    pub(super) fn settle(&mut self, now: Instant) {
        while let Some((at, rate)) = self.rates.front().copied() {
            if self.sent < at || self.out_free > now {
                return;
            }
            self.rate = rate;
            self.rates.pop_front();
        }
    }

    /// Whether a requested drain has completed.
    pub(super) fn drained(&mut self, now: Instant) -> bool {
        let over = self.drain.is_some_and(|at| self.sent >= at) && self.out_free <= now;
        if over {
            self.drain = None;
        }
        over
    }

    fn time(&self, count: usize) -> Duration {
        Duration::from_nanos(count as u64 * 10_000_000_000 / u64::from(self.rate))
    }

    /// The next fragment for a module that accepts `wanted` bytes.
    pub(super) fn next_out(&mut self, now: Instant, wanted: usize, limit: u64) -> Vec<u8> {
        if self.out_free > now || self.out.is_empty() || wanted == 0 {
            return Vec::new();
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let count = self.pieces.next().min(wanted).min(limit.max(1));
        let piece: Vec<u8> = self.out.drain(..count.min(self.out.len())).collect();
        self.sent += piece.len() as u64;
        self.moved += piece.len() as u64;
        self.out_free = now + self.time(piece.len());
        piece
    }

    /// How many of the module's `waiting` bytes arrive now.
    pub(super) fn next_in(&mut self, now: Instant, waiting: usize, limit: u64) -> usize {
        if self.in_free > now || waiting == 0 {
            return 0;
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let count = self.pieces.next().min(waiting).min(limit.max(1));
        self.moved += count as u64;
        self.in_free = now + self.time(count);
        count
    }

    /// These bytes without the one that is to be lost.
    pub(super) fn deliver(lose: &mut bool, bytes: Vec<u8>) -> Vec<u8> {
        let lost = usize::from(std::mem::take(lose));
        bytes.into_iter().skip(lost).collect()
    }

    /// These bytes with the texts replaced.
    pub(super) fn replace(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for replacement in &mut self.replacements {
            let said = &replacement.said;
            let place = bytes.windows(said.len()).position(|at| at == said);
            if let Some(place) = place.filter(|_| replacement.times > 0) {
                replacement.times -= 1;
                replacement.done += 1;
                let end = place + said.len();
                bytes.splice(place..end, replacement.heard.iter().copied());
            }
        }
        bytes
    }

    /// Whether bytes arrive: the baud rates agree or do not matter.
    pub(super) fn matches(&self) -> bool {
        !self.strict || self.rate == self.module_rate
    }

    /// When the next byte can be transferred.
    pub(super) fn deadline(&self, wanted: usize, waiting: usize) -> Option<Instant> {
        let out = (!self.out.is_empty() && wanted > 0) || self.drain == Some(self.sent);
        let out = (out || !self.rates.is_empty()).then_some(self.out_free);
        let back = (waiting > 0 && self.input_room() > 0).then_some(self.in_free);
        [out, back].into_iter().flatten().min()
    }
}
