//! The pipes of one serial interface: queues of pending transfers, and flow control.
//!
//! A transfer stays pending until its bytes have moved, as with a device that answers NAK: an OUT
//! transfer completes when the module has accepted its bytes, and the module's bytes are accepted
//! only while there is room. Memory is bounded by [`FIFO`] and [`PENDING_MAX`].

use super::wire::{self, Status};
use std::collections::VecDeque;

/// Size in bytes of the buffer for the host: one read of `option`.
pub const FIFO: usize = 4096;

/// Most pending transfers per endpoint. `option` submits four.
const PENDING_MAX: usize = 64;

/// Header of a SERIAL_STATE notification up to the interface number (USB CDC PSTN Subclass 1.2
/// §6.5.4).
const SERIAL_STATE: [u8; 4] = [0xa1, 0x20, 0, 0];

/// The modem lines that the device drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceLines {
    /// Data carrier detected.
    pub dcd: bool,
    /// Data set ready: the module is running.
    pub dsr: bool,
    /// Ring indicator: on during the pulse of a URC.
    pub ri: bool,
}

impl DeviceLines {
    /// The bits of a SERIAL_STATE notification.
    const fn bits(self) -> u8 {
        (self.dcd as u8) | (self.dsr as u8) << 1 | (self.ri as u8) << 3
    }
}

/// A pending IN transfer.
#[derive(Debug, Clone, Copy)]
struct PendingIn {
    seqnum: u32,
    room: usize,
}

/// A pending OUT transfer, and how many of its bytes the module has accepted.
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
    /// The lines as last reported to the host.
    reported: Option<DeviceLines>,
}

impl Pipes {
    /// Adds an IN transfer of up to `room` bytes; false if too many are pending.
    pub fn submit_read(&mut self, seqnum: u32, room: usize) -> bool {
        submit(&mut self.reads, PendingIn { seqnum, room })
    }

    /// Adds a notification transfer; false if too many are pending.
    pub fn submit_notification(&mut self, seqnum: u32, room: usize) -> bool {
        submit(&mut self.notifications, PendingIn { seqnum, room })
    }

    /// Adds an OUT transfer; false if too many are pending.
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

    /// Cancels a pending transfer; false if it is not pending here.
    pub fn unlink(&mut self, victim: u32) -> bool {
        let before = self.reads.len() + self.notifications.len() + self.writes.len();
        self.reads.retain(|read| read.seqnum != victim);
        self.notifications.retain(|read| read.seqnum != victim);
        self.writes.retain(|write| write.seqnum != victim);
        before != self.reads.len() + self.notifications.len() + self.writes.len()
    }

    /// The oldest bytes that the host has written and the module has not accepted yet.
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

    /// The module has accepted the first `count` bytes of [`Self::written`].
    pub fn consume_written(&mut self, count: usize) {
        if let Some(write) = self
            .writes
            .iter_mut()
            .find(|write| write.taken < write.data.len())
        {
            write.taken = write.data.len().min(write.taken + count);
        }
    }

    /// Free space in the buffer for the host.
    #[must_use]
    pub fn room(&self) -> usize {
        FIFO.saturating_sub(self.to_host.len())
    }

    /// Queues bytes for the host as far as there is room; returns how many.
    pub fn queue_to_host(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room());
        self.to_host.extend(bytes.iter().take(count));
        count
    }

    /// Sets the modem lines that the device drives.
    pub fn set_lines(&mut self, lines: DeviceLines) {
        self.lines = lines;
    }

    /// Appends to `out` the reply of every completed transfer.
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
        while self.reported != Some(self.lines)
            && let Some(read) = self.notifications.pop_front()
        {
            let mut message = Vec::from(SERIAL_STATE);
            message.extend([interface, 0, 2, 0, self.lines.bits(), 0]);
            message.truncate(read.room);
            wire::encode_in_reply(out, read.seqnum, Status::Success, &message);
            self.reported = Some(self.lines);
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
