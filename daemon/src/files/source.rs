//! [`SourceFile`]: a regular file being sent. If its size, modification time or status change time
//! is not what it was when the file was opened, the next read fails with `LocalChanged`.

use std::fs::{File, Metadata};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use modem_ftp_core::api::failure::{Failure, Retry};
use modem_ftp_dbus::ErrorName;
use nix::unistd::Whence;

use super::block::Block;
use super::failure::{denied, errno_failure, io_failure};
use super::roots::Roots;

/// A file to send.
#[derive(Debug)]
pub struct SourceFile {
    file: File,
    name: String,
    /// Offset in the file of the first byte to send.
    base: u64,
    stamp: Stamp,
    /// Whether the next attempt opens the file again, and so takes it as it is then.
    reopened: bool,
}

/// The metadata that must not change while a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Device and inode.
    pub file: (u64, u64),
    /// Bytes.
    pub size: u64,
    /// When the content was changed last, in seconds and nanoseconds.
    pub modified: (i64, i64),
    /// When the inode was changed last: cannot be set back.
    pub changed: (i64, i64),
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            file: (metadata.dev(), metadata.ino()),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Which bytes to read into a block.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Offset of the first byte.
    pub offset: u64,
    /// How many bytes to read at most.
    pub length: usize,
    /// Whether fewer bytes are an error.
    pub exact: bool,
}

impl SourceFile {
    /// Opens the file at `path`, below a root; it is sent from `base` on.
    ///
    /// # Errors
    /// `LocalNotFound`, `LocalDenied` (outside the roots; not a regular file), `LocalIo`.
    pub fn at_path(roots: &Roots, path: &Path, base: u64) -> Result<Self, Failure> {
        let file = roots.open(path)?;
        Self::reopened(file, path, base)
    }

    /// A file that each attempt opens again; it is sent from `base` on.
    ///
    /// # Errors
    /// `LocalDenied`: not a regular file. `LocalIo`.
    pub fn reopened(file: File, path: &Path, base: u64) -> Result<Self, Failure> {
        let metadata = file.metadata().map_err(|error| io_failure(path, &error))?;
        if !metadata.is_file() {
            return Err(denied(path, "is not a regular file"));
        }
        check_size(&file, path, &metadata)?;
        Ok(Self {
            stamp: Stamp::from(&metadata),
            name: path.display().to_string(),
            file,
            base,
            reopened: true,
        })
    }

    /// Uses a passed descriptor of a regular file, which is sent from its file offset on.
    ///
    /// # Errors
    /// `LocalIo`.
    pub fn from_fd(fd: OwnedFd) -> Result<Self, Failure> {
        let file = File::from(fd);
        let name = "the file that was passed".to_owned();
        let base = nix::unistd::lseek(&file, 0, Whence::SeekCur)
            .map_err(|error| errno_failure(&name, error))?;
        let metadata = file.metadata().map_err(|error| io_failure(&name, &error))?;
        check_size(&file, Path::new(&name), &metadata)?;
        Ok(Self {
            base: u64::try_from(base).unwrap_or_default(),
            stamp: Stamp::from(&metadata),
            name,
            file,
            reopened: false,
        })
    }

    /// The open file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Offset in the file of the first byte to send.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Its metadata when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// How many bytes there are to send.
    pub fn size(&self) -> u64 {
        self.stamp.size.saturating_sub(self.base)
    }

    /// Fills `block`, with fewer bytes than asked for only at the end of the file.
    ///
    /// # Errors
    /// `LocalIo`. `LocalChanged`: the file became shorter or was changed.
    pub fn read(&self, extent: Extent, block: &mut Block) -> Result<(), Failure> {
        let room = block.room(extent.length);
        let mut filled = 0;
        while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let offset = self.base + extent.offset + filled as u64;
            match self.file.read_at(rest, offset) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io_failure(&self.name, &error)),
            }
        }
        block.truncate(filled);
        self.check()?;
        if extent.exact && filled < extent.length {
            return Err(self.changed("became shorter"));
        }
        Ok(())
    }

    /// Fills `buffer` from an offset of what is to be sent.
    ///
    /// # Errors
    /// `LocalIo`, also when there are fewer bytes. `LocalChanged`: the file was changed.
    pub fn read_exact(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Failure> {
        let read = self.file.read_exact_at(buffer, self.base + offset);
        self.check()?;
        read.map_err(|error| io_failure(&self.name, &error))
    }

    /// Checks that the file is still what it was when it was opened.
    ///
    /// # Errors
    /// `LocalChanged`, `LocalIo`.
    pub fn check(&self) -> Result<(), Failure> {
        let metadata = self
            .file
            .metadata()
            .map_err(|error| io_failure(&self.name, &error))?;
        let now = Stamp::from(&metadata);
        if now.size < self.stamp.size {
            Err(self.changed("became shorter"))
        } else if now != self.stamp {
            Err(self.changed("changed"))
        } else {
            Ok(())
        }
    }

    fn changed(&self, how: &str) -> Failure {
        let text = format!("{} {how} while it was being sent", self.name);
        let retry = if self.reopened {
            Retry::Soon
        } else {
            Retry::Never
        };
        Failure::new(ErrorName::LocalChanged, text).retry(retry)
    }
}

/// Refuses a file whose content the kernel makes while it is read, such as those of proc(5): it has more
/// bytes than its size tells, and may have no end.
fn check_size(file: &File, name: &Path, metadata: &Metadata) -> Result<(), Failure> {
    // Some of them are read in units of eight bytes only.
    let mut first = [0; 8];
    if metadata.len() > 0 {
        return Ok(());
    }
    match file.read_at(&mut first, 0) {
        Ok(0) => Ok(()),
        Ok(_) => Err(denied(
            name,
            "has bytes, but its size is 0: send them through a pipe (cat FILE | modem-ftp put - NAME)",
        )),
        Err(error) => Err(io_failure(name, &error)),
    }
}
