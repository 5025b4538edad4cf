//! Why a fixture did not start: something is not installed, or something failed.

use std::fmt;

/// What kept a fixture from starting.
#[derive(Debug)]
pub enum Error {
    /// This machine lacks a program or a right; `tests/run` installs it. See [`crate::need()`].
    Missing(String),
    /// Any other reason: always a failure of the test.
    Failed(String),
}

impl Error {
    /// Something that is not installed or not allowed on this machine.
    pub fn missing(what: impl Into<String>) -> Self {
        Self::Missing(what.into())
    }

    /// Something that failed.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::Failed(what.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "missing on this machine: {what}"),
            Self::Failed(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<rcgen::Error> for Error {
    fn from(error: rcgen::Error) -> Self {
        Self::Failed(format!("cannot make a certificate: {error}"))
    }
}
