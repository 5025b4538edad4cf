//! The bytes of the files: no two sizes have the same beginning, and a size is used once, so that
//! the size says which upload a file is of.

/// The bytes of the file of this size.
pub fn content(size: usize) -> Vec<u8> {
    let mut state = (size as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(size).collect()
}
