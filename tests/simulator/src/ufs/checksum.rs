//! The checksum of QFUPL and QFDWL (docs/module/at-file.md §3.6), computed incrementally.

use std::fmt;

/// 16-bit XOR of big-endian words; an odd last byte is the high byte of a word. Displayed as the
/// module prints it.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Checksum {
    sum: u16,
    odd: bool,
}

impl Checksum {
    /// Adds the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.sum ^= if self.odd {
                u16::from(byte)
            } else {
                u16::from(byte) << 8
            };
            self.odd = !self.odd;
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    #[test]
    fn matches_the_values_of_the_fact_sheet() {
        for (bytes, sum) in [
            (&b"1234567890"[..], "3938"),
            (b"abc", "262"),
            (b"A", "4100"),
            (b"Hello, BG96\r\n", "1053"),
        ] {
            for cut in 0..=bytes.len() {
                let mut checksum = Checksum::default();
                checksum.update(&bytes[..cut]);
                checksum.update(&bytes[cut..]);
                assert_eq!(checksum.to_string(), sum);
            }
        }
    }
}
