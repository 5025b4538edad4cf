//! [`PipeReader`] and [`PipeWriter`]: a caller's pipe, read and written without blocking.
//!
//! `O_NONBLOCK` belongs to the open file description, which the caller and other processes share:
//! it can be neither relied on nor changed. So bytes are moved by `splice`, which takes
//! `SPLICE_F_NONBLOCK` for a single call, through a pipe of the daemon's own.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{SpliceFFlags, splice};

use super::block::Block;

/// Bytes that an empty pipe accepts without blocking, whatever its size.
const PIECE: usize = 4096;

/// The pipe between the caller's pipe and a buffer.
#[derive(Debug)]
struct Relay {
    reader: io::PipeReader,
    writer: io::PipeWriter,
}

impl Relay {
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

/// The read end of a pipe.
#[derive(Debug)]
pub struct PipeReader {
    caller: OwnedFd,
    relay: Option<Relay>,
}

impl PipeReader {
    /// A reader of the caller's pipe.
    pub fn new(caller: OwnedFd) -> Self {
        Self {
            caller,
            relay: None,
        }
    }

    /// The descriptor, for the poller.
    pub fn raw_fd(&self) -> RawFd {
        self.caller.as_raw_fd()
    }

    /// Another descriptor of the caller's pipe, to wait until it is readable.
    ///
    /// # Errors
    /// The process has no descriptor left.
    pub fn try_clone(&self) -> io::Result<OwnedFd> {
        self.caller.try_clone()
    }

    /// Reads at most `limit` bytes into `block`, which stays empty at the end of the data.
    ///
    /// # Errors
    /// `WouldBlock`: the pipe is empty.
    pub fn read(&mut self, block: &mut Block, limit: usize) -> io::Result<()> {
        let relay = match &mut self.relay {
            Some(relay) => relay,
            none => none.insert(Relay::new()?),
        };
        let count = move_bytes(&self.caller, &relay.writer, limit)?;
        relay.reader.read_exact(block.room(count))
    }
}

/// The write end of a pipe.
#[derive(Debug)]
pub struct PipeWriter {
    caller: OwnedFd,
    relay: Option<Relay>,
    /// Bytes in the relay.
    relayed: usize,
}

impl PipeWriter {
    /// A writer to the caller's pipe.
    pub fn new(caller: OwnedFd) -> Self {
        let relay = None;
        Self {
            caller,
            relay,
            relayed: 0,
        }
    }

    /// The descriptor, for the poller.
    pub fn raw_fd(&self) -> RawFd {
        self.caller.as_raw_fd()
    }

    /// Whether everything accepted by [`PipeWriter::write`] is in the caller's pipe.
    pub fn is_empty(&self) -> bool {
        self.relayed == 0
    }

    /// Moves what was accepted before to the caller's pipe, then accepts the first of `bytes`.
    ///
    /// # Errors
    /// `WouldBlock`: the caller's pipe is full. `BrokenPipe`: it has no reader.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let relay = match &mut self.relay {
            Some(relay) => relay,
            none => none.insert(Relay::new()?),
        };
        while self.relayed > 0 {
            self.relayed -= move_bytes(&relay.reader, &self.caller, self.relayed)?;
        }
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        relay.writer.write_all(piece)?;
        self.relayed = piece.len();
        Ok(piece.len())
    }
}
