//! [`PipeReader`] and [`PipeWriter`]: a caller's pipe, never waited for.
//!
//! Whether a read or write may block is a flag of the open pipe, which the caller and others
//! share: it can be neither trusted nor changed. So bytes are moved by `splice`, whose own flag
//! says for one call that it must not block, through a small pipe of ours.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{SpliceFFlags, splice};

use super::block::Block;

/// An empty pipe takes so much without blocking, however small the system made it.
const PIECE: usize = 4096;

/// A pipe of ours, empty between two calls unless said otherwise.
#[derive(Debug)]
struct Lock {
    reader: io::PipeReader,
    writer: io::PipeWriter,
}

impl Lock {
    fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, writer })
    }
}

fn move_bytes(
    from: &impl std::os::fd::AsFd,
    to: &impl std::os::fd::AsFd,
    limit: usize,
) -> io::Result<usize> {
    let flags = SpliceFFlags::SPLICE_F_NONBLOCK | SpliceFFlags::SPLICE_F_MOVE;
    loop {
        return match splice(from, None, to, None, limit, flags) {
            Err(Errno::EINTR) => continue,
            other => Ok(other?),
        };
    }
}

/// The end of a pipe that is read.
#[derive(Debug)]
pub struct PipeReader {
    caller: OwnedFd,
    lock: Option<Lock>,
}

impl PipeReader {
    /// Takes the caller's end.
    pub fn new(caller: OwnedFd) -> Self {
        Self { caller, lock: None }
    }

    /// For the poller.
    pub fn raw_fd(&self) -> RawFd {
        self.caller.as_raw_fd()
    }

    /// Adds to `block` what is there, at most `limit` bytes. Nothing added: the end.
    ///
    /// # Errors
    /// `WouldBlock`: nothing there yet.
    pub fn read(&mut self, block: &mut Block, limit: usize) -> io::Result<()> {
        let lock = match &mut self.lock {
            Some(lock) => lock,
            none => none.insert(Lock::new()?),
        };
        let count = move_bytes(&self.caller, &lock.writer, limit)?;
        lock.reader.read_exact(block.room(count))
    }
}

/// The end of a pipe that is written.
#[derive(Debug)]
pub struct PipeWriter {
    caller: OwnedFd,
    lock: Option<Lock>,
    /// Bytes in our own pipe.
    locked: usize,
}

impl PipeWriter {
    /// Takes the caller's end.
    pub fn new(caller: OwnedFd) -> Self {
        let lock = None;
        Self {
            caller,
            lock,
            locked: 0,
        }
    }

    /// For the poller.
    pub fn raw_fd(&self) -> RawFd {
        self.caller.as_raw_fd()
    }

    /// Whether everything taken by [`PipeWriter::write`] has reached the caller's pipe.
    pub fn is_empty(&self) -> bool {
        self.locked == 0
    }

    /// Takes the first of `bytes`, if the caller's pipe has room; with none, only sees to what
    /// was taken before.
    ///
    /// # Errors
    /// `WouldBlock`: no room yet. `BrokenPipe`: nobody reads.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lock = match &mut self.lock {
            Some(lock) => lock,
            none => none.insert(Lock::new()?),
        };
        while self.locked > 0 {
            self.locked -= move_bytes(&lock.reader, &self.caller, self.locked)?;
        }
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        lock.writer.write_all(piece)?;
        self.locked = piece.len();
        Ok(piece.len())
    }
}
