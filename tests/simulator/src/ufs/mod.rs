//! The module's user file storage (docs/module/at-file.md): bytes behind [`Storage`], the size limit in
//! 4 KB blocks, and the file handles of QFOPEN.

mod checksum;
pub mod folder;
mod handles;
pub mod memory;

pub(crate) use checksum::Checksum;
pub(crate) use handles::{Handles, OpenFile, OpenMode};

use std::io;

/// Where files are kept. Names have been checked: no separators, no control bytes.
pub trait Storage: Send {
    /// All files with their sizes, in the order they are listed.
    fn list(&self) -> io::Result<Vec<(String, u64)>>;
    /// The size of a file, or `None` if there is none.
    fn size(&self, name: &str) -> io::Result<Option<u64>>;
    /// Makes an empty file, emptying an existing one.
    fn create(&mut self, name: &str) -> io::Result<()>;
    /// Up to `count` bytes from `offset`; fewer only at the end.
    fn read(&self, name: &str, offset: u64, count: usize) -> io::Result<Vec<u8>>;
    /// Writes at `offset`, growing the file.
    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file.
    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()>;
    /// Removes a file.
    fn remove(&mut self, name: &str) -> io::Result<()>;
}

/// Flash is given out in blocks of this many bytes (docs/module/at-file.md §1).
const BLOCK: u64 = 4096;

/// Longest name in FILE commands.
pub(crate) const NAME_LIMIT: usize = 80;

/// Codes of docs/module/at-file.md §5.
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

/// The storage with its limit and the open files.
pub(crate) struct Ufs {
    storage: Box<dyn Storage>,
    capacity: u64,
    /// The fault `ufs-full`.
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

    /// A name the storage can take, or 406. `RAM:` and `UFS:` are not names here (docs/module/at-file.md §1).
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

    /// Bytes still free, whole blocks only.
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

    /// A whole file, or `None` if there is none that can be read.
    pub(crate) fn whole(&self, name: &str) -> Option<Vec<u8>> {
        let name = Self::check_name(Some(name), NAME_LIMIT).ok()?;
        let size = self.size(name).ok()??;
        self.read(name, 0, usize::try_from(size).ok()?).ok()
    }

    /// Writes if the blocks this needs are free.
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

    /// Removes a file that is there and not open.
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
