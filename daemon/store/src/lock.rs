//! [`Lock`]: one process at a time uses the store of a directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::StoreError;
use crate::schema::LOCK;

/// Held until dropped, or until the process ends in whatever way.
///
/// SQLite locks the database as well; this lock covers the time in which a database is renamed or
/// a new one is made.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a directory.
    pub(crate) fn take(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(LOCK);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| StoreError::of_file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path)),
            Err(TryLockError::Error(error)) => Err(StoreError::of_file(&path, &error)),
        }
    }
}

/// Makes what was created, renamed or removed in a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    File::open(directory)
        .and_then(|opened| opened.sync_all())
        .map_err(|error| StoreError::of_file(directory, &error))
}
