//! [`Lexer`]: bytes in command mode become lines, whatever the splits and line ends.
//! Memory is bounded: of an over-long line only the fact is kept.

/// Longest line that is kept, bytes. The longest that is meant to come is the echo of a
/// command line ([`LINE_MAX`](super::command::LINE_MAX)).
pub(crate) const LINE_LIMIT: usize = 1024;

/// A finished line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReceivedLine {
    /// Not empty; bytes that are not UTF-8 became U+FFFD.
    Text(String),
    /// A line of this many bytes, more than [`LINE_LIMIT`].
    Overlong(usize),
}

/// Splits at CR and at LF alike, and passes over empty lines and NUL, which lines
/// carry as filler (S9 in docs/module/quirks.md). So `AT␍␍␊OK␍␊`, `␍␊OK␍␊␍␊+X: 1␍␊` and `␊OK␍` need no rules.
#[derive(Debug, Default)]
pub(crate) struct Lexer {
    line: Vec<u8>,
    length: usize,
}

impl Lexer {
    /// Takes a byte; returns the line it ends.
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

    /// Forgets the line that has begun.
    pub(crate) fn clear(&mut self) {
        self.line.clear();
        self.length = 0;
    }

    fn end(&mut self) -> Option<ReceivedLine> {
        let line = match self.length {
            0 => return None,
            length if length > LINE_LIMIT => ReceivedLine::Overlong(length),
            _ => ReceivedLine::Text(String::from_utf8_lossy(&self.line).into_owned()),
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
        ReceivedLine::Text(text.to_owned())
    }

    #[test]
    fn line_ends_of_all_kinds() {
        assert_eq!(lines(b"AT\r\r\nOK\r\n"), [text("AT"), text("OK")]);
        assert_eq!(lines(b"\nOK\r+X: 1\n\n\n"), [text("OK"), text("+X: 1")]);
        assert_eq!(lines(b"\r\nnot ended"), []);
    }

    #[test]
    fn filler_and_foreign_bytes() {
        assert_eq!(lines(b"\0\0R\0DY\r\n"), [text("RDY")]);
        assert_eq!(lines(b"\0\r\n"), []);
        assert_eq!(lines(b"caf\xe9\r\n"), [text("caf\u{fffd}")]);
    }

    #[test]
    fn over_long_lines_keep_the_fact_only() {
        let mut bytes = vec![b'x'; LINE_LIMIT];
        bytes.extend(b"\r\n");
        assert_eq!(lines(&bytes), [text(&"x".repeat(LINE_LIMIT))]);
        let mut bytes = vec![b'x'; 100_000];
        bytes.extend(b"\r\nOK\r\n");
        assert_eq!(lines(&bytes), [ReceivedLine::Overlong(100_000), text("OK")]);
    }
}
