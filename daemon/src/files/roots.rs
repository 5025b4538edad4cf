//! [`Roots`]: opens the paths of method calls below a configured root. `openat2` with
//! `RESOLVE_BENEATH` ensures that neither `..` nor a symbolic link nor a race leads out of the
//! root.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use modem_ftp_core::api::failure::Failure;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};

use super::failure::{denied, errno_failure, io_failure};

/// The configured roots.
#[derive(Clone, Debug)]
pub struct Roots(pub Vec<PathBuf>);

/// An open directory and the name of a file in it.
#[derive(Debug)]
pub struct Place {
    /// The directory.
    pub directory: OwnedFd,
    /// The name in it, without any path.
    pub name: std::ffi::OsString,
}

impl Roots {
    /// Opens a file for reading, of whatever type; the caller checks the type. A tty does not
    /// become the daemon's controlling terminal.
    ///
    /// # Errors
    /// `LocalDenied`, `LocalNotFound`, `LocalIo`.
    pub fn open(&self, path: &Path) -> Result<File, Failure> {
        let (root, rest) = self.split(path)?;
        // Without O_NONBLOCK, opening a FIFO blocks until it has a writer.
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        Ok(self.open_beneath(&root, rest, flags, path)?.into())
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
        let parent = rest.parent().unwrap_or(Path::new(""));
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
        let directory = self.open_beneath(&root, parent, flags, path)?;
        Ok(Place {
            directory,
            name: OsStr::to_owned(name),
        })
    }

    /// Opens the innermost root above `path`; also returns the path relative to it.
    fn split<'p>(&self, path: &'p Path) -> Result<(File, &'p Path), Failure> {
        let beneath = self
            .0
            .iter()
            .filter_map(|root| Some((root, path.strip_prefix(root).ok()?)))
            .max_by_key(|(root, _)| root.as_os_str().len());
        let (root, rest) = beneath.ok_or_else(|| self.outside(path))?;
        let open = OpenOptions::new()
            .read(true)
            .custom_flags((OFlag::O_PATH | OFlag::O_DIRECTORY).bits())
            .open(root);
        match open {
            Ok(open) => Ok((open, rest)),
            Err(error) => Err(io_failure(root, &error)),
        }
    }

    fn open_beneath(
        &self,
        root: &File,
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
        loop {
            return match openat2(root, rest, how) {
                Ok(fd) => Ok(fd),
                // EAGAIN: a concurrent rename made the resolution uncertain (openat2(2)).
                Err(Errno::EAGAIN | Errno::EINTR) => continue,
                Err(Errno::EXDEV) => Err(self.outside(path)),
                Err(error) => Err(errno_failure(path, error)),
            };
        }
    }

    fn outside(&self, path: &Path) -> Failure {
        let roots: Vec<_> = self
            .0
            .iter()
            .map(|root| root.display().to_string())
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
