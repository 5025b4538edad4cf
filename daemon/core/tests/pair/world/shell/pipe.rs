//! [`PipeSink`]: the writing end of a caller's pipe, and [`Reader`], the caller at its other end.
//!
//! As in the shell, bytes are first taken into a small pipe of its own and reach the caller's pipe
//! with the next call; so a broken pipe shows only after bytes were taken.

use std::time::{Duration, Instant};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::errors::ErrorName;

/// Bytes a pipe holds: the least the system allows.
const CAPACITY: usize = 4096;
/// Bytes that are taken at once.
const PIECE: usize = 4096;

/// How a pipe is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    /// So many bytes at a time, with this pause between; `None`: everything at once.
    pub pace: Option<(usize, Duration)>,
    /// The reader closes its end after so many bytes.
    pub closes_at: Option<usize>,
    /// The reader stops reading after so many bytes, for this time.
    pub stops_at: Option<(usize, Duration)>,
}

/// The writing end.
pub(super) struct PipeSink {
    reader: Reader,
    next_read: Instant,
    /// In our own small pipe.
    locked: Vec<u8>,
    /// Everything that reached the caller's pipe.
    pub(super) written: Vec<u8>,
    /// How much of it the reader has taken.
    read: usize,
    /// Whether the shell has said that everything is in it.
    pub(super) committed: bool,
}

/// What came of a write.
pub(super) enum Written {
    Taken(usize),
    Full,
    Broken(Failure),
}

impl PipeSink {
    pub(super) fn new(now: Instant, reader: Reader) -> Self {
        Self {
            reader,
            next_read: now,
            locked: Vec::new(),
            written: Vec::new(),
            read: 0,
            committed: false,
        }
    }

    /// Whether everything that was taken has reached the caller's pipe.
    pub(super) fn is_empty(&self) -> bool {
        self.locked.is_empty()
    }

    pub(super) fn write(&mut self, now: Instant, bytes: &[u8]) -> Written {
        while !self.locked.is_empty() {
            self.advance(now);
            if self.reader.closes_at.is_some_and(|at| self.read >= at) {
                let text = "the pipe that was passed: broken pipe";
                return Written::Broken(Failure::new(ErrorName::LocalIo, text));
            }
            let room = CAPACITY - (self.written.len() - self.read);
            if room == 0 {
                return Written::Full;
            }
            let count = room.min(self.locked.len());
            self.written.extend(self.locked.drain(..count));
            self.next_read = self.next_read.max(now);
        }
        self.advance(now);
        let piece = &bytes[..bytes.len().min(PIECE)];
        self.locked.extend(piece);
        Written::Taken(piece.len())
    }

    /// The reader takes what it takes now.
    pub(super) fn advance(&mut self, now: Instant) {
        self.pause(now);
        while self.next_read <= now && self.read < self.limit() {
            let (most, pause) = self.reader.pace.unwrap_or((usize::MAX, Duration::ZERO));
            self.read += most.min(self.limit() - self.read);
            self.next_read += pause;
            self.pause(now);
        }
    }

    /// The reader stops reading for its time if it has read so far.
    fn pause(&mut self, now: Instant) {
        let (read, there) = (self.read, !self.written.is_empty());
        let stops = &mut self.reader.stops_at;
        if let Some((_, time)) = stops.take_if(|(at, _)| there && read >= *at) {
            self.next_read = now + time;
        }
    }

    /// How far it may be read now.
    fn limit(&self) -> usize {
        let stop = self.reader.stops_at.map_or(usize::MAX, |(at, _)| at);
        let close = self.reader.closes_at.unwrap_or(usize::MAX);
        self.written.len().min(stop).min(close)
    }

    /// When the reader makes room.
    pub(super) fn deadline(&self) -> Option<Instant> {
        (self.read < self.limit()).then_some(self.next_read)
    }
}
