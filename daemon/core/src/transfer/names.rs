//! [`Names`]: what bears the final name and the staging name of a file after a rename was refused, or
//! its answer lost.

use super::attempt::Attempt;
use crate::api::fact::RemoteTraces;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::LocalFile;
use crate::api::options::{IfExists, Options};
use crate::ftp::{Found, file_row, look_up, look_up_staging};
use crate::link::Link;

/// The rename of a file whose result is not known.
#[derive(Clone, Copy)]
pub struct Renamed {
    /// Bytes of the file.
    pub size: u64,
    /// Whether no other file bore the final name when it was renamed.
    pub is_new: bool,
}

impl Renamed {
    /// What an attempt noted before it renamed a file; `None` if it renamed none.
    pub fn of(traces: &RemoteTraces, options: &Options, local: &LocalFile) -> Option<Self> {
        Some(Self {
            size: traces.renaming?,
            // Where nothing could bear the name before, something there is our file.
            is_new: options.if_exists == IfExists::Fail
                || traces.backup.is_some()
                || !local.rewindable,
        })
    }
}

/// What bears the two names of a file after a rename was refused, or its answer lost.
pub struct Names {
    /// The final name.
    pub remote: Result<Found, Failure>,
    /// The staging name.
    pub staging: Result<Found, Failure>,
}

impl Names {
    /// Those of an attempt.
    ///
    /// # Errors
    /// As [`Names::look_up`].
    pub async fn of(attempt: &Attempt) -> Result<Self, Failure> {
        let (remote, staging) = (&attempt.remote, &attempt.staging);
        let size = attempt.traces.renaming.unwrap_or_default();
        Self::look_up(attempt.link(), attempt.text, remote, staging, size).await
    }

    /// Looks the final name and the staging name up. `text`: the type is ASCII; `size`: that of the file.
    ///
    /// # Errors
    /// What failed below the command, or may work when it is tried again.
    pub async fn look_up(
        link: &Link,
        text: bool,
        remote: &str,
        staging: &str,
        size: u64,
    ) -> Result<Self, Failure> {
        let names = Self {
            remote: exactly(link, text, remote, size, false).await,
            staging: exactly(link, text, staging, size, true).await,
        };
        for found in [&names.remote, &names.staging] {
            match found {
                Err(failure) if failure.scope > Scope::Command || failure.retry != Retry::Never => {
                    return Err(failure.clone());
                }
                _ => {}
            }
        }
        Ok(names)
    }

    /// Whether the file has been renamed.
    ///
    /// # Errors
    /// Why a name could not be looked up.
    pub fn has_taken_place(&self, renamed: Renamed) -> Result<bool, Failure> {
        let there = self.remote.clone()?;
        Ok(match (self.staging.clone()?, there) {
            (Found::Nothing, Found::File(there)) => there == renamed.size,
            // With no size to compare it may be the old file, unless there could be none.
            (Found::Nothing, Found::Something) => renamed.is_new,
            _ => false,
        })
    }

    /// Whether only the staged file is there.
    pub fn is_only_staged(&self, size: u64) -> bool {
        self.remote == Ok(Found::Nothing) && is_file(&self.staging, size)
    }

    /// Whether neither name is there.
    pub fn is_gone(&self) -> bool {
        self.remote == Ok(Found::Nothing) && self.staging == Ok(Found::Nothing)
    }

    /// Whether the file bears its final name.
    pub fn is_renamed(&self, size: u64) -> bool {
        is_file(&self.remote, size) && self.staging == Ok(Found::Nothing)
    }

    /// Whether the staged file is there and something else has its name.
    pub fn is_in_the_way(&self, size: u64) -> bool {
        let is_there = matches!(self.remote, Ok(Found::File(_) | Found::Something));
        is_there && is_file(&self.staging, size)
    }
}

/// Whether it may be a file of this size: in ASCII type servers report none.
fn is_file(found: &Result<Found, Failure>, size: u64) -> bool {
    matches!(found, Ok(Found::File(_) | Found::Something))
        && !matches!(found, Ok(Found::File(other)) if *other != size)
}

/// Looks a name up that a file of this size may bear. While the type is not in force, SIZE may be
/// refused or count other bytes than LIST.
async fn exactly(
    link: &Link,
    text: bool,
    path: &str,
    size: u64,
    is_staging: bool,
) -> Result<Found, Failure> {
    let is_typed = text || link.is_typed();
    let found = match is_staging {
        true => look_up_staging(link, text, path).await?,
        false => look_up(link, text, path).await?,
    };
    match found {
        Found::Nothing => Ok(found),
        Found::File(there) if there == size => Ok(found),
        _ if !is_typed => {
            let listed = file_row(link, path).await?;
            Ok(listed.map_or(found, Found::File))
        }
        _ => Ok(found),
    }
}
