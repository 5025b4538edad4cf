//! [`ReadAhead`]: which bytes of a source are to be read next, and when all of them were sent. At
//! most two blocks are read ahead of the serial port, so memory use does not depend on the file's
//! size.

use modem_ftp_core::at::checksum::Checksum;

use crate::files::{BLOCK_SIZE, Block, Extent, ToNetwork};

/// Most payload that is read ahead: one block is sent while the next is read.
const LIMIT: usize = 2 * BLOCK_SIZE;

/// The progress of one copy.
#[derive(Debug)]
pub struct ReadAhead {
    /// Offset of the next byte to read.
    offset: u64,
    /// Bytes still to be read; `None`: until the end of the source.
    left: Option<u64>,
    window: Option<u64>,
    /// Bytes that the windows granted so far still allow to be read.
    granted: u64,
    /// Bytes requested from the disk thread.
    asked: usize,
    /// Converts line ends, for the ASCII type.
    text: Option<ToNetwork>,
    spare: Vec<u8>,
    checksum: Checksum,
    /// Bytes queued for sending so far, after conversion.
    queued: u64,
    sent: u64,
    /// Whether the last byte was read.
    at_end: bool,
}

impl ReadAhead {
    /// See [`Output::Pump`](modem_ftp_core::api::output::Output::Pump).
    pub fn new(offset: u64, length: Option<u64>, window: Option<u32>, text: bool) -> Self {
        let window = window.map(u64::from);
        Self {
            offset,
            left: length,
            window,
            granted: window.unwrap_or(u64::MAX),
            asked: 0,
            text: text.then(ToNetwork::default),
            spare: Vec::new(),
            checksum: Checksum::new(),
            queued: 0,
            sent: 0,
            at_end: length == Some(0),
        }
    }

    /// Allows another window to be read.
    pub fn grant(&mut self) {
        if let Some(window) = self.window {
            self.granted = self.granted.saturating_add(window);
        }
    }

    /// How many bytes to read next while `unsent` bytes are queued; `None`: none now.
    pub fn wanted(&self, unsent: usize) -> Option<usize> {
        if self.at_end || unsent + self.asked + BLOCK_SIZE > LIMIT {
            return None;
        }
        let limit = self.left.unwrap_or(u64::MAX).min(self.granted);
        // Conversion doubles a block that consists of line ends only.
        let most = if self.text.is_some() {
            BLOCK_SIZE / 2
        } else {
            BLOCK_SIZE
        };
        let length = usize::try_from(limit).unwrap_or(most).min(most);
        (length > 0).then_some(length)
    }

    /// Which bytes to request from the disk thread if `length` bytes are to be read.
    pub fn ask(&mut self, length: usize) -> Extent {
        let extent = Extent {
            offset: self.offset,
            length,
            exact: self.left.is_some(),
        };
        self.asked += length;
        self.advance(length);
        extent
    }

    /// Prepares the block read after [`ReadAhead::ask`] for sending. `length` bytes were asked for;
    /// fewer were read only at the end of the source.
    pub fn answered(&mut self, block: &mut Block, length: usize) {
        self.asked = self.asked.saturating_sub(length);
        self.at_end |= block.len() < length;
        self.prepare(block);
    }

