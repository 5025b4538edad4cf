//! [`AckBlock`]: one block of a disk that holds the last line written to it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;

/// Size of the block; direct I/O needs memory and offset aligned to the disk's sectors.
const SIZE: usize = 4096;

#[repr(align(4096))]
struct Aligned([u8; SIZE]);

/// A block of a disk. Each write replaces its content, without a cache and without a flush of the
/// disk: the order of the disk's writes tells what was acknowledged before what, and nothing else
/// becomes durable by it.
pub struct AckBlock {
    disk: File,
    offset: u64,
    block: Box<Aligned>,
}

impl AckBlock {
    /// The block of a disk at an offset in bytes.
    pub fn open(disk: &Path, offset: u64) -> io::Result<Self> {
        Ok(Self {
            disk: OpenOptions::new()
                .write(true)
                .custom_flags(OFlag::O_DIRECT.bits())
                .open(disk)?,
            offset,
            block: Box::new(Aligned([0; SIZE])),
        })
    }
}

impl Write for AckBlock {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.block.0.fill(0);
        self.block
            .0
            .get_mut(..line.len())
            .ok_or(io::ErrorKind::InvalidInput)?
            .copy_from_slice(line);
        self.disk.write_all_at(&self.block.0, self.offset)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
