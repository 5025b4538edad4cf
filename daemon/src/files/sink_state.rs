//! [`SinkState`]: where the bytes of a file being received are, and the first failure to write them.

use std::fs::File;
use std::sync::Mutex;

use modem_ftp_core::api::failure::Failure;

use super::append_file::AppendFile;
use super::staging::StagingFile;

/// What changes about a file being received.
#[derive(Debug)]
pub struct SinkState {
    pub contents: Contents,
    /// The first failure to write received bytes. Such a file is never committed.
    pub failure: Option<Failure>,
}

/// Where the received bytes are.
#[derive(Debug)]
pub enum Contents {
    /// Nowhere: they were discarded.
    Discarded,
    /// In the file that the caller passed.
    Passed(File),
    /// In a file without a name, to be appended to the file that the caller passed.
    Append(AppendFile),
    /// In a file that has no name yet.
    Staging(StagingFile),
    /// In the committed file.
    Committed,
}

impl SinkState {
    /// Bytes in `contents`, without a failure.
    pub fn new(contents: Contents) -> Mutex<Self> {
        let failure = None;
        Mutex::new(Self { contents, failure })
    }

    /// Keeps the failure of a write for the commit, and hands `result` on.
    ///
    /// # Errors
    /// That of `result`.
    pub fn remember(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        if let Err(failure) = &result {
            self.failure = Some(failure.clone());
        }
        result
    }
}
