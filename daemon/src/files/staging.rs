//! [`StagingFile`]: the file a download is written to before it is committed. It has no name, so
//! that nobody else can put another file in its place; it gets one on the same file system when it
//! is complete.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat};
use nix::sys::stat::Mode;
use nix::unistd::linkat;

use super::private_directory::PrivateDirectory;
use super::roots::Place;

/// The mode of a received file, before the umask.
const MODE: Mode = Mode::from_bits_truncate(0o640);

/// A file that is being received.
#[derive(Debug)]
pub struct StagingFile {
    /// The open file.
    pub file: File,
    /// Where the file is on a file system without files that have no name.
    directory: Option<PrivateDirectory>,
}

impl StagingFile {
    /// Creates one on the file system of `place`.
    ///
    /// # Errors
    /// Those of `openat` and `mkdirat`.
    pub fn create(place: &Place) -> nix::Result<Self> {
        let flags = OFlag::O_RDWR | OFlag::O_TMPFILE | OFlag::O_CLOEXEC;
        match openat(&place.directory, ".", flags, MODE) {
            Ok(fd) => Ok(Self {
                file: fd.into(),
                directory: None,
            }),
            Err(Errno::EOPNOTSUPP | Errno::EISDIR | Errno::EINVAL) => Self::create_named(place),
            Err(error) => Err(error),
        }
    }

    /// The same on a file system where every file has a name.
    ///
    /// # Errors
    /// Those of `openat` and `mkdirat`.
    pub fn create_named(place: &Place) -> nix::Result<Self> {
        let directory = PrivateDirectory::make(place)?;
        let file = directory.create(MODE)?;
        Ok(Self {
            file,
            directory: Some(directory),
        })
    }

    /// Gives the file the name of `place`.
    ///
    /// # Errors
    /// Those of `linkat` and `renameat2`; `EEXIST`: the name exists, and `replace` is false.
    /// `ESTALE`: what is to be renamed is another file.
    pub fn publish(&self, place: &Place, replace: bool) -> nix::Result<()> {
        if let Some(directory) = &self.directory {
            return directory.rename(&self.file, place, replace);
        }
        let file = self.path();
        match linkat(
            AT_FDCWD,
            &file,
            &place.directory,
            place.name.as_os_str(),
            AtFlags::AT_SYMLINK_FOLLOW,
        ) {
            // Only a rename replaces a file at once, and it needs a name to rename from.
            Err(Errno::EEXIST) if replace => {
                let directory = PrivateDirectory::make(place)?;
                directory.link(&file)?;
                directory.rename(&self.file, place, true)
            }
            linked => linked,
        }
    }

    fn path(&self) -> PathBuf {
        Path::new("/proc/self/fd").join(self.file.as_raw_fd().to_string())
    }
}
