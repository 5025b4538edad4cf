//! The pipes of one serial interface: transfers wait here until there is something to move.
//!
//! Flow control is the waiting itself, as with a device that answers NAK: bytes out of the host are
//! acknowledged only when the module has taken them, bytes into the host are taken from the module
//! only while there is room. Memory is bounded by [`FIFO`] and [`PENDING_MAX`].

use super::wire::{self, Status};
use std::collections::VecDeque;

/// Room for bytes that wait for the host to read, bytes: one read of `option`.
pub const FIFO: usize = 4096;

/// Transfers that may wait at one endpoint. `option` keeps four.
const PENDING_MAX: usize = 64;

/// Header of a SERIAL_STATE notification up to the interface number (CDC PSTN 6.5.4).
const SERIAL_STATE: [u8; 4] = [0xa1, 0x20, 0, 0];

/// The modem lines that the device drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceLines {
    /// Data carrier detected.
    pub dcd: bool,
    /// Data set ready: the module runs.
    pub dsr: bool,
    /// Ring indicator, on for as long as a URC rings.
    pub ri: bool,
}

impl DeviceLines {
    /// The bits of a SERIAL_STATE notification.
    const fn bits(self) -> u8 {
        (self.dcd as u8) | (self.dsr as u8) << 1 | (self.ri as u8) << 3
    }
}

/// A transfer into the host that waits: its number and room.
#[derive(Debug, Clone, Copy)]
struct PendingIn {
    seqnum: u32,
    room: usize,
}

/// A transfer out of the host that waits: what of it has been taken.
#[derive(Debug)]
struct PendingOut {
    seqnum: u32,
    data: Vec<u8>,
    taken: usize,
}

/// Both bulk pipes and the notification pipe of one interface.
#[derive(Debug, Default)]
pub struct Pipes {
    reads: VecDeque<PendingIn>,
    notifications: VecDeque<PendingIn>,
    writes: VecDeque<PendingOut>,
    to_host: VecDeque<u8>,
    lines: DeviceLines,
    /// What the host was last told of the lines.
    announced: Option<DeviceLines>,
}

impl Pipes {
    /// The host wants to read up to `room` bytes. False: too many wait already.
    pub fn submit_read(&mut self, seqnum: u32, room: usize) -> bool {
        submit(&mut self.reads, PendingIn { seqnum, room })
    }

    /// The host wants to hear of the lines. False: too many wait already.
    pub fn submit_notification(&mut self, seqnum: u32, room: usize) -> bool {
        submit(&mut self.notifications, PendingIn { seqnum, room })
    }

    /// The host writes `data`. False: too many wait already.
    pub fn submit_write(&mut self, seqnum: u32, data: Vec<u8>) -> bool {
        submit(
            &mut self.writes,
            PendingOut {
                seqnum,
                data,
                taken: 0,
            },
        )
    }

    /// Takes a waiting transfer back; false if it does not wait here.
    pub fn unlink(&mut self, victim: u32) -> bool {
        let before = self.reads.len() + self.notifications.len() + self.writes.len();
        self.reads.retain(|read| read.seqnum != victim);
        self.notifications.retain(|read| read.seqnum != victim);
        self.writes.retain(|write| write.seqnum != victim);
        before != self.reads.len() + self.notifications.len() + self.writes.len()
    }

    /// The oldest bytes that the host has written and the module has not taken yet.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.writes
            .iter()
            .find_map(|write| {
                write
                    .data
                    .get(write.taken..)
                    .filter(|rest| !rest.is_empty())
            })
            .unwrap_or(&[])
    }

    /// The module has taken the first `count` bytes of [`Self::written`].
    pub fn take_written(&mut self, count: usize) {
        if let Some(write) = self
            .writes
            .iter_mut()
            .find(|write| write.taken < write.data.len())
        {
            write.taken = write.data.len().min(write.taken + count);
        }
    }

    /// Room for bytes of the module, bytes.
    #[must_use]
    pub fn room(&self) -> usize {
        FIFO.saturating_sub(self.to_host.len())
    }

    /// Adds bytes of the module, as many as there is room for, and says how many.
    pub fn give(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room());
        self.to_host.extend(bytes.iter().take(count));
        count
    }

    /// Sets the lines that the device drives.
    pub fn set_lines(&mut self, lines: DeviceLines) {
        self.lines = lines;
    }

    /// Appends to `out` the reply of every transfer that is complete.
    pub fn complete(&mut self, interface: u8, out: &mut Vec<u8>) {
        while let Some(write) = self
            .writes
            .front()
            .filter(|write| write.taken == write.data.len())
        {
            wire::encode_out_reply(out, write.seqnum, Status::Success, write.taken);
            self.writes.pop_front();
        }
        while !self.to_host.is_empty()
            && let Some(read) = self.reads.pop_front()
        {
            let count = read.room.min(self.to_host.len());
            let bytes: Vec<u8> = self.to_host.drain(..count).collect();
            wire::encode_in_reply(out, read.seqnum, Status::Success, &bytes);
        }
        while self.announced != Some(self.lines)
            && let Some(read) = self.notifications.pop_front()
        {
            let mut message = Vec::from(SERIAL_STATE);
            message.extend([interface, 0, 2, 0, self.lines.bits(), 0]);
            message.truncate(read.room);
            wire::encode_in_reply(out, read.seqnum, Status::Success, &message);
            self.announced = Some(self.lines);
        }
    }
}

fn submit<T>(queue: &mut VecDeque<T>, transfer: T) -> bool {
    let room = queue.len() < PENDING_MAX;
    if room {
        queue.push_back(transfer);
    }
    room
}
