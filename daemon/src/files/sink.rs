//! [`SinkFile`]: a regular file being received. For a path it gets its name when it is complete and
//! on the disk; dropped before that, it leaves no file behind.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;
use nix::fcntl::AtFlags;
use nix::sys::stat::{SFlag, fstatat};
use nix::unistd::{AccessFlags, Whence, faccessat, lseek};

use super::append_file::AppendFile;
use super::failure::{denied, errno_failure, io_failure};
use super::roots::{Place, Roots};
use super::sink_state::{Contents, SinkState};
use super::staging::StagingFile;
use super::sync::sync_data;

/// What a passed file is called in messages.
const PASSED: &str = "the file that was passed";

/// The file may still be left as it is.
const OPEN: u8 = 0;
/// The file is getting its name, or what was received is being appended.
const PUBLISHING: u8 = 1;
/// The commit was revoked before that.
const REVOKED: u8 = 2;

/// A file to receive into.
#[derive(Debug)]
pub struct SinkFile {
    name: String,
    /// Offset in the file of the first received byte.
    base: u64,
    /// Directory and final name; `None` for a passed descriptor.
    place: Option<Place>,
    state: Mutex<SinkState>,
    /// [`OPEN`], [`PUBLISHING`] or [`REVOKED`]: outside of `state`, which is locked while the disk is
    /// waited for.
    stage: AtomicU8,
}

impl SinkFile {
    /// Checks that a file can be received at `path`, below a root; creates nothing.
    ///
    /// # Errors
    /// `LocalNotFound`: the directory does not exist. `LocalDenied`: `path` is outside the roots,
    /// the directory is not writable, or `path` exists and is not a regular file or must not be
    /// replaced. `LocalIo`.
    pub fn check(roots: &Roots, path: &Path, fail_if_exists: bool) -> Result<(), Failure> {
        let place = Self::place(roots, path, fail_if_exists)?;
        let flags = AccessFlags::W_OK | AccessFlags::X_OK;
        let checked = faccessat(&place.directory, ".", flags, AtFlags::AT_EACCESS);
        checked.map_err(|error| errno_failure(path, error))
    }

    /// Creates a staging file for `path`, below a root.
    ///
    /// # Errors
    /// As [`SinkFile::check`].
    pub fn at_path(roots: &Roots, path: &Path) -> Result<Self, Failure> {
        let place = Self::place(roots, path, false)?;
        let staging = StagingFile::create(&place).map_err(|error| errno_failure(path, error))?;
        Ok(Self {
            name: path.display().to_string(),
            base: 0,
            place: Some(place),
            state: SinkState::new(Contents::Staging(staging)),
            stage: AtomicU8::new(OPEN),
        })
    }

    fn place(roots: &Roots, path: &Path, fail_if_exists: bool) -> Result<Place, Failure> {
        let place = roots.place(path)?;
        let flags = AtFlags::AT_SYMLINK_NOFOLLOW;
        match fstatat(&place.directory, place.name.as_os_str(), flags) {
            Ok(stat) if !is_replaceable(stat.st_mode) => {
                Err(denied(path, "exists and is not a regular file"))
            }
            // Refused before anything is transferred; the commit checks again.
            Ok(_) if fail_if_exists => Err(denied(path, "exists already")),
            Ok(_) | Err(Errno::ENOENT) => Ok(place),
            Err(error) => Err(errno_failure(path, error)),
        }
    }

    /// Uses a passed descriptor of a regular file that was opened with `O_APPEND`. Others may append
    /// to it at the same time, so nothing is written to it before the download is complete; until
    /// then the bytes are in a file without a name in `directory`.
    ///
    /// # Errors
    /// `LocalIo`.
    pub fn appending(fd: OwnedFd, directory: &Path) -> Result<Self, Failure> {
        let name = PASSED.to_owned();
        let file = AppendFile::create(fd.into(), directory)?;
        Ok(Self {
            name,
            base: 0,
            place: None,
            state: SinkState::new(Contents::Append(file)),
            stage: AtomicU8::new(OPEN),
        })
    }

    /// Uses a passed descriptor of a regular file. Bytes are written from its file offset on.
    ///
    /// # Errors
    /// `LocalIo`.
    pub fn from_fd(fd: OwnedFd) -> Result<Self, Failure> {
        let file = File::from(fd);
        let name = PASSED.to_owned();
        let base = lseek(&file, 0, Whence::SeekCur).map_err(|error| errno_failure(&name, error))?;
        Ok(Self {
            name,
            base: u64::try_from(base).unwrap_or_default(),
            place: None,
            state: SinkState::new(Contents::Passed(file)),
            stage: AtomicU8::new(OPEN),
        })
    }

    /// Truncates the file to the first `offset` received bytes. After [`SinkFile::discard`], a new
    /// staging file is created.
    ///
    /// # Errors
    /// `LocalIo`, `LocalDenied`.
    pub fn truncate(&self, offset: u64) -> Result<(), Failure> {
        let mut state = self.state();
        self.stage.store(OPEN, Ordering::SeqCst);
        if offset == 0 {
            state.failure = None;
        }
        let result = self.truncate_contents(&mut state.contents, offset);
        state.remember(result)
    }

