//! [`Root`]: a configured directory. It stays the directory that it was when the configuration was
//! read: whatever else is put at its path later, by a rename or as a symbolic link, is not used.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use modem_ftp_core::api::failure::Failure;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{FileStat, fstat};

use super::failure::{denied, errno_failure};

/// Which file something is: its device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(u64, u64);

impl From<&FileStat> for Identity {
    fn from(stat: &FileStat) -> Self {
        Self(stat.st_dev, stat.st_ino)
    }
}

/// A root.
#[derive(Debug)]
pub struct Root {
    /// Its path as it is configured.
    pub path: PathBuf,
    /// Its path without symbolic links, as far as it existed.
    real: PathBuf,
    /// Which directory it is; `None`: there was none yet.
    identity: Mutex<Option<Identity>>,
}

impl Root {
    /// The directory that is at `path` now, or will be there.
    pub fn find(path: &Path) -> Self {
        let root = Self {
            path: path.to_owned(),
            real: resolved(path),
            identity: Mutex::new(None),
        };
        // A directory that cannot be opened is a failure of the calls that need it.
        let _ = root.open();
        root
    }

    /// Opens the directory. It is not kept open, so that a file system can be unmounted.
    ///
    /// # Errors
    /// `LocalDenied`: it is another one. `LocalNotFound`, `LocalIo`.
    pub fn open(&self) -> Result<(OwnedFd, Identity), Failure> {
        let flags = ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_MAGICLINKS;
        let directory = match openat2(AT_FDCWD, &self.real, directory(flags)) {
            Ok(directory) => directory,
            Err(Errno::ELOOP) => return Err(self.is_another()),
            Err(error) => return Err(errno_failure(&self.path, error)),
        };
        let stat = fstat(&directory).map_err(|error| errno_failure(&self.path, error))?;
        let found = Identity::from(&stat);
        let known = *self.identity();
        match known {
            Some(known) if known != found && !self.is_mount_point()? => Err(self.is_another()),
            _ => {
                *self.identity() = Some(found);
                Ok((directory, found))
            }
        }
    }

    /// Whether a file system is mounted there. Only a privileged user can do that.
    fn is_mount_point(&self) -> Result<bool, Failure> {
        let (Some(parent), Some(name)) = (self.real.parent(), self.real.file_name()) else {
            return Ok(true);
        };
        let same = ResolveFlag::RESOLVE_NO_XDEV | ResolveFlag::RESOLVE_NO_SYMLINKS;
        let no_links = ResolveFlag::RESOLVE_NO_SYMLINKS;
        let opened = openat2(AT_FDCWD, parent, directory(no_links))
            .and_then(|parent| openat2(parent, name, directory(same)));
        match opened {
            Ok(_) => Ok(false),
            Err(Errno::EXDEV) => Ok(true),
            Err(error) => Err(errno_failure(&self.path, error)),
        }
    }

    fn is_another(&self) -> Failure {
        let text = "is not the directory any more that it was when the configuration was read; \
                    Reload takes the one that is there now";
        denied(&self.path, text)
    }

    fn identity(&self) -> MutexGuard<'_, Option<Identity>> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn directory(resolve: ResolveFlag) -> OpenHow {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    OpenHow::new().flags(flags).resolve(resolve)
}

/// A path without symbolic links, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let existing = path.ancestors().find_map(|ancestor| {
        let rest = path.strip_prefix(ancestor).ok()?;
        let real = ancestor.canonicalize().ok()?;
        Some(real.components().chain(rest.components()).collect())
    });
    existing.unwrap_or_else(|| path.to_owned())
}
