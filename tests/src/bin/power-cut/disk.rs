//! [`Disk`]: the content of a disk.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Size of a block in bytes: what a drive writes whole or not at all. ext4 relies on that for each of
/// its blocks (a commit block of its journal that is torn makes it refuse to mount); the frames in
/// the log of SQLite are not aligned to blocks.
pub const BLOCK: usize = 4096;

/// The content of a disk.
#[derive(Clone)]
pub struct Disk(Vec<u8>);

impl Disk {
    pub const fn of(content: Vec<u8>) -> Self {
        Self(content)
    }

    pub const fn size(&self) -> usize {
        self.0.len()
    }

    pub fn write(&mut self, offset: usize, data: &[u8]) -> Result<(), String> {
        self.0
            .get_mut(offset..offset + data.len())
            .ok_or("a write behind the end of the disk")?
            .copy_from_slice(data);
        Ok(())
    }

    /// Writes only those blocks for which `is_written` says so.
    pub fn write_torn(
        &mut self,
        offset: usize,
        data: &[u8],
        mut is_written: impl FnMut() -> bool,
    ) -> Result<(), String> {
        for (number, block) in data.chunks(BLOCK).enumerate() {
            if is_written() {
                self.write(offset + number * BLOCK, block)?;
            }
        }
        Ok(())
    }

    /// Writes the content to a file as the disk with this number. Blocks of zeros become holes.
    pub fn save(&self, file: &File, number: usize) -> io::Result<()> {
        let begin = number * self.size();
        file.set_len((begin + self.size()) as u64)?;
        for (block, data) in self.0.chunks(BLOCK).enumerate() {
            if data.iter().any(|byte| *byte != 0) {
                file.write_all_at(data, (begin + block * BLOCK) as u64)?;
            }
        }
        Ok(())
    }
}
