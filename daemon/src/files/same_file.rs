//! Files that are found first and opened when it is known what they are, so that nothing is opened
//! by mistake and every open file is the one that was looked at.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstat, fstatat};

use super::failure::errno_failure;
use super::root::Identity;

/// How many times a file is looked for that others rename.
const TRIES: usize = 16;

/// Opens for reading what was opened with `O_PATH`.
///
/// # Errors
/// Those of `open`.
pub fn reopen(found: &OwnedFd) -> nix::Result<File> {
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    Ok(openat(AT_FDCWD, &link(found), flags, Mode::empty())?.into())
}

/// The directory that an open file is in.
///
/// # Errors
/// `LocalIo`: it has no name, or others rename it all the time.
pub fn way_of(found: &OwnedFd, path: &Path) -> Result<OwnedFd, Failure> {
    let failure = |error| errno_failure(path, error);
    let wanted = Identity::from(&fstat(found).map_err(failure)?);
    for _ in 0..TRIES {
        let real = nix::fcntl::readlink(&link(found)).map_err(failure)?;
        let real = PathBuf::from(real);
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
            break;
        };
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let directory = match openat(AT_FDCWD, parent, flags, Mode::empty()) {
            Ok(directory) => directory,
            Err(Errno::ENOENT | Errno::ENOTDIR) => continue,
            Err(error) => return Err(failure(error)),
        };
        match fstatat(&directory, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) if Identity::from(&stat) == wanted => return Ok(directory),
            Ok(_) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(failure(error)),
        }
    }
    let text = format!("{}: was removed or renamed meanwhile", path.display());
    Err(Failure::new(ErrorName::LocalNotFound, text))
}

fn link(found: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", found.as_raw_fd()))
}
