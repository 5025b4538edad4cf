//! [`SourceFile`]: a regular file being sent. If its size or modification time is not the same at
//! the end as it was when the transfer was accepted, reading fails with `LocalChanged`.

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
}

/// The metadata that must not change while a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: (i64, i64),
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
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
    /// Whether these are the last bytes: the file is then checked for changes.
    pub last: bool,
}

impl SourceFile {
    /// Opens the file at `path`, below a root.
    ///
    /// # Errors
    /// `LocalNotFound`, `LocalDenied` (outside the roots; not a regular file), `LocalIo`.
    pub fn at_path(roots: &Roots, path: &Path) -> Result<Self, Failure> {
        let file = roots.open(path)?;
        let metadata = file.metadata().map_err(|error| io_failure(path, &error))?;
        if !metadata.is_file() {
            return Err(denied(path, "is not a regular file"));
        }
        Ok(Self {
            stamp: Stamp::from(&metadata),
            name: path.display().to_string(),
            file,
            base: 0,
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
        Ok(Self {
            base: u64::try_from(base).unwrap_or_default(),
            stamp: Stamp::from(&metadata),
            name,
            file,
        })
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
        if extent.exact && filled < extent.length {
            return Err(self.changed("became shorter"));
        }
        if extent.last {
            let metadata = self
                .file
                .metadata()
                .map_err(|error| io_failure(&self.name, &error))?;
            if Stamp::from(&metadata) != self.stamp {
                return Err(self.changed("changed"));
            }
        }
        Ok(())
    }

    fn changed(&self, how: &str) -> Failure {
        let text = format!("{} {how} while it was being sent", self.name);
        Failure::new(ErrorName::LocalChanged, text).retry(Retry::Never)
    }
}
