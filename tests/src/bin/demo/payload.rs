//! The file that travels: everything a modem could mistake for an answer, then every byte.

/// What may not be searched for in data, because a file may hold it.
const TRAPS: &[u8] = b"\r\nOK\r\n+++\r\nNO CARRIER\r\n+QFTPGET: 0,5\r\n\0\x11\x13";

/// `length` bytes that begin with the traps.
pub fn payload(length: usize) -> Vec<u8> {
    let rest = (0u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes());
    TRAPS.iter().copied().chain(rest).take(length).collect()
}
