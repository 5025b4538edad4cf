//! Names of local files in messages. A name that is not UTF-8 is shown with `\xNN`, as no other name is.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

/// Stands in a message for the upper or lower half of a byte that is no text. Unicode keeps these
/// characters for the internal use of programs. With the escape itself in the message, its backslash
/// could not be told from one that is in a name, and would be doubled when it is printed.
fn half(first: char, value: u8) -> char {
    char::from_u32(u32::from(first) + u32::from(value)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

const UPPER: char = '\u{fdd0}';
const LOWER: char = '\u{fde0}';

/// The name of a local file, for a message.
pub fn local_name(name: &OsStr) -> String {
    let mut marked = String::new();
    let mark =
        |byte: u8, to: &mut String| to.extend([half(UPPER, byte >> 4), half(LOWER, byte & 15)]);
    for chunk in name.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match escape(c) {
                None => marked.push(c),
                // Not one of ours.
                Some(_) => c
                    .encode_utf8(&mut [0; 4])
                    .bytes()
                    .for_each(|byte| mark(byte, &mut marked)),
            }
        }
        chunk
            .invalid()
            .iter()
            .for_each(|byte| mark(*byte, &mut marked));
    }
    marked
}

/// What is printed for half of a byte that is no text.
pub fn escape(c: char) -> Option<String> {
    let value = |first| {
        u32::from(c)
            .checked_sub(u32::from(first))
            .filter(|value| *value < 16)
    };
    match (value(UPPER), value(LOWER)) {
        (Some(value), _) => Some(format!("\\x{value:x}")),
        (_, Some(value)) => Some(format!("{value:x}")),
        _ => None,
    }
}

/// A message for a program. If it has a name that is not UTF-8, each of its backslashes is doubled.
pub fn spelled(message: &str) -> Cow<'_, str> {
    if !message.contains(|c| escape(c).is_some()) {
        return message.into();
    }
    let mut spelled = String::new();
    for c in message.chars() {
        match (c, escape(c)) {
            (_, Some(escape)) => spelled.push_str(&escape),
            ('\\', _) => spelled.push_str("\\\\"),
            (c, _) => spelled.push(c),
        }
    }
    spelled.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::printable;

    #[test]
    fn local_names_that_are_not_utf_8_are_escaped_once() {
        for (name, printed, told) in [
            (&b"a.csv"[..], "a.csv", "a.csv"),
            (b"caf\xe9.csv", r"caf\xe9.csv", r"caf\xe9.csv"),
            (br"caf\xe9.csv", r"caf\\xe9.csv", r"caf\xe9.csv"),
            (b"a\\\xff", r"a\\\xff", r"a\\\xff"),
            (b"a\\b", r"a\\b", r"a\b"),
            ("\u{fdd0}".as_bytes(), r"\xef\xb7\x90", r"\xef\xb7\x90"),
        ] {
            let shown = local_name(OsStr::from_bytes(name));
            assert_eq!(printable(&shown), printed);
            assert_eq!(spelled(&shown), told);
        }
    }
}