    fn truncate_contents(&self, contents: &mut Contents, offset: u64) -> Result<(), Failure> {
        if let (Contents::Discarded, Some(place)) = (&*contents, &self.place) {
            let staging =
                StagingFile::create(place).map_err(|error| errno_failure(&self.name, error))?;
            *contents = Contents::Staging(staging);
        }
        self.file(contents)?
            .set_len(self.base + offset)
            .map_err(|error| io_failure(&self.name, &error))
    }

    /// Writes received bytes.
    ///
    /// # Errors
    /// `LocalIo` (disk full, among others), `LocalDenied`.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), Failure> {
        let mut state = self.state();
        let result = self.file(&state.contents).and_then(|file| {
            file.write_all_at(bytes, self.base + offset)
                .map_err(|error| io_failure(&self.name, &error))
        });
        state.remember(result)
    }

    /// Fills `buffer` from an offset of what was received.
    ///
    /// # Errors
    /// `LocalIo`, also when fewer bytes were received. The failure of an earlier write.
    pub fn read_exact(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Failure> {
        let state = self.state();
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        self.file(&state.contents)?
            .read_exact_at(buffer, self.base + offset)
            .map_err(|error| io_failure(&self.name, &error))
    }

    /// Syncs the file to the disk and gives it its final name, unless a write has failed.
    ///
    /// # Errors
    /// `LocalDenied`: a file of that name exists and must not be replaced. `LocalIo`. The failure
    /// of an earlier write or truncation. `Cancelled`: it was revoked.
    pub fn commit(&self, fail_if_exists: bool) -> Result<(), Failure> {
        let mut state = self.state();
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        if let Contents::Append(file) = &state.contents {
            self.begin_to_publish()?;
            let appended = file.append();
            appended.map_err(|error| io_failure(&self.name, &error))?;
            state.contents = Contents::Committed;
            return Ok(());
        }
        let synced = sync_data(self.file(&state.contents)?);
        synced.map_err(|error| io_failure(&self.name, &error))?;
        self.begin_to_publish()?;
        match (&state.contents, &self.place) {
            (Contents::Staging(staging), Some(place)) => {
                let published = staging.publish(place, !fail_if_exists);
                published.map_err(|error| self.publish_failure(error))?;
                state.contents = Contents::Committed;
                let synced = nix::unistd::fsync(&place.directory);
                synced.map_err(|error| errno_failure(&self.name, error))
            }
            (Contents::Passed(file), _) => {
                // Others that use this open file continue after the received bytes.
                let end = lseek(file, 0, Whence::SeekEnd);
                state.contents = Contents::Committed;
                end.map(drop)
                    .map_err(|error| errno_failure(&self.name, error))
            }
            _ => Ok(()),
        }
    }

    /// Revokes a commit that may be under way. False: the file has its name already or is getting
    /// it. Never blocks.
    pub fn revoke(&self) -> bool {
        self.pass_to(REVOKED)
    }

    fn begin_to_publish(&self) -> Result<(), Failure> {
        if self.pass_to(PUBLISHING) {
            return Ok(());
        }
        let text = format!("{}: is not wanted any more", self.name);
        Err(Failure::new(ErrorName::Cancelled, text))
    }

    fn pass_to(&self, stage: u8) -> bool {
        let order = Ordering::SeqCst;
        let passed = self.stage.compare_exchange(OPEN, stage, order, order);
        passed.is_ok()
    }

    fn publish_failure(&self, error: Errno) -> Failure {
        match error {
            Errno::EEXIST => {
                let text = format!("{} exists already", self.name);
                Failure::new(ErrorName::LocalDenied, text)
            }
            Errno::ESTALE => {
                let text = format!("{}: was replaced while it was received", self.name);
                Failure::new(ErrorName::LocalIo, text)
            }
            error => errno_failure(&self.name, error),
        }
    }

    /// Drops what was received, or truncates a passed file to what it held before. Does nothing
    /// after a commit.
    pub fn discard(&self) {
        let mut state = self.state();
        match &state.contents {
            Contents::Staging(_) => state.contents = Contents::Discarded,
            Contents::Passed(file) | Contents::Append(AppendFile { received: file, .. }) => {
                if let Err(error) = file.set_len(self.base) {
                    let name = &self.name;
                    tracing::warn!("{name}: an incomplete file cannot be truncated: {error}");
                }
            }
            Contents::Discarded | Contents::Committed => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, SinkState> {
        let state = self.state.lock();
        state.unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn file<'c>(&self, contents: &'c Contents) -> Result<&'c File, Failure> {
        match contents {
            Contents::Passed(file) | Contents::Append(AppendFile { received: file, .. }) => {
                Ok(file)
            }
            Contents::Staging(staging) => Ok(&staging.file),
            Contents::Discarded | Contents::Committed => {
                let text = format!("{} is closed", self.name);
                Err(Failure::new(ErrorName::LocalIo, text))
            }
        }
    }
}

/// Whether a rename may replace a file of this mode.
fn is_replaceable(mode: u32) -> bool {
    let kind = SFlag::from_bits_truncate(mode) & SFlag::S_IFMT;
    kind == SFlag::S_IFREG || kind == SFlag::S_IFLNK
}
