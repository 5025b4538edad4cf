//! [`Checksum`]: the 16-bit XOR checksum of the module's file commands (docs/module/at-file.md
//! §3.6), over pieces of any size.

/// XOR of big-endian words; an odd last byte is the high byte of a word whose low byte is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checksum {
    sum: u16,
    odd: bool,
}

impl Checksum {
    /// The checksum of no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The checksum of one piece.
    pub fn of(bytes: &[u8]) -> u16 {
        let mut sum = Self::new();
        sum.update(bytes);
        sum.value()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let byte = u16::from(*byte);
            self.sum ^= if self.odd { byte } else { byte << 8 };
            self.odd = !self.odd;
        }
    }

    /// The checksum so far.
    pub fn value(self) -> u16 {
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    /// The rows of docs/module/at-file.md §3.6 that give their bytes.
    #[test]
    fn known_sums() {
        let rows: [(&[u8], u16); 5] = [
            (b"1234567890", 0x3938),
            (b"abc", 0x0262),
            (b"A", 0x4100),
            (b"Hello, BG96\r\n", 0x1053),
            (b"", 0),
        ];
        for (bytes, sum) in rows {
            assert_eq!(Checksum::of(bytes), sum, "{bytes:?}");
        }
    }

    #[test]
    fn the_size_of_the_pieces_does_not_matter() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1939).collect();
        for size in 1..40 {
            let mut sum = Checksum::new();
            bytes.chunks(size).for_each(|piece| sum.update(piece));
            assert_eq!(sum.value(), Checksum::of(&bytes));
        }
    }
}
