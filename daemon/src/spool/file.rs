//! [`SpoolFile`]: a file of the spool that is being written. Dropped before it is finished, it is
//! removed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;

use super::Spool;
use crate::files::io_failure;

/// A file that is being written.
#[derive(Debug)]
pub struct SpoolFile {
    spool: Arc<Spool>,
    name: String,
    path: PathBuf,
    uid: u32,
    file: File,
    finished: bool,
}

impl SpoolFile {
    /// Creates an empty file of a user.
    ///
    /// # Errors
    /// `LocalDenied`, `LocalIo`.
    pub fn create(spool: &Arc<Spool>, uid: u32) -> Result<Self, Failure> {
        let random = getrandom::u64().map_err(|error| {
            Failure::new(ErrorName::LocalIo, format!("no random numbers: {error}"))
        })?;
        let name = format!("{random:016x}");
        let path = spool.directory.join(&name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Only the last directory: the store creates the state directory.
                let made = DirBuilder::new().mode(0o700).create(&spool.directory);
                made.and_then(|()| options.open(&path))
            }
            other => other,
        };
        let file = file.map_err(|error| io_failure(&path, &error))?;
        Ok(Self {
            spool: Arc::clone(spool),
            name,
            path,
            uid,
            file,
            finished: false,
        })
    }

    /// The open file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What it is called in messages.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Counts bytes that are about to be written.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn reserve(&self, bytes: u64) -> Result<(), Failure> {
        self.spool.room().reserve(&self.name, self.uid, bytes)
    }

    /// Writes everything to the disk and returns the file's name.
    ///
    /// # Errors
    /// `LocalIo`: the file is removed.
    pub fn finish(mut self) -> Result<String, Failure> {
        let synced = self
            .file
            .sync_all()
            .and_then(|()| File::open(&self.spool.directory)?.sync_all());
        synced.map_err(|error| io_failure(&self.path, &error))?;
        self.finished = true;
        Ok(std::mem::take(&mut self.name))
    }
}

impl Drop for SpoolFile {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!("{}: {error}", self.path.display());
        }
        self.spool.room().remove(&self.name);
    }
}
