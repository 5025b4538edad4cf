//! The module's user file storage (UFS, docs/module/at-file.md §1): file contents in a [`Storage`],
//! the size limit in 4 KB blocks, and the file handles of QFOPEN.

mod checksum;
pub mod folder;
mod handles;
pub mod memory;

pub(crate) use checksum::Checksum;
pub(crate) use handles::{Handles, OpenFile, OpenMode};

use std::io;

/// Stores the file contents. Names have been checked: no path separators, no control characters.
pub trait Storage: Send {
    /// All files with their sizes, in the order in which QFLST lists them.
    fn list(&self) -> io::Result<Vec<(String, u64)>>;
    /// The size of a file, or `None` if there is none.
    fn size(&self, name: &str) -> io::Result<Option<u64>>;
    /// Creates an empty file, or truncates an existing one to 0 bytes.
    fn create(&mut self, name: &str) -> io::Result<()>;
    /// Reads up to `count` bytes from `offset`; fewer only at the end of the file.
    fn read(&self, name: &str, offset: u64, count: usize) -> io::Result<Vec<u8>>;
    /// Writes at `offset`; the file grows as needed.
    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Truncates a file to `length` bytes.
    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()>;
    /// Deletes a file.
    fn remove(&mut self, name: &str) -> io::Result<()>;
}

/// Files occupy whole blocks of this many bytes (docs/module/at-file.md §1).
const BLOCK: u64 = 4096;

/// Longest file name in FILE commands (docs/module/at-file.md §1).
pub(crate) const NAME_LIMIT: usize = 80;

/// The `+CME ERROR` codes of docs/module/at-file.md §5.
pub(crate) mod code {
    pub(crate) const INVALID_INPUT: u16 = 400;
    pub(crate) const READ_ZERO: u16 = 402;
    pub(crate) const NOT_FOUND: u16 = 405;
    pub(crate) const INVALID_NAME: u16 = 406;
    pub(crate) const EXISTS: u16 = 407;
    pub(crate) const WRITE_FAILED: u16 = 409;
    pub(crate) const READ_FAILED: u16 = 411;
    pub(crate) const TOO_MANY_OPEN: u16 = 413;
    pub(crate) const READ_ONLY: u16 = 414;
    pub(crate) const INVALID_HANDLE: u16 = 416;
    pub(crate) const LIST_FAILED: u16 = 417;
    pub(crate) const DELETE_FAILED: u16 = 418;
    pub(crate) const NO_SPACE: u16 = 420;
    pub(crate) const TIMEOUT: u16 = 421;
    pub(crate) const TOO_LARGE: u16 = 423;
    pub(crate) const ALREADY_OPEN: u16 = 426;
}

/// The storage with its size limit and the open files.
pub(crate) struct Ufs {
    storage: Box<dyn Storage>,
    capacity: u64,
    /// The fault `ufs-full` is on.
    pub(crate) full: bool,
    pub(crate) handles: Handles,
}

fn blocks(size: u64) -> u64 {
    size.div_ceil(BLOCK) * BLOCK
}

impl Ufs {
    pub(crate) fn new(storage: Box<dyn Storage>, capacity: u64) -> Self {
        Self {
            storage,
            capacity,
            full: false,
            handles: Handles::default(),
        }
    }

    /// The name, if the storage accepts it; else 406. Names with `RAM:` or `UFS:` are rejected
    /// (docs/module/at-file.md §1).
    pub(crate) fn check_name(name: Option<&str>, limit: usize) -> Result<&str, u16> {
        name.filter(|name| {
            !name.is_empty()
                && name.len() <= limit
                && *name != "."
                && *name != ".."
                && !name.contains(['/', '\\', ':', '*', '?'])
                && !name.chars().any(char::is_control)
        })
        .ok_or(code::INVALID_NAME)
    }

    pub(crate) fn capacity(&self) -> u64 {
        self.capacity
    }

    pub(crate) fn list(&self) -> Result<Vec<(String, u64)>, u16> {
        self.storage.list().map_err(|_| code::LIST_FAILED)
    }

    /// Free space in bytes, in whole blocks.
    pub(crate) fn free(&self) -> Result<u64, u16> {
        if self.full {
            return Ok(0);
        }
        let used = self
            .list()?
            .iter()
            .map(|(_, size)| blocks(*size))
            .sum::<u64>();
        Ok(self.capacity.saturating_sub(used))
    }

    pub(crate) fn size(&self, name: &str) -> Result<Option<u64>, u16> {
        self.storage.size(name).map_err(|_| code::READ_FAILED)
    }

    pub(crate) fn create(&mut self, name: &str) -> Result<(), u16> {
        self.storage.create(name).map_err(|_| code::WRITE_FAILED)
    }

    pub(crate) fn read(&self, name: &str, offset: u64, count: usize) -> Result<Vec<u8>, u16> {
        self.storage
            .read(name, offset, count)
            .map_err(|_| code::READ_FAILED)
    }

    /// The content of a file; `None` if it does not exist or cannot be read.
    pub(crate) fn content(&self, name: &str) -> Option<Vec<u8>> {
        let name = Self::check_name(Some(name), NAME_LIMIT).ok()?;
        let size = self.size(name).ok()??;
        self.read(name, 0, usize::try_from(size).ok()?).ok()
    }

    /// Writes at `offset`; 420 if the blocks needed are not free.
    pub(crate) fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), u16> {
        let size = self.size(name)?.unwrap_or(0);
        let grown = size.max(offset + bytes.len() as u64);
        let more = blocks(grown) - blocks(size);
        if grown > size && (self.full || (more > 0 && more > self.free()?)) {
            return Err(code::NO_SPACE);
        }
        self.storage
            .write(name, offset, bytes)
            .map_err(|_| code::WRITE_FAILED)
    }

    pub(crate) fn truncate(&mut self, name: &str, length: u64) -> Result<(), u16> {
        self.storage
            .truncate(name, length)
            .map_err(|_| code::WRITE_FAILED)
    }

    /// Deletes a file; an error if it does not exist or is open.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), u16> {
        if self.size(name)?.is_none() {
            return Err(code::NOT_FOUND);
        }
        if self.handles.is_open(name) {
            return Err(code::ALREADY_OPEN);
        }
        self.storage.remove(name).map_err(|_| code::DELETE_FAILED)
    }
}
