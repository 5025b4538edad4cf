//! [`Text`]: a text for a reader of lines, of at most so many bytes: what a terminal would obey is
//! escaped, and what is too long is cut and says so. It is made piece by piece: what is cut off is
//! counted and never kept.

use std::fmt::{self, Write};

/// Room for the note that says how long the whole was.
const NOTE: usize = 48;

/// A text that is being written.
#[derive(Debug)]
pub struct Text {
    kept: String,
    most: usize,
    /// Where it is cut if more comes than there is room for: behind a whole escape, with room for
    /// the note.
    cut: usize,
    /// Bytes that were written, without the escapes.
    whole: usize,
    is_cut: bool,
}

impl Text {
    /// An empty text, which will have at most `most` bytes, those of the note included.
    pub fn new(most: usize) -> Self {
        Self {
            kept: String::new(),
            most: most.max(NOTE),
            cut: 0,
            whole: 0,
            is_cut: false,
        }
    }

    /// The text, with a note if it was cut.
    pub fn finish(mut self) -> String {
        if self.is_cut {
            // Writing to a string cannot fail.
            let _ = write!(self.kept, "… ({} bytes in all)", self.whole);
        }
        self.kept
    }

    /// Adds one character, or its escape. False: there is no room for it.
    fn add(&mut self, character: char) -> bool {
        let begin = self.kept.len();
        if is_invisible(character) {
            self.kept.extend(character.escape_unicode());
        } else if character.is_control() {
            self.kept.extend(character.escape_default());
        } else {
            self.kept.push(character);
        }
        if self.kept.len() > self.most {
            self.kept.truncate(self.cut.min(begin));
            return false;
        }
        if self.kept.len() <= self.most - NOTE {
            self.cut = self.kept.len();
        }
        true
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.whole = self.whole.saturating_add(text.len());
        self.is_cut = self.is_cut || !text.chars().all(|character| self.add(character));
        // Formatting goes on, so that the note says how much there was.
        Ok(())
    }
}

/// Whether a character reorders a line or cannot be seen in it, and is no control character.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(most: usize, pieces: &[&str]) -> String {
        let mut text = Text::new(most);
        for piece in pieces {
            text.write_str(piece).unwrap();
        }
        text.finish()
    }

    #[test]
    fn nothing_begins_a_line_or_controls_a_terminal() {
        assert_eq!(
            shown(100, &["a\nb\u{1b}[2J\u{9b}"]),
            "a\\nb\\u{1b}[2J\\u{9b}"
        );
        assert_eq!(
            shown(100, &["exe.\u{202e}cod\u{2028}"]),
            "exe.\\u{202e}cod\\u{2028}"
        );
        assert_eq!(shown(100, &["Grüße ", "transfer=7"]), "Grüße transfer=7");
    }

    #[test]
    fn a_long_text_is_cut_between_escapes_and_says_how_long_it_was() {
        let full = "x".repeat(100);
        assert_eq!(shown(100, &[&full]), full);
        for (piece, escaped) in [("x", "x"), ("ä", "ä"), ("\u{1b}", "\\u{1b}"), ("\n", "\\n")] {
            for count in [101, 5000] {
                let cut = shown(100, &vec![piece; count]);
                assert!(cut.len() <= 100, "{cut}");
                let (kept, note) = cut.split_once('…').unwrap();
                assert_eq!(note, format!(" ({} bytes in all)", piece.len() * count));
                assert_eq!(kept.replace(escaped, ""), "", "{cut}");
                assert!(kept.len() > 100 - NOTE - escaped.len(), "{cut}");
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_not_kept() {
        let mut text = Text::new(100);
        for _ in 0..1000 {
            write!(text, "{:?}", "\u{1b}".repeat(1000)).unwrap();
        }
        assert!(text.kept.capacity() < 1000, "{}", text.kept.capacity());
        assert!(text.finish().ends_with(" bytes in all)"));
    }
}
