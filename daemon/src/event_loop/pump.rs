//! [`Pump`]: one copy from a source to the tty. It asks for the next bytes only while little
//! waits to be sent, so memory stays flat whatever the size.

use modem_ftp_core::api::local::Handle;
use modem_ftp_core::at::checksum::Checksum;

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
    /// A pump of that number; see [`Output::Pump`](modem_ftp_core::api::output::Output::Pump).
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Blocks;

    const FULL: u64 = BLOCK_SIZE as u64;

    fn block(length: usize) -> Block {
        let mut block = Blocks::default().take();
        block.append(&vec![b'x'; length]);
        block
    }

    /// Fetches and sends everything at once; the lengths of the blocks.
    fn run(pump: &mut Pump, source: u64) -> Vec<usize> {
        let mut fetched = Vec::new();
        while let Some(wanted) = pump.wanted(0) {
            let extent = pump.ask(wanted);
            let there = source.saturating_sub(extent.offset).min(wanted as u64);
            let there = usize::try_from(there).unwrap();
            pump.answered(&mut block(there), wanted);
            pump.sent(there as u64);
            fetched.push(there);
        }
        fetched
    }

    #[test]
    fn a_known_length_is_fetched_and_no_more() {
        let mut pump = Pump::new(1, Handle(1), 100, Some(2 * FULL + 1), None, false);
        assert_eq!(pump.result(), None);
        assert_eq!(run(&mut pump, u64::MAX), [BLOCK_SIZE, BLOCK_SIZE, 1]);
        let sum = Checksum::of(&vec![b'x'; 2 * BLOCK_SIZE + 1]);
        assert_eq!(pump.result(), Some((2 * FULL + 1, sum)));
        let nothing = Pump::new(2, Handle(1), 0, Some(0), None, false);
        assert_eq!((nothing.wanted(0), nothing.result()), (None, Some((0, 0))));
    }

    #[test]
    fn an_unknown_length_ends_with_the_source() {
        let mut pump = Pump::new(1, Handle(1), 0, None, None, false);
        assert_eq!(run(&mut pump, FULL), [BLOCK_SIZE, 0]);
        assert_eq!(pump.result().unwrap().0, FULL);
        let mut pipe = Pump::new(1, Handle(1), 0, None, None, false);
        pipe.came(&mut block(3));
        pipe.sent(3);
        assert_eq!(pipe.result(), None);
        pipe.came(&mut block(0));
        assert_eq!(pipe.result(), Some((3, Checksum::of(b"xxx"))));
    }

    #[test]
    fn no_more_than_two_blocks_are_ahead() {
        let mut pump = Pump::new(1, Handle(1), 0, Some(10 * FULL), None, false);
        assert_eq!(pump.wanted(0), Some(BLOCK_SIZE));
        pump.ask(BLOCK_SIZE);
        assert_eq!(pump.wanted(0), Some(BLOCK_SIZE));
        pump.ask(BLOCK_SIZE);
        assert_eq!(pump.wanted(0), None);
        pump.answered(&mut block(BLOCK_SIZE), BLOCK_SIZE);
        assert_eq!(pump.wanted(BLOCK_SIZE), None, "one is asked for, one waits");
        assert_eq!(pump.wanted(0), Some(BLOCK_SIZE));
    }

    #[test]
    fn a_window_has_to_be_granted() {
        let mut pump = Pump::new(1, Handle(1), 0, Some(2500), Some(1024), false);
        assert_eq!(run(&mut pump, u64::MAX), [1024]);
        assert_eq!(pump.result(), None);
        pump.grant();
        assert_eq!(run(&mut pump, u64::MAX), [1024]);
        pump.grant();
        assert_eq!(run(&mut pump, u64::MAX), [452]);
        assert_eq!(pump.result().unwrap().0, 2500);
    }

    #[test]
    fn the_end_is_when_the_tty_has_taken_everything() {
        let mut pump = Pump::new(1, Handle(1), 0, Some(10), None, false);
        let extent = pump.ask(10);
        assert!(extent.exact && extent.last);
        pump.answered(&mut block(10), 10);
        pump.sent(9);
        assert_eq!(pump.result(), None);
        pump.sent(1);
        assert!(pump.result().is_some());
    }

    #[test]
    fn only_the_last_block_is_compared_with_the_source() {
        let mut pump = Pump::new(1, Handle(1), 0, Some(FULL + 1), None, false);
        assert!(!pump.ask(BLOCK_SIZE).last);
        assert!(pump.ask(1).last);
    }

    #[test]
    fn text_gets_the_line_ends_of_the_network() {
        let mut pump = Pump::new(1, Handle(1), 0, Some(4), None, true);
        assert!(Pump::new(1, Handle(1), 0, None, None, true).wanted(0) <= Some(BLOCK_SIZE / 2));
        let mut block = Blocks::default().take();
        block.append(b"a\n\r\n");
        let wanted = pump.wanted(0).unwrap();
        pump.ask(wanted);
        pump.answered(&mut block, wanted);
        assert_eq!(block.as_slice(), b"a\r\n\r\n");
        pump.sent(5);
        assert_eq!(pump.result(), Some((5, Checksum::of(b"a\r\n\r\n"))));
    }
}
