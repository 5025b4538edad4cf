//! The content of the file: texts that look like answers of a modem, then every byte value.

/// Texts of the AT protocol; in a file they are data.
const AT_TEXTS: &[u8] = b"\r\nOK\r\n+++\r\nNO CARRIER\r\n+QFTPGET: 0,5\r\n\0\x11\x13";

/// `length` bytes that begin with the texts of the AT protocol.
pub fn payload(length: usize) -> Vec<u8> {
    let rest = (0u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes());
    AT_TEXTS.iter().copied().chain(rest).take(length).collect()
}
