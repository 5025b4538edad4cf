//! [`Lexer`]: splits the bytes received in command mode into lines, however they are split over
//! reads and whatever the line ends. Memory is bounded: of an over-long line only the length is
//! kept.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Longest line that is kept, in bytes. The longest one expected is the echo of a command line
/// ([`LINE_MAX`](super::command::LINE_MAX)).
pub(crate) const LINE_LIMIT: usize = 1024;

/// A complete line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReceivedLine {
    /// A line that is not empty; bytes that are not UTF-8 are replaced by U+FFFD.
    Text(Zeroizing<String>),
    /// A line of this many bytes, more than [`LINE_LIMIT`].
    Overlong(usize),
}

/// Splits at CR and at LF. Skips empty lines, and NUL, which appears as filler
/// (docs/module/quirks.md S9). So `AT␍␍␊OK␍␊`, `␍␊OK␍␊␍␊+X: 1␍␊` and `␊OK␍` need no special cases.
///
/// A line may be the echo of a password, so it is wiped, and `Debug` shows none of it.
pub(crate) struct Lexer {
    /// Never grows beyond the capacity it begins with, so that no copy is left in memory.
    line: Zeroizing<Vec<u8>>,
    length: usize,
}

impl Default for Lexer {
    fn default() -> Self {
        Self {
            line: Zeroizing::new(Vec::with_capacity(LINE_LIMIT)),
            length: 0,
        }
    }
}

impl fmt::Debug for Lexer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a line of {} bytes", self.length)
    }
}

impl Lexer {
    /// Adds a byte; returns the line that it ends.
    pub(crate) fn push(&mut self, byte: u8) -> Option<ReceivedLine> {
        match byte {
            b'\r' | b'\n' => self.end(),
            0 => None,
            _ => {
                self.length = self.length.saturating_add(1);
                if self.line.len() < LINE_LIMIT {
                    self.line.push(byte);
                }
                None
            }
        }
    }

    /// Whether the next byte is the first of a line.
    pub(crate) fn is_at_start(&self) -> bool {
        self.length == 0
    }

    /// Discards the incomplete line.
    pub(crate) fn clear(&mut self) {
        // Wipes the bytes and keeps the capacity.
        self.line.zeroize();
        self.length = 0;
    }

    fn end(&mut self) -> Option<ReceivedLine> {
        let line = match self.length {
            0 => return None,
            length if length > LINE_LIMIT => ReceivedLine::Overlong(length),
            _ => ReceivedLine::Text(String::from_utf8_lossy(&self.line).into_owned().into()),
        };
        self.clear();
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<ReceivedLine> {
        let mut lexer = Lexer::default();
        bytes.iter().filter_map(|byte| lexer.push(*byte)).collect()
    }

    fn text(text: &str) -> ReceivedLine {
        ReceivedLine::Text(text.to_owned().into())
    }

    #[test]
    fn line_ends_of_all_kinds() {
        assert_eq!(lines(b"AT\r\r\nOK\r\n"), [text("AT"), text("OK")]);
        assert_eq!(lines(b"\nOK\r+X: 1\n\n\n"), [text("OK"), text("+X: 1")]);
        assert_eq!(lines(b"\r\nnot ended"), []);
    }

    #[test]
    fn nul_and_bytes_that_are_not_utf_8() {
        assert_eq!(lines(b"\0\0R\0DY\r\n"), [text("RDY")]);
        assert_eq!(lines(b"\0\r\n"), []);
        assert_eq!(lines(b"caf\xe9\r\n"), [text("caf\u{fffd}")]);
    }

    #[test]
    fn of_over_long_lines_only_the_length_is_kept() {
        let mut bytes = vec![b'x'; LINE_LIMIT];
        bytes.extend(b"\r\n");
        assert_eq!(lines(&bytes), [text(&"x".repeat(LINE_LIMIT))]);
        let mut bytes = vec![b'x'; 100_000];
        bytes.extend(b"\r\nOK\r\n");
        assert_eq!(lines(&bytes), [ReceivedLine::Overlong(100_000), text("OK")]);
    }
}
