//! [`Block`]: a buffer of payload between a local file and the serial port. Blocks are reused, so a
//! transfer of any size allocates only a few of them.

/// Bytes in a full block.
pub const BLOCK_SIZE: usize = 16 * 1024;
/// How many idle blocks are kept.
const KEPT: usize = 8;

/// At most [`BLOCK_SIZE`] bytes.
#[derive(Debug)]
pub struct Block(Vec<u8>);

impl Block {
    /// The bytes in it.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no byte can be appended.
    pub fn is_full(&self) -> bool {
        self.0.len() >= BLOCK_SIZE
    }

    /// Appends as many of `bytes` as there is room for and returns the rest.
    pub fn append<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let room = BLOCK_SIZE - self.0.len().min(BLOCK_SIZE);
        let (taken, left) = bytes.split_at(room.min(bytes.len()));
        self.0.extend_from_slice(taken);
        left
    }

    /// Makes the block `length` bytes long (at most [`BLOCK_SIZE`]) and returns its bytes, to be
    /// overwritten.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        self.0.resize(length.min(BLOCK_SIZE), 0);
        &mut self.0
    }

    /// Replaces the bytes by what `change` appends to an empty vector, for which `spare` is used.
    pub fn rewrite(&mut self, spare: &mut Vec<u8>, change: impl FnOnce(&[u8], &mut Vec<u8>)) {
        spare.clear();
        change(&self.0, spare);
        std::mem::swap(&mut self.0, spare);
    }

    /// Keeps the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }
}

/// The blocks that are not in use.
#[derive(Debug, Default)]
pub struct Blocks(Vec<Block>);

impl Blocks {
    /// An empty block.
    pub fn take(&mut self) -> Block {
        let mut block = self
            .0
            .pop()
            .unwrap_or_else(|| Block(Vec::with_capacity(BLOCK_SIZE)));
        block.truncate(0);
        block
    }

    /// Keeps a block for reuse.
    pub fn give(&mut self, block: Block) {
        if self.0.len() < KEPT {
            self.0.push(block);
        }
    }
}