    /// Prepares a block read from a pipe for sending; an empty one means the end of the source.
    pub fn read_from_pipe(&mut self, block: &mut Block) {
        self.advance(block.len());
        self.at_end |= block.is_empty();
        self.prepare(block);
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

    fn prepare(&mut self, block: &mut Block) {
        if let Some(text) = &mut self.text {
            block.rewrite(&mut self.spare, |bytes, out| text.convert(bytes, out));
        }
        self.checksum.update(block.as_slice());
        self.queued += block.len() as u64;
        if self.left == Some(0) && self.asked == 0 {
            self.at_end = true;
        }
    }

    /// The serial port has accepted so many bytes.
    pub fn sent(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// Whether everything read so far was sent, and more is to come.
    pub fn is_dry(&self) -> bool {
        !self.at_end && self.sent == self.queued
    }

    /// Whether the disk thread is to read more.
    pub fn has_asked(&self) -> bool {
        self.asked > 0
    }

    /// Number of bytes and checksum, once the serial port has accepted the last byte.
    pub fn result(&self) -> Option<(u64, u16)> {
        (self.at_end && self.asked == 0 && self.sent == self.queued)
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

    /// Reads and sends everything; returns the lengths of the blocks.
    fn run(copy: &mut ReadAhead, source: u64) -> Vec<usize> {
        let mut lengths = Vec::new();
        while let Some(wanted) = copy.wanted(0) {
            let extent = copy.ask(wanted);
            let there = source.saturating_sub(extent.offset).min(wanted as u64);
            let there = usize::try_from(there).unwrap();
            copy.answered(&mut block(there), wanted);
            copy.sent(there as u64);
            lengths.push(there);
        }
        lengths
    }

    #[test]
    fn exactly_the_known_length_is_read() {
        let mut copy = ReadAhead::new(100, Some(2 * FULL + 1), None, false);
        assert_eq!(copy.result(), None);
        assert_eq!(run(&mut copy, u64::MAX), [BLOCK_SIZE, BLOCK_SIZE, 1]);
        let sum = Checksum::of(&vec![b'x'; 2 * BLOCK_SIZE + 1]);
        assert_eq!(copy.result(), Some((2 * FULL + 1, sum)));
        let nothing = ReadAhead::new(0, Some(0), None, false);
        assert_eq!((nothing.wanted(0), nothing.result()), (None, Some((0, 0))));
    }

    #[test]
    fn an_unknown_length_ends_at_the_end_of_the_source() {
        let mut copy = ReadAhead::new(0, None, None, false);
        assert_eq!(run(&mut copy, FULL), [BLOCK_SIZE, 0]);
        assert_eq!(copy.result().unwrap().0, FULL);
        let mut pipe = ReadAhead::new(0, None, None, false);
        pipe.read_from_pipe(&mut block(3));
        pipe.sent(3);
        assert_eq!(pipe.result(), None);
        pipe.read_from_pipe(&mut block(0));
        assert_eq!(pipe.result(), Some((3, Checksum::of(b"xxx"))));
    }

    #[test]
    fn at_most_two_blocks_are_read_ahead() {
        let mut copy = ReadAhead::new(0, Some(10 * FULL), None, false);
        assert_eq!(copy.wanted(0), Some(BLOCK_SIZE));
        copy.ask(BLOCK_SIZE);
        assert_eq!(copy.wanted(0), Some(BLOCK_SIZE));
        copy.ask(BLOCK_SIZE);
        assert_eq!(copy.wanted(0), None);
        copy.answered(&mut block(BLOCK_SIZE), BLOCK_SIZE);
        assert_eq!(
            copy.wanted(BLOCK_SIZE),
            None,
            "one is asked for, one is unsent"
        );
        assert_eq!(copy.wanted(0), Some(BLOCK_SIZE));
    }

    #[test]
    fn each_window_has_to_be_granted() {
        let mut copy = ReadAhead::new(0, Some(2500), Some(1024), false);
        assert_eq!(run(&mut copy, u64::MAX), [1024]);
        assert_eq!(copy.result(), None);
        copy.grant();
        assert_eq!(run(&mut copy, u64::MAX), [1024]);
        copy.grant();
        assert_eq!(run(&mut copy, u64::MAX), [452]);
        assert_eq!(copy.result().unwrap().0, 2500);
    }

    #[test]
    fn the_copy_ends_when_the_last_byte_was_sent() {
        let mut copy = ReadAhead::new(0, Some(10), None, false);
        let extent = copy.ask(10);
        assert!(extent.exact);
        copy.answered(&mut block(10), 10);
        copy.sent(9);
        assert_eq!(copy.result(), None);
        copy.sent(1);
        assert!(copy.result().is_some());
    }

    #[test]
    fn text_is_converted_to_cr_lf() {
        let mut copy = ReadAhead::new(0, Some(4), None, true);
        assert!(ReadAhead::new(0, None, None, true).wanted(0) <= Some(BLOCK_SIZE / 2));
        let mut block = Blocks::default().take();
        block.append(b"a\n\r\n");
        let wanted = copy.wanted(0).unwrap();
        copy.ask(wanted);
        copy.answered(&mut block, wanted);
        assert_eq!(block.as_slice(), b"a\r\n\r\n");
        copy.sent(5);
        assert_eq!(copy.result(), Some((5, Checksum::of(b"a\r\n\r\n"))));
    }
}
