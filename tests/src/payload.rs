//! The content of test files: texts of the AT protocol, then every byte value.

/// Texts that end an answer or data mode; in a file they are data.
const AT_TEXTS: &[u8] = b"\r\nOK\r\n+++\0\x11\x13NO CARRIER\r\n+QFTPGET: 0,5\r\nCONNECT\r\n";

/// `length` bytes that begin with the texts of the AT protocol.
#[must_use]
pub fn payload(length: usize) -> Vec<u8> {
    let rest = (0u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes());
    AT_TEXTS.iter().copied().chain(rest).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_has_every_byte_value() {
        let bytes = payload(5000);
        assert_eq!(bytes.len(), 5000);
        assert!(bytes.starts_with(AT_TEXTS));
        assert!((0..=255).all(|value| bytes.contains(&value)));
        assert_eq!(payload(3), AT_TEXTS[..3]);
    }
}
