//! Assembles command lines from single bytes: handles the end character S3, the backspace S5 and
//! `A/`, and limits the length (docs/module/at-serial.md §3).

/// Longest command line in bytes. It is not documented, but QFTPCFG with two strings of 255 bytes
/// must fit.
pub(crate) const LIMIT: usize = 1024;

/// A complete input of the host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TypedLine {
    /// A line, without its end character; possibly empty.
    Line(Vec<u8>),
    /// `A/`: repeat the last line.
    Repeat,
    /// A line longer than [`LIMIT`].
    TooLong,
}

/// The command line received so far.
#[derive(Debug, Default)]
pub(crate) struct CommandLineReader {
    line: Vec<u8>,
    overflow: bool,
}

impl CommandLineReader {
    /// Processes one byte; `end` and `erase` are the values of S3 and S5.
    pub(crate) fn push(&mut self, byte: u8, end: u8, erase: u8) -> Option<TypedLine> {
        if byte == end {
            let line = std::mem::take(&mut self.line);
            return Some(if std::mem::take(&mut self.overflow) {
                TypedLine::TooLong
            } else {
                TypedLine::Line(line)
            });
        }
        if byte == erase {
            self.line.pop();
        } else if byte == b'\n' {
            // A line feed after the carriage return is ignored (docs/module/at-ftp.md §1.1).
        } else if self.line.len() == LIMIT {
            self.overflow = true;
        } else {
            self.line.push(byte);
        }
        if self.line.eq_ignore_ascii_case(b"A/") {
            self.line.clear();
            return Some(TypedLine::Repeat);
        }
        None
    }

    /// Discards the incomplete line.
    pub(crate) fn clear(&mut self) {
        self.line.clear();
        self.overflow = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{CommandLineReader, LIMIT, TypedLine};

    fn typed(bytes: &[u8]) -> Vec<TypedLine> {
        let mut reader = CommandLineReader::default();
        bytes
            .iter()
            .filter_map(|&byte| reader.push(byte, b'\r', 8))
            .collect()
    }

    #[test]
    fn handles_line_ends_backspace_and_line_feeds() {
        assert_eq!(
            typed(b"AX\x08T\r\nATI\r"),
            [
                TypedLine::Line(b"AT".to_vec()),
                TypedLine::Line(b"ATI".to_vec())
            ]
        );
        assert_eq!(typed(b"\r"), [TypedLine::Line(vec![])]);
    }

    #[test]
    fn a_slash_needs_no_end_character() {
        assert_eq!(
            typed(b"AT\ra/"),
            [TypedLine::Line(b"AT".to_vec()), TypedLine::Repeat]
        );
    }

    #[test]
    fn overlong_line_is_reported_once_at_its_end() {
        let mut bytes = vec![b'x'; LIMIT + 5];
        bytes.extend(b"\rAT\r");
        assert_eq!(
            typed(&bytes),
            [TypedLine::TooLong, TypedLine::Line(b"AT".to_vec())]
        );
    }
}
