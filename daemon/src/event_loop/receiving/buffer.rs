//! [`ReceiveBuffer`]: received payload that was not passed on yet, gathered into blocks for the
//! disk or kept for a pipe. While it is full, the serial port is not read.

use std::sync::Arc;

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::payload_sink::PayloadSink;

use crate::files::{BLOCK_SIZE, Block, Blocks, FromNetwork, Lane, SinkFile};

/// The buffer is full when the disk thread has so many blocks to write.
const BLOCKS_AT_DISK: usize = 8;
/// The buffer is full when so many bytes wait for a pipe.
const BYTES_FOR_PIPE: usize = 2 * BLOCK_SIZE;

/// Payload for at most one file or pipe.
#[derive(Debug, Default)]
pub struct ReceiveBuffer {
    target: Target,
    /// Converts line ends, for the ASCII type.
    text: Option<FromNetwork>,
    /// Blocks of the present attempt that the disk thread has to write.
    blocks_at_disk: usize,
    /// Number of the present attempt to receive a file; results of earlier attempts are ignored.
    attempt: u64,
}

#[derive(Debug, Default)]
enum Target {
    /// Nowhere: the engine wants no payload, or the file failed.
    #[default]
    Nothing,
    /// A file, written by the disk thread.
    File {
        handle: Handle,
        file: Arc<SinkFile>,
        lane: Lane,
        /// Offset of the next byte.
        offset: u64,
        gathered: Vec<(u64, Block)>,
    },
    /// A pipe, written by the event loop.
    Pipe { handle: Handle, waiting: Vec<u8> },
}

/// A block to be written.
#[derive(Debug)]
pub struct Write {
    /// The download's file.
    pub handle: Handle,
    /// The attempt to receive the file.
    pub attempt: u64,
    /// The file to write to.
    pub file: Arc<SinkFile>,
    /// The lane for work on it.
    pub lane: Lane,
    /// Offset of the first byte.
    pub offset: u64,
    /// The bytes.
    pub block: Block,
}

impl ReceiveBuffer {
    /// Payload goes to a file from now on; offset 0 begins another attempt. Blocks that were not
    /// fetched by [`ReceiveBuffer::next_write`] are dropped.
    pub fn aim_at_file(&mut self, handle: Handle, lane: &Lane, file: Arc<SinkFile>, offset: u64) {
        if offset == 0 {
            self.begin_attempt();
        }
        self.target = Target::File {
            handle,
            file,
            lane: lane.clone(),
            offset,
            gathered: Vec::new(),
        };
    }

    /// What the disk thread still has to do for earlier attempts holds up nothing.
    fn begin_attempt(&mut self) {
        self.attempt += 1;
        self.blocks_at_disk = 0;
    }

    /// Number of the present attempt.
    pub fn attempt(&self) -> u64 {
        self.attempt
    }

    /// Payload goes to a pipe from now on. Bytes that wait for the same pipe are kept.
    pub fn aim_at_pipe(&mut self, handle: Handle) {
        if self.pipe() != Some(handle) {
            let waiting = Vec::new();
            self.target = Target::Pipe { handle, waiting };
        }
    }

    /// Whether payload from now on is of the ASCII type.
    pub fn set_text(&mut self, text: bool) {
        self.text = text.then(FromNetwork::default);
    }

    /// Ends the conversion of line ends: no more payload follows.
    pub fn finish_text(&mut self, blocks: &mut Blocks) {
        if let Some(mut text) = self.text.take() {
            text.finish(|bytes| self.target.append(bytes, blocks));
        }
    }

    /// Drops payload for this file, now and from now on.
    pub fn forget(&mut self, handle: Handle) {
        let current = match &self.target {
            Target::Nothing => return,
            Target::File { handle, .. } | Target::Pipe { handle, .. } => *handle,
        };
        if current == handle {
            self.target = Target::Nothing;
            self.begin_attempt();
        }
    }

    /// The pipe that payload goes to.
    pub fn pipe(&self) -> Option<Handle> {
        match &self.target {
            Target::Pipe { handle, .. } => Some(*handle),
            _ => None,
        }
    }

    /// Bytes that wait for the pipe.
    pub fn for_pipe(&self) -> &[u8] {
        match &self.target {
            Target::Pipe { waiting, .. } => waiting,
            _ => &[],
        }
    }

    /// The pipe has accepted the first `count` bytes.
    pub fn written_to_pipe(&mut self, count: usize) {
        if let Target::Pipe { waiting, .. } = &mut self.target {
            waiting.drain(..count.min(waiting.len()));
        }
    }

    /// Whether the serial port must not be read until the disk or the pipe has caught up.
    pub fn is_full(&self) -> bool {
        self.blocks_at_disk >= BLOCKS_AT_DISK || self.for_pipe().len() >= BYTES_FOR_PIPE
    }

    /// The disk thread has written a block of that attempt.
    pub fn block_written(&mut self, attempt: u64) {
        if attempt == self.attempt {
            self.blocks_at_disk = self.blocks_at_disk.saturating_sub(1);
        }
    }

    /// The next full block to write; with `partial`, also one that is not full.
    pub fn next_write(&mut self, partial: bool) -> Option<Write> {
        let Target::File {
            handle,
            file,
            lane,
            gathered,
            ..
        } = &mut self.target
        else {
            return None;
        };
        let (_, first) = gathered.first()?;
        if !partial && !first.is_full() {
            return None;
        }
        let (offset, block) = gathered.remove(0);
        self.blocks_at_disk += 1;
        Some(Write {
            handle: *handle,
            attempt: self.attempt,
            file: Arc::clone(file),
            lane: lane.clone(),
            offset,
            block,
        })
    }

    /// Where the engine puts the payload of one call.
    pub fn sink<'a>(&'a mut self, blocks: &'a mut Blocks) -> impl PayloadSink + 'a {
        BufferSink {
            buffer: self,
            blocks,
        }
    }
}

struct BufferSink<'a> {
    buffer: &'a mut ReceiveBuffer,
    blocks: &'a mut Blocks,
}

impl PayloadSink for BufferSink<'_> {
    fn write(&mut self, bytes: &[u8]) {
        let ReceiveBuffer { target, text, .. } = &mut *self.buffer;
        match text {
            Some(text) => text.convert(bytes, |piece| target.append(piece, self.blocks)),
            None => target.append(bytes, self.blocks),
        }
    }
}

impl Target {
    fn append(&mut self, mut bytes: &[u8], blocks: &mut Blocks) {
        match self {
            Self::Nothing => {}
            Self::Pipe { waiting, .. } => waiting.extend_from_slice(bytes),
            Self::File {
                offset, gathered, ..
            } => {
                while !bytes.is_empty() {
                    if gathered.last().is_none_or(|(_, block)| block.is_full()) {
                        gathered.push((*offset, blocks.take()));
                    }
                    let Some((_, block)) = gathered.last_mut() else {
                        return;
                    };
                    let left = block.append(bytes);
                    *offset += (bytes.len() - left.len()) as u64;
                    bytes = left;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
