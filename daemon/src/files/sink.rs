//! [`SinkFile`]: a regular file being received. At a path it is written under a temporary
//! name in the same directory and appears under its own name only when it is whole and on
//! the disk; dropped before that, it leaves nothing behind.

use std::collections::hash_map::RandomState;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Mutex;

use modem_ftp_core::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, RenameFlags, openat, renameat2};
use nix::sys::stat::{Mode, SFlag, fstatat};
use nix::unistd::{UnlinkatFlags, Whence, unlinkat};

use super::roots::{Place, Roots, denied, failure};
use super::source::io_failure;

/// Longest file name the usual file systems take, in bytes.
const NAME_MAX: usize = 255;
/// So many temporary names are tried before giving up.
const TRIES: usize = 16;

/// An open file.
#[derive(Debug)]
pub struct SinkFile {
    file: File,
    name: String,
    /// Where the first received byte goes.
    base: u64,
    /// Where the file is to appear, until it has.
    pending: Mutex<Option<Pending>>,
    /// Whether others use the same open file, and so its position.
    shared: bool,
}

/// A file under a temporary name.
#[derive(Debug)]
struct Pending {
    place: Place,
    temporary: OsString,
}

impl SinkFile {
    /// Makes a file for `path`, beneath a root, under a temporary name.
    ///
    /// # Errors
    /// `LocalNotFound` (the directory), `LocalDenied` (outside the roots; the directory may
    /// not be written; something else than a file bears the name), `LocalIo`.
    pub fn at_path(roots: &Roots, path: &Path) -> Result<Self, Failure> {
        let place = roots.place(path)?;
        match fstatat(
            &place.directory,
            place.name.as_os_str(),
            AtFlags::AT_SYMLINK_NOFOLLOW,
        ) {
            Ok(stat) if !is_replaceable(stat.st_mode) => {
                return Err(denied(path, "exists and is not a regular file"));
            }
            Ok(_) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(failure(path, error)),
        }
        let (file, temporary) = create(&place).map_err(|error| failure(path, error))?;
        Ok(Self {
            file,
            name: path.display().to_string(),
            base: 0,
            pending: Mutex::new(Some(Pending { place, temporary })),
            shared: false,
        })
    }

    /// Takes a descriptor of a regular file: the bytes go to where it stands, or to the end
    /// if it was opened to append.
    ///
    /// # Errors
    /// `LocalIo`.
    pub fn from_fd(fd: OwnedFd, append: bool) -> Result<Self, Failure> {
        let file = File::from(fd);
        let name = "the file that was passed".to_owned();
        let base = if append {
            file.metadata()
                .map_err(|error| io_failure(&name, &error))?
                .len()
        } else {
            let position = nix::unistd::lseek(&file, 0, Whence::SeekCur)
                .map_err(|error| failure(&name, error))?;
            u64::try_from(position).unwrap_or_default()
        };
        Ok(Self {
            file,
            name,
            base,
            pending: Mutex::new(None),
            shared: true,
        })
    }

    /// Forgets everything received from `offset` on.
    ///
    /// # Errors
    /// `LocalIo`, `LocalDenied`.
    pub fn cut(&self, offset: u64) -> Result<(), Failure> {
        self.file
            .set_len(self.base + offset)
            .map_err(|error| io_failure(&self.name, &error))
    }

    /// Writes received bytes.
    ///
    /// # Errors
    /// `LocalIo` (disk full, among others), `LocalDenied`.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), Failure> {
        self.file
            .write_all_at(bytes, self.base + offset)
            .map_err(|error| io_failure(&self.name, &error))
    }

    /// Puts the file on the disk and under its own name.
    ///
    /// # Errors
    /// `LocalDenied`: a file of that name exists and must not be replaced. `LocalIo`.
    pub fn commit(&self, fail_if_exists: bool) -> Result<(), Failure> {
        self.file
            .sync_data()
            .or_else(|error| match error.raw_os_error() {
                // A special file system that has nothing to sync.
                Some(nix::libc::EINVAL) => Ok(()),
                _ => Err(error),
            })
            .map_err(|error| io_failure(&self.name, &error))?;
        if self.shared {
            // Whoever shares the open file goes on behind what was received.
            nix::unistd::lseek(&self.file, 0, Whence::SeekEnd)
                .map_err(|error| failure(&self.name, error))?;
        }
        let mut pending = self
            .pending
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        let Some(Pending { place, temporary }) = pending.as_ref() else {
            return Ok(());
        };
        let flags = if fail_if_exists {
            RenameFlags::RENAME_NOREPLACE
        } else {
            RenameFlags::empty()
        };
        renameat2(
            &place.directory,
            temporary.as_os_str(),
            &place.directory,
            place.name.as_os_str(),
            flags,
        )
        .map_err(|error| match error {
            Errno::EEXIST => {
                let text = format!("{} exists already", self.name);
                Failure::new(ErrorName::LocalDenied, text)
            }
            error => failure(&self.name, error),
        })?;
        let synced = nix::unistd::fsync(&place.directory);
        *pending = None;
        synced.map_err(|error| failure(&self.name, error))
    }
}

impl Drop for SinkFile {
    fn drop(&mut self) {
        let pending = self
            .pending
            .get_mut()
            .unwrap_or_else(|broken| broken.into_inner());
        if let Some(Pending { place, temporary }) = pending {
            let name = temporary.as_os_str();
            if let Err(error) = unlinkat(&place.directory, name, UnlinkatFlags::NoRemoveDir) {
                tracing::warn!(
                    "{}: the temporary file {} is left behind: {error}",
                    self.name,
                    name.display()
                );
            }
        }
    }
}

/// A rename takes the place of these without harm.
fn is_replaceable(mode: u32) -> bool {
    let kind = SFlag::from_bits_truncate(mode) & SFlag::S_IFMT;
    kind == SFlag::S_IFREG || kind == SFlag::S_IFLNK
}

/// A new file in the same directory: `.NAME.RANDOM.part`.
fn create(place: &Place) -> nix::Result<(File, OsString)> {
    let flags =
        OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
    let mode = Mode::from_bits_truncate(0o640);
    for _ in 0..TRIES {
        let temporary = temporary_name(&place.name);
        match openat(&place.directory, temporary.as_os_str(), flags, mode) {
            Ok(fd) => return Ok((fd.into(), temporary)),
            Err(Errno::EEXIST) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Errno::EEXIST)
}

fn temporary_name(name: &OsStr) -> OsString {
    let tail = format!(".{:08x}.part", random() & 0xffff_ffff);
    let room = NAME_MAX - tail.len() - 1;
    let bytes = name.as_bytes();
    let kept = bytes.get(..room).unwrap_or(bytes);
    let mut temporary = OsString::from(".");
    temporary.push(OsStr::from_bytes(kept));
    temporary.push(tail);
    temporary
}

/// A number nobody can foresee: the standard library seeds each hasher from the system.
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
