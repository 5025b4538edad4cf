//! [`Incoming`]: received payload on its way to the sink. It is gathered into blocks for the
//! disk thread, or kept for a pipe; when too much waits, the tty is not read.

use std::sync::Arc;

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::payload_sink::PayloadSink;

use crate::files::{BLOCK_SIZE, Block, Blocks, FromNetwork, SinkFile};

/// So many blocks may be with the disk thread before the tty is left unread.
const BLOCKS_AT_DISK: usize = 8;
/// So many bytes may wait for a pipe before the tty is left unread.
const BYTES_FOR_PIPE: usize = 2 * BLOCK_SIZE;

/// Where payload goes.
#[derive(Debug, Default)]
pub struct Incoming {
    target: Target,
    /// Converts line ends, in ASCII type.
    text: Option<FromNetwork>,
    blocks_at_disk: usize,
    /// Counts the attempts to fill a file: what is told of those before is of no interest.
    attempt: u64,
}

#[derive(Debug, Default)]
enum Target {
    /// Nowhere: the engine asked for none, or the sink failed.
    #[default]
    Nothing,
    /// To a file, by the disk thread.
    File {
        handle: Handle,
        file: Arc<SinkFile>,
        /// Where the next byte goes.
        offset: u64,
        gathered: Vec<(u64, Block)>,
    },
    /// To a pipe, by the loop.
    Pipe { handle: Handle, waiting: Vec<u8> },
}

/// A block to be written, and where.
#[derive(Debug)]
pub struct Write {
    /// Of which transfer.
    pub handle: Handle,
    /// At which of its attempts.
    pub attempt: u64,
    /// To which file.
    pub file: Arc<SinkFile>,
    /// At which offset.
    pub offset: u64,
    /// What.
    pub block: Block,
}

impl Incoming {
    /// Payload goes to a file from now on; from offset 0, that is another attempt. What was
    /// gathered and not fetched by [`Incoming::next_write`] is dropped.
    pub fn aim_at_file(&mut self, handle: Handle, file: Arc<SinkFile>, offset: u64) {
        if offset == 0 {
            self.attempt += 1;
        }
        self.target = Target::File {
            handle,
            file,
            offset,
            gathered: Vec::new(),
        };
    }

    /// Number of the present attempt.
    pub fn attempt(&self) -> u64 {
        self.attempt
    }

    /// Payload goes to a pipe from now on. What the same pipe still has to take stays.
    pub fn aim_at_pipe(&mut self, handle: Handle) {
        if self.pipe() != Some(handle) {
            let waiting = Vec::new();
            self.target = Target::Pipe { handle, waiting };
        }
    }

    /// Whether the payload from now on is of ASCII type.
    pub fn text(&mut self, text: bool) {
        self.text = text.then(FromNetwork::default);
    }

    /// No more payload comes.
    pub fn finish_text(&mut self, blocks: &mut Blocks) {
        if let Some(mut text) = self.text.take() {
            text.finish(|bytes| self.target.take(bytes, blocks));
        }
    }

