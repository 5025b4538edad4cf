//! [`Pump`]: the copy from a source to the tty. It reads ahead: two blocks are fetched or under way
//! before the tty takes them, and they are lost when the pump is stopped.

use modem_ftp_core::api::local::Handle;

use super::line_ends::ToNetwork;

/// Bytes of a block.
pub(super) const BLOCK: usize = 16 * 1024;
/// Bytes that are read ahead at most.
const AHEAD: usize = 2 * BLOCK;

/// docs/module/at-file.md §3.6, implemented a second time: 16-bit XOR of big-endian words.
#[derive(Default)]
struct Sum {
    sum: u16,
    odd: bool,
}

impl Sum {
    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let shift = if self.odd { 0 } else { 8 };
            self.sum ^= u16::from(*byte) << shift;
            self.odd = !self.odd;
        }
    }
}

/// What to read of a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Offset of the first byte.
    pub(super) offset: usize,
    /// So many bytes at most.
    pub(super) length: usize,
    /// All of them must be there.
    pub(super) exact: bool,
    /// These are the last ones: the file must not have changed.
    pub(super) last: bool,
}

/// A running copy.
pub(super) struct Pump {
    /// Tells its reads from those of pumps before it.
    pub(super) number: u64,
    pub(super) handle: Handle,
    offset: usize,
    /// Bytes still to fetch; `None`: until the end.
    left: Option<u64>,
    window: Option<u32>,
    granted: u64,
    asked: usize,
    text: Option<ToNetwork>,
    sum: Sum,
    fetched: u64,
    sent: u64,
    ended: bool,
}

impl Pump {
    pub(super) fn new(
        number: u64,
        handle: Handle,
        offset: usize,
        length: Option<u64>,
        window: Option<u32>,
        text: bool,
    ) -> Self {
        assert!(!text || (offset, length) == (0, None), "a text is a stream");
        Self {
            number,
            handle,
            offset,
            left: length,
            window,
            granted: window.map_or(u64::MAX, u64::from),
            asked: 0,
            text: text.then(ToNetwork::default),
            sum: Sum::default(),
            fetched: 0,
            sent: 0,
            ended: length == Some(0),
        }
    }

    /// Whether everything fetched is sent and more is to come.
    pub(super) fn is_dry(&self) -> bool {
        !self.ended && self.sent == self.fetched
    }

    /// Whether the disk thread is asked for more.
    pub(super) fn has_asked(&self) -> bool {
        self.asked > 0
    }

    /// Another window may go.
    pub(super) fn grant(&mut self) {
        self.granted += u64::from(self.window.expect("a window to grant"));
    }

    /// How many bytes to fetch next while `queued` bytes wait for the tty.
    pub(super) fn wanted(&self, queued: usize) -> Option<usize> {
        if self.ended || queued + self.asked + BLOCK > AHEAD {
            return None;
        }
        let limit = self.left.unwrap_or(u64::MAX).min(self.granted);
        // A block of nothing but line ends doubles.
        let most = if self.text.is_some() {
            BLOCK / 2
        } else {
            BLOCK
        };
        let length = usize::try_from(limit).unwrap_or(most).min(most);
        (length > 0).then_some(length)
    }

    /// So many bytes are asked of the disk thread: which ones.
    pub(super) fn ask(&mut self, length: usize) -> Extent {
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

    /// The answer to an [`ask`](Self::ask): what goes to the tty.
    pub(super) fn answered(&mut self, block: Vec<u8>, asked: usize) -> Vec<u8> {
        self.asked -= asked;
        self.ended |= block.len() < asked;
        self.convert(block)
    }

    /// Bytes that came from a pipe, or its end: what goes to the tty.
    pub(super) fn came(&mut self, block: Vec<u8>) -> Vec<u8> {
        self.advance(block.len());
        self.ended |= block.is_empty();
        self.convert(block)
    }

    fn advance(&mut self, length: usize) {
        self.offset += length;
        if self.window.is_some() {
            self.granted -= length as u64;
        }
        self.left = self.left.map(|left| left - length as u64);
    }

    fn convert(&mut self, mut block: Vec<u8>) -> Vec<u8> {
        if let Some(text) = &mut self.text {
            block = text.convert(&block);
        }
        self.sum.update(&block);
        self.fetched += block.len() as u64;
        self.ended |= self.left == Some(0) && self.asked == 0;
        block
    }

    /// The tty took so many bytes.
    pub(super) fn sent(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// Bytes and checksum, once the tty has taken the last byte.
    pub(super) fn result(&self) -> Option<(u64, u16)> {
        let over = self.ended && self.asked == 0 && self.sent == self.fetched;
        over.then_some((self.sent, self.sum.sum))
    }
}
