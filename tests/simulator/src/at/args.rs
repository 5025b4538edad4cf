//! Parameters of an extended command: quoted strings, unquoted words, or empty ones. Blanks around
//! a parameter are accepted, because the FTP manual's examples have them
//! (docs/module/at-ftp.md §1.1).

use std::ops::RangeInclusive;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Arg {
    /// Empty, as in `1,,3`.
    Empty,
    /// A string in double quotes, without them.
    Text(Vec<u8>),
    /// Unquoted: a number, a hexadecimal number or a word.
    Bare(Vec<u8>),
}

/// The parameters of one command, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Args(Vec<Arg>);

impl Args {
    /// Splits the text after the `=`. `None` if a closing quote is missing or is not followed by a
    /// comma.
    pub(crate) fn parse(mut input: &[u8]) -> Option<Self> {
        let mut args = Vec::new();
        loop {
            input = input.trim_ascii_start();
            let (arg, rest) = match input.split_first() {
                Some((b'"', body)) => {
                    let end = body.iter().position(|&byte| byte == b'"')?;
                    let (text, rest) = body.split_at_checked(end)?;
                    (Arg::Text(text.to_vec()), rest.get(1..)?)
                }
                _ => {
                    let end = input
                        .iter()
                        .position(|&byte| byte == b',')
                        .unwrap_or(input.len());
                    let (word, rest) = input.split_at_checked(end)?;
                    let word = word.trim_ascii_end();
                    let arg = if word.is_empty() {
                        Arg::Empty
                    } else {
                        Arg::Bare(word.to_vec())
                    };
                    (arg, rest)
                }
            };
            args.push(arg);
            match rest.trim_ascii_start().split_first() {
                None => return Some(Self(args)),
                Some((b',', rest)) => input = rest,
                Some(_) => return None,
            }
        }
    }

    /// The number of parameters, including empty ones.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the parameter is missing or empty.
    pub(crate) fn is_absent(&self, index: usize) -> bool {
        matches!(self.0.get(index), None | Some(Arg::Empty))
    }

    /// A quoted string as bytes.
    pub(crate) fn bytes(&self, index: usize) -> Option<&[u8]> {
        match self.0.get(index) {
            Some(Arg::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A quoted string of at most `limit` bytes, if it is UTF-8.
    pub(crate) fn text(&self, index: usize, limit: usize) -> Option<&str> {
        let bytes = self.bytes(index).filter(|bytes| bytes.len() <= limit)?;
        str::from_utf8(bytes).ok()
    }

    /// A string with or without quotes (the PIN: docs/module/at-network.md §2).
    pub(crate) fn word(&self, index: usize) -> Option<&str> {
        match self.0.get(index)? {
            Arg::Text(bytes) | Arg::Bare(bytes) => str::from_utf8(bytes).ok(),
            Arg::Empty => None,
        }
    }

    /// An unquoted decimal number.
    pub(crate) fn number(&self, index: usize) -> Option<u64> {
        match self.0.get(index)? {
            Arg::Bare(digits) if digits.iter().all(u8::is_ascii_digit) => {
                str::from_utf8(digits).ok()?.parse().ok()
            }
            _ => None,
        }
    }

    /// An unquoted decimal number within `range`.
    pub(crate) fn within(&self, index: usize, range: RangeInclusive<u64>) -> Option<u64> {
        self.number(index).filter(|value| range.contains(value))
    }

    /// An optional number: `Some(default)` if absent, `None` if present but not within `range`.
    pub(crate) fn within_or(
        &self,
        index: usize,
        range: RangeInclusive<u64>,
        default: u64,
    ) -> Option<u64> {
        if self.is_absent(index) {
            Some(default)
        } else {
            self.within(index, range)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    #[test]
    fn splits_strings_words_and_empty_parameters() {
        let args = Args::parse(br#""a,b" , 12,,0xFFFF,"""#).unwrap();
        assert_eq!(args.len(), 5);
        assert_eq!(args.bytes(0), Some(&b"a,b"[..]));
        assert_eq!(args.number(1), Some(12));
        assert!(args.is_absent(2));
        assert_eq!(args.word(3), Some("0xFFFF"));
        assert_eq!(args.number(3), None);
        assert_eq!(args.bytes(4), Some(&b""[..]));
        assert!(args.is_absent(5));
    }

    #[test]
    fn rejects_misplaced_quotes() {
        assert_eq!(Args::parse(br#""open"#), None);
        assert_eq!(Args::parse(br#""a"b"#), None);
    }

    #[test]
    fn checks_ranges_and_applies_defaults() {
        let args = Args::parse(b"5,99").unwrap();
        assert_eq!(args.within(0, 1..=16), Some(5));
        assert_eq!(args.within(1, 1..=16), None);
        assert_eq!(args.within_or(2, 0..=1, 7), Some(7));
        assert_eq!(args.within_or(1, 0..=1, 7), None);
    }
}
