//! Names of files as the bytes they are, through an interface that wants text: each byte is one character.

use std::io::{self, ErrorKind};

use suppaftp::Encoding;

/// Names as the bytes they are: each byte is one character.
#[derive(Debug)]
pub(super) struct Bytes;

impl Encoding for Bytes {
    fn decode(&self, bytes: &[u8]) -> String {
        text(bytes)
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        let byte = |c| u8::try_from(c).map_err(|_| ErrorKind::InvalidInput.into());
        text.chars().map(byte).collect()
    }
}

/// Bytes as [`Bytes`] has them.
pub(super) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
