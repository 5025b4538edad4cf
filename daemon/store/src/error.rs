//! [`StoreError`]: why the store could not do what it was asked, by name.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the store could not do what it was asked. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The directory does not exist, or is not a directory.
    NoDirectory(PathBuf),
    /// Another process has the database open.
    InUse(PathBuf),
    /// The file system or the files may not be written.
    ReadOnly(String),
    /// There is no space left.
    Full(String),
    /// Reading or writing failed.
    Io(String),
    /// The database is damaged: see [`Store::begin_anew`](crate::Store::begin_anew).
    Damaged(String),
    /// A fact cannot be stored: its number does not fit.
    Unstorable(String),
}

impl StoreError {
    /// The error of an operation on a file or directory.
    pub(crate) fn of_file(path: &Path, error: &io::Error) -> Self {
        let text = format!("{}: {error}", path.display());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(text),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly(text)
            }
            _ => Self::Io(text),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let text = match error.sqlite_error() {
            // The extended code tells reading from writing from synchronizing.
            Some(code) => format!("{error} (SQLite code {})", code.extended_code),
            None => error.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(text),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly(text),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::InUse(PathBuf::from(crate::schema::DATABASE))
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(text),
            _ => Self::Io(text),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDirectory(path) => {
                write!(f, "{} is not an existing directory", path.display())
            }
            Self::InUse(path) => write!(f, "{} is in use by another process", path.display()),
            Self::ReadOnly(text) => write!(f, "the store cannot be written: {text}"),
            Self::Full(text) => write!(f, "no space left for the store: {text}"),
            Self::Io(text) => write!(f, "reading or writing the store failed: {text}"),
            Self::Damaged(text) => write!(f, "the store is damaged: {text}"),
            Self::Unstorable(text) => write!(f, "a fact cannot be stored: {text}"),
        }
    }
}

impl std::error::Error for StoreError {}
