//! [`Roots`]: opens the paths of method calls below a configured root. `openat2` with
//! `RESOLVE_BENEATH` ensures that neither `..` nor a symbolic link nor a race leads out of the
//! root, and nothing is opened on whose way one of the daemon's own directories lies.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirEntryExt;
use std::path::{Component, Path, PathBuf};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{FileStat, SFlag, fstat, fstatat};

use super::failure::{denied, errno_failure, io_failure};
use super::root::{Identity, Root};
use super::same_file::{reopen, way_of};

/// How many times a path is resolved while others rename what lies on it.
const TRIES: usize = 100;
/// How many directories may lie between a file and its root.
const DEPTH: usize = 2048;

/// The configured roots.
#[derive(Debug, Default)]
pub struct Roots {
    roots: Vec<Root>,
    /// Directories of the daemon that cannot be reached, whatever root they lie in.
    private: Vec<PathBuf>,
}

/// An open directory and the name of a file in it.
#[derive(Debug)]
pub struct Place {
    /// The directory.
    pub directory: OwnedFd,
    /// The name in it, without any path.
    pub name: std::ffi::OsString,
}

impl Roots {
    /// The directories that are at these paths now. A `private` one is never reached through them.
    pub fn find(roots: &[PathBuf], private: &[PathBuf]) -> Self {
        Self {
            roots: roots.iter().map(|path| Root::find(path)).collect(),
            private: private.to_vec(),
        }
    }

    /// Opens a regular file for reading. Nothing else is opened: to open a device may have effects.
    ///
    /// # Errors
    /// `LocalDenied`, `LocalNotFound`, `LocalIo`.
    pub fn open(&self, path: &Path) -> Result<File, Failure> {
        let (root, rest) = self.split(path)?;
        let (directory, identity) = root.open()?;
        let found = self.open_beneath(&directory, rest, OFlag::O_PATH, path)?;
        let stat = fstat(&found).map_err(|error| errno_failure(path, error))?;
        if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT != SFlag::S_IFREG {
            return Err(denied(path, "is not a regular file"));
        }
        let way = way_of(&found, path)?;
        self.check_way(way, identity, path)?;
        self.check_file(&stat, path)?;
        reopen(&found).map_err(|error| errno_failure(path, error))
    }

    /// Opens the directory in which a file is to be created.
    ///
    /// # Errors
    /// `LocalDenied`, `LocalNotFound`, `LocalIo`.
    pub fn place(&self, path: &Path) -> Result<Place, Failure> {
        let (root, rest) = self.split(path)?;
        let Some(Component::Normal(name)) = rest.components().next_back() else {
            return Err(denied(path, "does not name a file"));
        };
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(denied(path, "does not name a file"));
        }
        let (beginning, identity) = root.open()?;
        let parent = rest.parent().unwrap_or(Path::new(""));
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
        let directory = self.open_beneath(&beginning, parent, flags, path)?;
        let way = self.open_beneath(&directory, Path::new(""), OFlag::O_PATH, path)?;
        self.check_way(way, identity, path)?;
        Ok(Place {
            directory,
            name: OsStr::to_owned(name),
        })
    }

    /// The innermost root above `path`, and the path relative to it.
    fn split<'p>(&self, path: &'p Path) -> Result<(&Root, &'p Path), Failure> {
        let beneath = self
            .roots
            .iter()
            .filter_map(|root| Some((root, path.strip_prefix(&root.path).ok()?)))
            .max_by_key(|(root, _)| root.path.as_os_str().len());
        beneath.ok_or_else(|| self.outside(path))
    }

    fn open_beneath(
        &self,
        directory: &OwnedFd,
        rest: &Path,
        flags: OFlag,
        path: &Path,
    ) -> Result<OwnedFd, Failure> {
        let rest = if rest.as_os_str().is_empty() {
            Path::new(".")
        } else {
            rest
        };
        let how = OpenHow::new()
            .flags(flags | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        for _ in 0..TRIES {
            return match openat2(directory, rest, how) {
                Ok(fd) => Ok(fd),
                // EAGAIN: a concurrent rename made the resolution uncertain (openat2(2)).
                Err(Errno::EAGAIN | Errno::EINTR) => continue,
                Err(Errno::EXDEV) => Err(self.outside(path)),
                Err(error) => Err(errno_failure(path, error)),
            };
        }
        Err(errno_failure(path, Errno::EAGAIN))
    }

    /// Goes up from a directory to the root, and fails if it comes through a private one: by a bind
    /// mount they can be reached under any name.
    fn check_way(
        &self,
        mut directory: OwnedFd,
        root: Identity,
        path: &Path,
    ) -> Result<(), Failure> {
        let private: Vec<_> = self.private().map(|(_, it)| Identity::from(&it)).collect();
        let up = OpenHow::new().flags(OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC);
        let mut last = None;
        for _ in 0..DEPTH {
            let stat = fstat(&directory).map_err(|error| errno_failure(path, error))?;
            let here = Identity::from(&stat);
            if private.contains(&here) {
                return Err(denied(path, "lies in a directory of modem-ftpd itself"));
            }
            // The directory above the topmost one is that one itself.
            if here == root || last == Some(here) {
                return Ok(());
            }
            last = Some(here);
            directory =
                openat2(&directory, "..", up).map_err(|error| errno_failure(path, error))?;
        }
        let text = format!("{}: too many directories", path.display());
        Err(Failure::new(ErrorName::LocalIo, text))
    }

    /// Fails if a file is in a private directory as well, which a hard link or a mount of the file
    /// itself comes to.
    fn check_file(&self, stat: &FileStat, path: &Path) -> Result<(), Failure> {
        let same = self
            .private()
            .filter(|(_, it)| it.st_dev == stat.st_dev && it.st_uid == stat.st_uid);
        for (directory, _) in same {
            let entries = std::fs::read_dir(directory).map_err(|error| io_failure(path, &error))?;
            if entries.flatten().any(|entry| entry.ino() == stat.st_ino) {
                return Err(denied(path, "is a file of modem-ftpd itself"));
            }
        }
        Ok(())
    }

    /// The private directories. One that is not there cannot be reached.
    fn private(&self) -> impl Iterator<Item = (&Path, FileStat)> {
        self.private.iter().filter_map(|path| {
            let stat = fstatat(AT_FDCWD, path, AtFlags::empty()).ok()?;
            Some((path.as_path(), stat))
        })
    }

    fn outside(&self, path: &Path) -> Failure {
        let roots: Vec<_> = self
            .roots
            .iter()
            .map(|root| root.path.display().to_string())
            .collect();
        let text = match roots.as_slice() {
            [] => "may not be reached: no roots are configured".to_owned(),
            [root] => format!("is not below the configured root {root}"),
            _ => format!(
                "is not below any of the configured roots {}",
                roots.join(", ")
            ),
        };
        denied(path, &text)
    }
}