    /// Payload for this sink is dropped from now on, and what waits for it.
    pub fn forget(&mut self, handle: Handle) {
        let current = match &self.target {
            Target::Nothing => return,
            Target::File { handle, .. } | Target::Pipe { handle, .. } => *handle,
        };
        if current == handle {
            self.target = Target::Nothing;
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
    pub fn waiting(&self) -> &[u8] {
        match &self.target {
            Target::Pipe { waiting, .. } => waiting,
            _ => &[],
        }
    }

    /// The pipe took the first bytes.
    pub fn taken(&mut self, count: usize) {
        if let Target::Pipe { waiting, .. } = &mut self.target {
            waiting.drain(..count.min(waiting.len()));
        }
    }

    /// Whether the tty must be left unread until the sink has caught up.
    pub fn is_behind(&self) -> bool {
        self.blocks_at_disk >= BLOCKS_AT_DISK || self.waiting().len() >= BYTES_FOR_PIPE
    }

    /// A block came back from the disk thread.
    pub fn block_written(&mut self) {
        self.blocks_at_disk = self.blocks_at_disk.saturating_sub(1);
    }

    /// The next block to write: full ones, and with `rest` the one begun.
    pub fn next_write(&mut self, rest: bool) -> Option<Write> {
        let Target::File {
            handle,
            file,
            gathered,
            ..
        } = &mut self.target
        else {
            return None;
        };
        let (_, first) = gathered.first()?;
        if !rest && !first.is_full() {
            return None;
        }
        let (offset, block) = gathered.remove(0);
        self.blocks_at_disk += 1;
        Some(Write {
            handle: *handle,
            attempt: self.attempt,
            file: Arc::clone(file),
            offset,
            block,
        })
    }

    /// The engine's view of it, for the time of one call.
    pub fn sink<'a>(&'a mut self, blocks: &'a mut Blocks) -> impl PayloadSink + 'a {
        Gather {
            incoming: self,
            blocks,
        }
    }
}

struct Gather<'a> {
    incoming: &'a mut Incoming,
    blocks: &'a mut Blocks,
}

impl PayloadSink for Gather<'_> {
    fn write(&mut self, bytes: &[u8]) {
        let Incoming { target, text, .. } = &mut *self.incoming;
        match text {
            Some(text) => text.convert(bytes, |piece| target.take(piece, self.blocks)),
            None => target.take(bytes, self.blocks),
        }
    }
}

impl Target {
    fn take(&mut self, mut bytes: &[u8], blocks: &mut Blocks) {
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
mod tests {
    use super::*;

    fn file() -> Arc<SinkFile> {
        let file = tempfile::tempfile().unwrap();
        Arc::new(SinkFile::from_fd(file.into(), false).unwrap())
    }

    #[test]
    fn payload_is_gathered_into_blocks_with_their_offsets() {
        let (mut incoming, mut blocks) = (Incoming::default(), Blocks::default());
        incoming.sink(&mut blocks).write(b"for nobody");
        incoming.aim_at_file(Handle(1), file(), 7);
        incoming.sink(&mut blocks).write(&[b'a'; 10]);
        assert!(incoming.next_write(false).is_none());
        incoming.sink(&mut blocks).write(&[b'b'; BLOCK_SIZE]);
        let full = incoming.next_write(false).unwrap();
        assert_eq!((full.offset, full.block.len()), (7, BLOCK_SIZE));
        assert!(incoming.next_write(false).is_none());
        let rest = incoming.next_write(true).unwrap();
        assert_eq!(
            (rest.offset, rest.block.as_slice()),
            (7 + BLOCK_SIZE as u64, &[b'b'; 10][..])
        );
        assert!(incoming.next_write(true).is_none());
    }

    #[test]
    fn a_slow_disk_or_pipe_stops_the_reading() {
        let (mut incoming, mut blocks) = (Incoming::default(), Blocks::default());
        incoming.aim_at_file(Handle(1), file(), 0);
        for _ in 0..BLOCKS_AT_DISK {
            assert!(!incoming.is_behind());
            incoming.sink(&mut blocks).write(&[b'a'; BLOCK_SIZE]);
            assert!(incoming.next_write(false).is_some());
        }
        assert!(incoming.is_behind());
        incoming.block_written();
        assert!(!incoming.is_behind());

        incoming.aim_at_pipe(Handle(2));
        incoming.sink(&mut blocks).write(&[b'a'; BYTES_FOR_PIPE]);
        assert!(incoming.is_behind());
        incoming.taken(1);
        assert!(!incoming.is_behind());
        assert_eq!(incoming.waiting().len(), BYTES_FOR_PIPE - 1);
    }

    #[test]
    fn a_sink_that_failed_gets_nothing_more() {
        let (mut incoming, mut blocks) = (Incoming::default(), Blocks::default());
        incoming.aim_at_pipe(Handle(2));
        incoming.forget(Handle(1));
        assert_eq!(incoming.pipe(), Some(Handle(2)));
        incoming.forget(Handle(2));
        incoming.sink(&mut blocks).write(b"x");
        assert_eq!((incoming.pipe(), incoming.waiting().len()), (None, 0));
    }
}
