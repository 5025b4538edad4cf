//! [`Pump`]: one copy from a source to the tty. It asks for the next bytes only while little
//! waits to be sent, so memory stays flat whatever the size.

use modem_ftp_core::at::checksum::Checksum;
use modem_ftp_core::request::Handle;

use crate::files::{BLOCK_SIZE, Block, Extent, ToNetwork};

/// So much payload is read ahead: the tty takes one block while the next is fetched.
const AHEAD: usize = 2 * BLOCK_SIZE;

/// A copy under way.
#[derive(Debug)]
pub struct Pump {
    /// Tells its reads from those of pumps before it.
    pub number: u64,
    /// Its source.
    pub handle: Handle,
    /// Offset of the next byte to fetch.
    offset: u64,
    /// Bytes still to fetch; `None`: until the end.
    left: Option<u64>,
    window: Option<u64>,
    /// Bytes of the present windows still to fetch.
    granted: u64,
    /// Bytes asked of the disk thread.
    asked: usize,
    /// Converts line ends, in ASCII type.
    text: Option<ToNetwork>,
    spare: Vec<u8>,
    checksum: Checksum,
    fetched: u64,
    sent: u64,
    ended: bool,
}

impl Pump {
    /// A pump of that number; see [`Output::Pump`](modem_ftp_core::engine::Output::Pump).
    pub fn new(
        number: u64,
        handle: Handle,
        offset: u64,
        length: Option<u64>,
        window: Option<u32>,
        text: bool,
    ) -> Self {
        let window = window.map(u64::from);
        Self {
            number,
            handle,
            offset,
            left: length,
            window,
            granted: window.unwrap_or(u64::MAX),
            asked: 0,
            text: text.then(ToNetwork::default),
            spare: Vec::new(),
            checksum: Checksum::new(),
            fetched: 0,
            sent: 0,
            ended: length == Some(0),
        }
    }

    /// Another window may go.
    pub fn grant(&mut self) {
        if let Some(window) = self.window {
            self.granted = self.granted.saturating_add(window);
        }
    }

    /// How many bytes to fetch next, while `queued` bytes wait to be sent; `None`: none now.
    pub fn wanted(&self, queued: usize) -> Option<usize> {
        if self.ended || queued + self.asked + BLOCK_SIZE > AHEAD {
            return None;
        }
        let limit = self.left.unwrap_or(u64::MAX).min(self.granted);
        // A block of nothing but line ends doubles.
        let most = if self.text.is_some() {
            BLOCK_SIZE / 2
        } else {
            BLOCK_SIZE
        };
        let length = usize::try_from(limit).unwrap_or(most).min(most);
        (length > 0).then_some(length)
    }

    /// Takes note that `length` bytes are asked of the disk thread, and says which.
    pub fn ask(&mut self, length: usize) -> Extent {
        let extent = Extent {
            offset: self.offset,
            length,
            exact: self.left.is_some(),
            last: self.left.is_none_or(|left| left == length as u64),
        };
        self.asked += length;
        self.advance(length);
        extent
    }

    /// The block of an [`ask`](Self::ask) for `length` bytes came.
    pub fn answered(&mut self, block: &mut Block, length: usize) {
        self.asked = self.asked.saturating_sub(length);
        let ended = block.len() < length;
        self.take(block);
        self.ended |= ended;
    }

    /// Takes bytes that came without being asked for; none: the end.
    pub fn came(&mut self, block: &mut Block) {
        self.advance(block.len());
        self.ended |= block.is_empty();
        self.take(block);
    }

    fn advance(&mut self, length: usize) {
        let length = length as u64;
        self.offset += length;
        if self.window.is_some() {
            self.granted = self.granted.saturating_sub(length);
        }
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(length);
        }
    }

    fn take(&mut self, block: &mut Block) {
        if let Some(text) = &mut self.text {
            block.rewrite(&mut self.spare, |bytes, out| text.convert(bytes, out));
        }
        self.checksum.update(block.as_slice());
        self.fetched += block.len() as u64;
        if self.left == Some(0) && self.asked == 0 {
            self.ended = true;
        }
    }

    /// The tty took so many bytes.
    pub fn sent(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// Bytes and checksum, once the tty has taken the last one.
    pub fn result(&self) -> Option<(u64, u16)> {
        (self.ended && self.asked == 0 && self.sent == self.fetched)
            .then(|| (self.sent, self.checksum.value()))
    }
}
