//! [`Visible`]: whatever is written through it to a terminal is shown, and never controls the terminal.
//! Control characters, those that reorder or hide text, and bytes that are not UTF-8 become escapes;
//! line ends and tabs stay.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::mem;

use crate::text::is_hidden;

/// Longest begin of a character or line end whose rest may come with the next bytes.
const LONGEST_BEGIN: usize = 3;

/// Shows bytes on a terminal.
pub struct Visible<W: Write> {
    terminal: W,
    /// The begin of a character, or a CR that may belong to a line end.
    begin: Vec<u8>,
}

impl<W: Write> Visible<W> {
    /// Shows what is written on this terminal.
    pub fn new(terminal: W) -> Self {
        Self {
            terminal,
            begin: Vec::new(),
        }
    }

    /// Shows what waited for its rest, which does not come.
    pub fn finish(&mut self) -> io::Result<()> {
        let begin = mem::take(&mut self.begin);
        self.terminal.write_all(shown(&begin).as_bytes())?;
        self.terminal.flush()
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = mem::take(&mut self.begin);
        all.extend_from_slice(bytes);
        self.begin = all.split_off(whole(&all));
        self.terminal.write_all(shown(&all).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

/// How many of the bytes can be shown without those that follow.
fn whole(bytes: &[u8]) -> usize {
    if bytes.last() == Some(&b'\r') {
        return bytes.len() - 1;
    }
    for length in 1..=LONGEST_BEGIN.min(bytes.len()) {
        let (before, tail) = bytes.split_at(bytes.len() - length);
        let unfinished =
            |error: std::str::Utf8Error| error.valid_up_to() == 0 && error.error_len().is_none();
        if std::str::from_utf8(tail).is_err_and(unfinished) {
            return before.len();
        }
    }
    bytes.len()
}

/// The bytes as text that a terminal only shows.
pub fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut characters = chunk.valid().chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\n' | '\t' => text.push(c),
                '\r' if characters.peek() == Some(&'\n') => {}
                c if is_hidden(c) => text.extend(c.escape_unicode()),
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        let all: Vec<u8> = (0..=255).collect();
        for c in shown(&all).chars() {
            assert!(!is_hidden(c) || matches!(c, '\n' | '\t'), "{c:?}");
        }
        assert_eq!(
            shown(b"\x1b[31mred\r\n\tx\rover\xe4\xff\n"),
            "\\u{1b}[31mred\n\tx\\u{d}over\\xe4\\xff\n"
        );
        assert_eq!(shown("Grüße \u{202e}".as_bytes()), "Grüße \\u{202e}");
    }

    #[test]
    fn it_does_not_matter_where_the_bytes_are_cut() {
        let bytes = "ä€𝄞\r\na\rb\u{9b}".as_bytes();
        let bytes = [bytes, b"\xe2\x82", b"x\xf0\x9f\xf0\x9f"].concat();
        let expected = shown(&bytes);
        for step in 1..6 {
            let mut out = Vec::new();
            let mut visible = Visible::new(&mut out);
            for part in bytes.chunks(step) {
                visible.write_all(part).unwrap();
            }
            visible.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{step}");
        }
    }
}
