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
use std::sync::{Mutex, MutexGuard};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, RenameFlags, openat, renameat2};
use nix::sys::stat::{Mode, SFlag, fstatat};
use nix::unistd::{UnlinkatFlags, Whence, lseek, unlinkat};

use super::roots::{Place, Roots, denied, failure};
use super::source::io_failure;

/// Longest file name the usual file systems take, in bytes.
const NAME_MAX: usize = 255;
/// So many temporary names are tried before giving up.
const TRIES: usize = 16;

/// A file to receive into.
#[derive(Debug)]
pub struct SinkFile {
    name: String,
    /// Where the first received byte goes.
    base: u64,
    /// Where the file is to appear; `None`: the caller has it already.
    place: Option<Place>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    held: Held,
    /// Why something received is not in it: then it is never committed.
    failure: Option<Failure>,
}

#[derive(Debug)]
enum Held {
    /// Nothing.
    Nothing,
    /// The caller's own file.
    Shared(File),
    /// A file under a temporary name.
    Temporary(File, OsString),
    /// Everything is where it belongs.
    Committed,
}

impl SinkFile {
    /// Makes a file for `path`, beneath a root, under a temporary name.
    ///
    /// # Errors
    /// `LocalNotFound` (the directory), `LocalDenied` (outside the roots; the directory may
    /// not be written; something else than a file bears the name, or a file that must not be
    /// replaced), `LocalIo`.
    pub fn at_path(roots: &Roots, path: &Path, fail_if_exists: bool) -> Result<Self, Failure> {
        let place = roots.place(path)?;
        let flags = AtFlags::AT_SYMLINK_NOFOLLOW;
        match fstatat(&place.directory, place.name.as_os_str(), flags) {
            Ok(stat) if !is_replaceable(stat.st_mode) => {
                return Err(denied(path, "exists and is not a regular file"));
            }
            // Known now, it costs no transfer; the commit looks once more.
            Ok(_) if fail_if_exists => return Err(denied(path, "exists already")),
            Ok(_) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(failure(path, error)),
        }
        let (file, temporary) = create(&place).map_err(|error| failure(path, error))?;
        Ok(Self {
            name: path.display().to_string(),
            base: 0,
            place: Some(place),
            state: State::of(Held::Temporary(file, temporary)),
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
        let whence = if append {
            Whence::SeekEnd
        } else {
            Whence::SeekCur
        };
        let base = lseek(&file, 0, whence).map_err(|error| failure(&name, error))?;
        Ok(Self {
            name,
            base: u64::try_from(base).unwrap_or_default(),
            place: None,
            state: State::of(Held::Shared(file)),
        })
    }

    /// Forgets everything received from `offset` on. After a [`SinkFile::discard`], there is a
    /// file again.
    ///
    /// # Errors
    /// `LocalIo`, `LocalDenied`.
    pub fn cut(&self, offset: u64) -> Result<(), Failure> {
        let mut state = self.state();
        if offset == 0 {
            state.failure = None;
        }
        let done = self.cut_to(&mut state.held, offset);
        state.remember(done)
    }

    fn cut_to(&self, held: &mut Held, offset: u64) -> Result<(), Failure> {
        if let (Held::Nothing, Some(place)) = (&*held, &self.place) {
            let (file, temporary) = create(place).map_err(|error| failure(&self.name, error))?;
            *held = Held::Temporary(file, temporary);
        }
        self.file(held)?
            .set_len(self.base + offset)
            .map_err(|error| io_failure(&self.name, &error))
    }

    /// Writes received bytes.
    ///
    /// # Errors
    /// `LocalIo` (disk full, among others), `LocalDenied`.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), Failure> {
        let mut state = self.state();
        let done = self.file(&state.held).and_then(|file| {
            file.write_all_at(bytes, self.base + offset)
                .map_err(|error| io_failure(&self.name, &error))
        });
        state.remember(done)
    }

    /// Puts the file on the disk and under its own name, if everything that was received is in
    /// it.
    ///
    /// # Errors
    /// `LocalDenied`: a file of that name exists and must not be replaced. `LocalIo`; and
    /// whatever a write before has failed with.
    pub fn commit(&self, fail_if_exists: bool) -> Result<(), Failure> {
        let mut state = self.state();
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        self.sync(self.file(&state.held)?)?;
        match (&state.held, &self.place) {
            (Held::Temporary(_, temporary), Some(place)) => {
                self.publish(place, temporary, fail_if_exists)?;
                state.held = Held::Committed;
                nix::unistd::fsync(&place.directory).map_err(|error| failure(&self.name, error))
            }
            (Held::Shared(file), _) => {
                // Whoever shares the open file goes on behind what was received.
                let end = lseek(file, 0, Whence::SeekEnd);
                state.held = Held::Committed;
                end.map(drop).map_err(|error| failure(&self.name, error))
            }
            _ => Ok(()),
        }
    }

    fn sync(&self, file: &File) -> Result<(), Failure> {
        match file.sync_data() {
            Ok(()) => Ok(()),
            // A special file system that has nothing to sync.
            Err(error) if error.raw_os_error() == Some(nix::libc::EINVAL) => Ok(()),
            Err(error) => Err(io_failure(&self.name, &error)),
        }
    }

    fn publish(
        &self,
        place: &Place,
        temporary: &OsStr,
        fail_if_exists: bool,
    ) -> Result<(), Failure> {
        let flags = if fail_if_exists {
            RenameFlags::RENAME_NOREPLACE
        } else {
            RenameFlags::empty()
        };
        let (directory, name) = (&place.directory, place.name.as_os_str());
        renameat2(directory, temporary, directory, name, flags).map_err(|error| match error {
            Errno::EEXIST => {
                let text = format!("{} exists already", self.name);
                Failure::new(ErrorName::LocalDenied, text)
            }
            error => failure(&self.name, error),
        })
    }

    /// Removes what was received, unless it was committed.
    pub fn discard(&self) {
        let mut state = self.state();
        match (&state.held, &self.place) {
            (Held::Temporary(_, temporary), Some(place)) => {
                let kept = UnlinkatFlags::NoRemoveDir;
                if let Err(error) = unlinkat(&place.directory, temporary.as_os_str(), kept) {
                    let (name, temporary) = (&self.name, temporary.display());
                    tracing::warn!("{name}: {temporary} is left behind beside it: {error}");
                }
                state.held = Held::Nothing;
            }
            (Held::Shared(file), _) => {
                if let Err(error) = file.set_len(self.base) {
                    tracing::warn!("{}: a part of it is left behind: {error}", self.name);
                }
            }
            _ => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.state.lock();
        state.unwrap_or_else(|broken| broken.into_inner())
    }

    fn file<'h>(&self, held: &'h Held) -> Result<&'h File, Failure> {
        match held {
            Held::Shared(file) | Held::Temporary(file, _) => Ok(file),
            Held::Nothing | Held::Committed => {
                let text = format!("{} is closed", self.name);
                Err(Failure::new(ErrorName::LocalIo, text))
            }
        }
    }
}

impl State {
    fn of(held: Held) -> Mutex<Self> {
        let failure = None;
        Mutex::new(Self { held, failure })
    }

    fn remember(&mut self, done: Result<(), Failure>) -> Result<(), Failure> {
        if let Err(failure) = &done {
            self.failure = Some(failure.clone());
        }
        done
    }
}

impl Drop for SinkFile {
    fn drop(&mut self) {
        // What a caller's own file holds is for the caller to judge.
        if self.place.is_some() {
            self.discard();
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
