//! Line ends of ASCII type (RFC 959 §3.1.1.1), converted block by block.

/// LF to CR LF, for bytes that are sent.
#[derive(Default)]
pub(super) struct ToNetwork {
    after_cr: bool,
}

impl ToNetwork {
    pub(super) fn convert(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut converted = Vec::new();
        for &byte in bytes {
            if byte == b'\n' && !self.after_cr {
                converted.push(b'\r');
            }
            converted.push(byte);
            self.after_cr = byte == b'\r';
        }
        converted
    }
}

/// CR LF to LF, for bytes that were received.
#[derive(Default)]
pub(super) struct FromNetwork {
    /// The last byte was a CR, which may be the first half of a line end.
    held_cr: bool,
}

impl FromNetwork {
    pub(super) fn convert(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut converted = Vec::new();
        for &byte in bytes {
            if std::mem::take(&mut self.held_cr) && byte != b'\n' {
                converted.push(b'\r');
            }
            if byte == b'\r' {
                self.held_cr = true;
            } else {
                converted.push(byte);
            }
        }
        converted
    }

    /// What is left at the end.
    pub(super) fn finish(self) -> &'static [u8] {
        if self.held_cr { b"\r" } else { b"" }
    }
}
