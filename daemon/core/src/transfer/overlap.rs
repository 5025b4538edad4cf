//! Whether a download may continue what an earlier attempt has left in the local file: only if size
//! and time of the remote file are what they were then, and the last bytes are the same on both
//! sides.

use super::attempt::Attempt;
use super::partial::Partial;
use super::verify;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::ModificationTime;
use crate::at::quote::RemotePath;

/// Fewer bytes are not worth two more round trips.
const WORTH: u64 = 8 * 1024;
/// So many bytes before the end are compared before more are added.
const OVERLAP: u64 = 64;

/// What a download of `size` bytes begins with: what is there of it, or nothing. `None`: this
/// download cannot be continued by another attempt.
///
/// # Errors
/// Why it cannot be found out.
pub async fn find(
    attempt: &mut Attempt,
    path: &RemotePath,
    size: u64,
) -> Result<Option<Partial>, Failure> {
    if size < WORTH || !attempt.local.rewindable {
        return Ok(None);
    }
    let command = ModificationTime { path: path.clone() };
    let modified = match attempt.link().send(command).await {
        Ok(modified) => modified,
        Err(failure) if failure.scope == Scope::Command => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let nothing = Partial {
        size,
        modified,
        bytes: 0,
    };
    let left = attempt.partial.take();
    let Some(left) = left.filter(|left| (WORTH..=size).contains(&left.bytes)) else {
        return Ok(Some(nothing));
    };
    let is_same_file = left.size == nothing.size && left.modified == nothing.modified;
    let continues = is_same_file && has(attempt, path, left.bytes).await?;
    tracing::info!(
        bytes = left.bytes,
        continues,
        "{} is partly here",
        attempt.remote
    );
    Ok(Some(if continues { left } else { nothing }))
}

/// Whether the local file has so many bytes, and the last of them are those of the remote file.
async fn has(attempt: &Attempt, path: &RemotePath, bytes: u64) -> Result<bool, Failure> {
    let from = bytes - OVERLAP;
    let local = match verify::local_digest(attempt, from, OVERLAP).await {
        Ok(local) => local,
        Err(failure) => {
            tracing::debug!("{failure}");
            return attempt.link().abort_failure().map_or(Ok(false), Err);
        }
    };
    if verify::is_uniform(&local, OVERLAP) {
        return Ok(false);
    }
    match verify::remote_digest(attempt, path, from, OVERLAP).await {
        Ok(remote) => Ok(remote == local),
        Err(failure) if failure.scope == Scope::Command => Ok(false),
        Err(failure) => Err(failure),
    }
}
