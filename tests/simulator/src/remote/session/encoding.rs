//! Passes file names through suppaftp's text interface unchanged: each byte is one character
//! (U+0000 to U+00FF).

use std::io::{self, ErrorKind};

use suppaftp::Encoding;

/// The encoding in which each byte is one character.
#[derive(Debug)]
pub(super) struct ByteEncoding;

impl Encoding for ByteEncoding {
    fn decode(&self, bytes: &[u8]) -> String {
        text(bytes)
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        let byte = |c| u8::try_from(c).map_err(|_| ErrorKind::InvalidInput.into());
        text.chars().map(byte).collect()
    }
}

/// Decodes bytes as [`ByteEncoding`] does.
pub(super) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use suppaftp::Encoding;

    use super::ByteEncoding;

    #[test]
    fn every_byte_is_passed_unchanged() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = ByteEncoding.decode(&bytes);
        assert_eq!(ByteEncoding.encode(&text).unwrap(), bytes);
        assert!(ByteEncoding.encode("\u{100}").is_err());
    }
}
