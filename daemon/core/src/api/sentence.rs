//! [`Sentence`]: the text of an error, in one line of at most 1 KB. Error texts quote what callers,
//! servers, the module and the disk have sent, and go out in replies, properties, receipts and log
//! lines: however much there was to quote, none of these becomes too large to be sent or kept.

use std::fmt;
use std::ops::Deref;

use super::one_line::one_line;

/// Longest sentence, bytes.
pub const LONGEST: usize = 1024;
/// So much of a longer text is kept; the rest is for the note that says how much was cut.
const KEPT: usize = LONGEST - 64;

/// The text of an error, of at most [`LONGEST`] bytes. A longer one is cut, and says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Sentence(String);

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        let mut text = one_line(text);
        if text.len() > LONGEST {
            let all = text.len();
            let mut end = KEPT;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            // The memory of the long text is given back.
            text.shrink_to(LONGEST);
            let cut = all - text.len();
            text.push_str(&format!("… ({cut} bytes cut)"));
        }
        Self(text)
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<Sentence> for String {
    fn from(sentence: Sentence) -> Self {
        sentence.0
    }
}

impl Deref for Sentence {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Sentence {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Sentence {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Sentence {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Sentence {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_how_much() {
        let whole = "x".repeat(LONGEST);
        assert_eq!(Sentence::from(whole.clone()), whole);
        for long in [
            "x".repeat(LONGEST + 1),
            "ä".repeat(LONGEST),
            format!("x{}", "€".repeat(3_000_000)),
        ] {
            let cut = Sentence::from(long.clone());
            assert!(cut.len() <= LONGEST, "{}", cut.len());
            let (kept, note) = cut.split_once("… (").unwrap();
            assert!(long.starts_with(kept) && kept.len() > KEPT - 4);
            assert_eq!(note, format!("{} bytes cut)", long.len() - kept.len()));
        }
    }
}
