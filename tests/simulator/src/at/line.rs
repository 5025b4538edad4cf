//! Collects one command line from single bytes: the end character S3, the backspace S5, `A/`,
//! and a bounded length (docs/module/at-serial.md §3).

/// Longest command line. The manual states none; two account strings of 255 bytes must fit.
pub(crate) const LIMIT: usize = 1024;

/// A complete input of the host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A line, without its end character; possibly empty.
    Line(Vec<u8>),
    /// `A/`: the last line again.
    Repeat,
    /// A line longer than [`LIMIT`].
    TooLong,
}

/// The line being typed.
#[derive(Debug, Default)]
pub(crate) struct LineReader {
    line: Vec<u8>,
    overflow: bool,
}

impl LineReader {
    /// Takes one byte; `end` and `erase` are S3 and S5.
    pub(crate) fn push(&mut self, byte: u8, end: u8, erase: u8) -> Option<Input> {
        if byte == end {
            let line = std::mem::take(&mut self.line);
            return Some(if std::mem::take(&mut self.overflow) {
                Input::TooLong
            } else {
                Input::Line(line)
            });
        }
        if byte == erase {
            self.line.pop();
        } else if byte == b'\n' {
            // A line feed after the carriage return is harmless (docs/module/at-ftp.md §1.1).
        } else if self.line.len() == LIMIT {
            self.overflow = true;
        } else {
            self.line.push(byte);
        }
        if self.line.eq_ignore_ascii_case(b"A/") {
            self.line.clear();
            return Some(Input::Repeat);
        }
        None
    }

    /// Forgets what was typed.
    pub(crate) fn clear(&mut self) {
        self.line.clear();
        self.overflow = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{Input, LIMIT, LineReader};

    fn typed(bytes: &[u8]) -> Vec<Input> {
        let mut reader = LineReader::default();
        bytes
            .iter()
            .filter_map(|&byte| reader.push(byte, b'\r', 8))
            .collect()
    }

    #[test]
    fn lines_backspace_and_line_feeds() {
        assert_eq!(
            typed(b"AX\x08T\r\nATI\r"),
            [Input::Line(b"AT".to_vec()), Input::Line(b"ATI".to_vec())]
        );
        assert_eq!(typed(b"\r"), [Input::Line(vec![])]);
    }

    #[test]
    fn a_slash_needs_no_end() {
        assert_eq!(
            typed(b"AT\ra/"),
            [Input::Line(b"AT".to_vec()), Input::Repeat]
        );
    }

    #[test]
    fn an_overlong_line_is_reported_once_at_its_end() {
        let mut bytes = vec![b'x'; LIMIT + 5];
        bytes.extend(b"\rAT\r");
        assert_eq!(typed(&bytes), [Input::TooLong, Input::Line(b"AT".to_vec())]);
    }
}
