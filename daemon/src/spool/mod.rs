//! [`Spool`]: copies of what callers passed as descriptors, kept below the state directory until
//! their transfers are over, so that these survive a restart. The bytes of all files together and
//! those of one user are limited.

mod copy;
mod file;
mod room;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use modem_ftp_core::api::failure::Failure;

use crate::files::{io_failure, is_spool_name};
pub use copy::{Copying, PipeCopy, PipeStep};
use room::Room;

/// The spool's directory in the state directory.
const DIRECTORY: &str = "spool";
/// How many pipes are read into the spool at a time.
const PIPES: usize = 16;

/// The spool. Everything but [`Spool::set_limit`] may block on the disk.
#[derive(Debug)]
pub struct Spool {
    directory: PathBuf,
    room: Mutex<Room>,
}

impl Spool {
    /// The spool of a state directory, which may hold `limit` bytes. What it contains becomes known
    /// by [`Spool::adopt`].
    pub fn new(state_directory: &Path, limit: u64) -> Arc<Self> {
        Arc::new(Self {
            directory: state_directory.join(DIRECTORY),
            room: Mutex::new(Room::new(limit)),
        })
    }

    /// Where the files are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Changes the limit. Files that are there already stay.
    pub fn set_limit(&self, limit: u64) {
        self.room().limit = limit;
    }

    /// Counts the files that transfers refer to, with their owners, and removes all others.
    pub fn adopt(&self, owners: &HashMap<String, u32>) {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return tracing::warn!("{}: {error}", self.directory.display()),
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let owner = name.to_str().and_then(|name| owners.get_key_value(name));
            if let Some((name, uid)) = owner {
                let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
                self.room().add(name, *uid, bytes);
            } else if let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!("{}: {error}", entry.path().display());
            }
        }
    }

    /// Renames the directory to `spool.LABEL` if it has files, because the transfers that refer to
    /// them are not known any more. Returns the new path.
    pub fn set_aside(&self, label: &str) -> Option<PathBuf> {
        fs::read_dir(&self.directory).ok()?.next()?.ok()?;
        let aside = self.directory.with_extension(label);
        match fs::rename(&self.directory, &aside) {
            Ok(()) => Some(aside),
            Err(error) => {
                tracing::warn!("{}: {error}", self.directory.display());
                None
            }
        }
    }

    /// The directory, which is made if it is missing.
    ///
    /// # Errors
    /// `LocalIo`, `LocalDenied`.
    pub fn ready(&self) -> Result<&Path, Failure> {
        match DirBuilder::new().mode(0o700).create(&self.directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(io_failure(&self.directory, &error))
            }
            _ => Ok(&self.directory),
        }
    }

    /// Opens a file to send it.
    ///
    /// # Errors
    /// `LocalNotFound`, `LocalDenied`, `LocalIo`.
    pub fn open(&self, name: &str) -> Result<(File, PathBuf), Failure> {
        let path = self.directory.join(name);
        let file = File::open(&path).map_err(|error| io_failure(&path, &error))?;
        Ok((file, path))
    }

    /// Removes a file, if it is there.
    pub fn remove(&self, name: &str) {
        if !is_spool_name(name) {
            return;
        }
        let path = self.directory.join(name);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!("{}: {error}", path.display()),
        }
        self.room().remove(name);
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
