//! [`SendQueue`]: what is to be written to the port, in order: command bytes, payload, and marks
//! that are executed when everything queued before them was sent.

use std::collections::VecDeque;
use std::io;

use zeroize::Zeroizing;

use super::port::Port;
use crate::files::{Block, Blocks};

/// One entry of the queue.
#[derive(Debug)]
enum Entry {
    /// Command bytes; wiped after use, since there may be a password among them.
    Command {
        bytes: Zeroizing<Vec<u8>>,
        sent: usize,
    },
    /// Payload of the running upload.
    Payload { block: Block, sent: usize },
    /// An action for when everything before it was sent.
    Mark(Mark),
}

/// An action that waits until everything queued before it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Change the baud rate.
    Rate(u32),
    /// Report to the engine that everything was sent.
    Drained,
}

/// The result of one [`SendQueue::send`].
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Bytes written to the kernel, of any kind.
    pub bytes: usize,
    /// Payload bytes among them.
    pub payload: u64,
    /// The mark at the front of the queue, if there is one.
    pub mark: Option<Mark>,
}

/// The queue of bytes to send.
#[derive(Debug, Default)]
pub struct SendQueue {
    entries: VecDeque<Entry>,
    /// Payload bytes queued.
    payload: usize,
}

impl SendQueue {
    /// Appends command bytes.
    pub fn push_command(&mut self, bytes: Vec<u8>) {
        let bytes = Zeroizing::new(bytes);
        self.entries.push_back(Entry::Command { bytes, sent: 0 });
    }

    /// Appends payload.
    pub fn push_payload(&mut self, block: Block) {
        self.payload += block.len();
        self.entries.push_back(Entry::Payload { block, sent: 0 });
    }

    /// Appends a mark.
    pub fn push_mark(&mut self, mark: Mark) {
        self.entries.push_back(Entry::Mark(mark));
    }

    /// Payload bytes in the queue.
    pub fn payload(&self) -> usize {
        self.payload
    }

    /// Writes bytes until the port accepts no more, or up to the next mark. Payload blocks that
    /// were sent go to `spare`.
    ///
    /// # Errors
    /// The port is gone.
    pub fn send(&mut self, port: &Port, spare: &mut Blocks) -> io::Result<Sent> {
        let mut total = Sent::default();
        while let Some(entry) = self.entries.front_mut() {
            let (bytes, sent) = match entry {
                Entry::Command { bytes, sent } => (bytes.as_slice(), sent),
                Entry::Payload { block, sent } => (block.as_slice(), sent),
                Entry::Mark(mark) => {
                    total.mark = Some(*mark);
                    break;
                }
            };
            let rest = bytes.get(*sent..).unwrap_or_default();
            let taken = match port.write(rest) {
                Ok(taken) => taken,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            *sent += taken;
            let whole = taken == rest.len();
            total.bytes += taken;
            if let Entry::Payload { .. } = entry {
                self.payload -= taken;
                total.payload += taken as u64;
            }
            if whole && let Some(Entry::Payload { block, .. }) = self.entries.pop_front() {
                spare.give(block);
            }
        }
        Ok(total)
    }

    /// Removes the mark at the front of the queue.
    pub fn pop_mark(&mut self) {
        if let Some(Entry::Mark(_)) = self.entries.front() {
            self.entries.pop_front();
        }
    }

    /// Drops payload that was not written yet; commands and marks stay.
    pub fn drop_payload(&mut self, spare: &mut Blocks) {
        self.retain(spare, |entry| !matches!(entry, Entry::Payload { .. }));
    }

    /// Drops all bytes that were not written yet; marks stay.
    pub fn drop_bytes(&mut self, spare: &mut Blocks) {
        self.retain(spare, |entry| matches!(entry, Entry::Mark(_)));
    }

    /// Drops everything.
    pub fn clear(&mut self, spare: &mut Blocks) {
        self.retain(spare, |_| false);
    }

    fn retain(&mut self, spare: &mut Blocks, keep: impl Fn(&Entry) -> bool) {
        for entry in std::mem::take(&mut self.entries) {
            if keep(&entry) {
                self.entries.push_back(entry);
            } else if let Entry::Payload { block, sent } = entry {
                self.payload -= block.len() - sent;
                spare.give(block);
            }
        }
    }
}
