//! Seams: places in a remote file where one command ended and the next began with a start position.
//! What a server does there is not documented, so it is found out by content: a server may append,
//! fill with zeros or begin at 0, and the size alone does not show it.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::verify::{self, Comparison};
use crate::api::fact::StartPosition;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::Size;
use crate::at::quote::RemotePath;

/// So many bytes on each side of a seam are compared.
pub const SIDE: u64 = 64;
/// So many seams of an upload in segments are compared until one proves something.
const LOOKS: u64 = 8;

/// Compares what is on the server around a seam, and its size, with the local file up to `size`.
///
/// # Errors
/// As [`verify::part`].
pub async fn compare(
    attempt: &mut Attempt,
    path: &RemotePath,
    seam: u64,
    size: u64,
) -> Result<Comparison, Failure> {
    match attempt.link().send(Size { path: path.clone() }).await {
        Ok(there) if there != size => return Ok(Comparison::Different),
        Ok(_) => {}
        Err(failure) if failure.scope == Scope::Command => return Ok(Comparison::Unreadable),
        Err(failure) => return Err(failure),
    }
    let from = seam.saturating_sub(SIDE);
    if verify::is_uniform_part(attempt, from, seam - from).await? {
        return Ok(Comparison::Uniform);
    }
    let to = size.min(seam + SIDE);
    verify::part(attempt, path, from, to - from).await
}

/// Refuses an upload in several segments where they are known to spoil the file.
///
/// # Errors
/// `Failed`.
pub fn check_segments(attempt: &Attempt, size: u64) -> Result<(), Failure> {
    let several = size > attempt.link().longest_segment();
    if several && attempt.segments() == Some(StartPosition::Breaks) {
        return Err(broken());
    }
    Ok(())
}

/// Proves, once per server, that a file sent in segments is whole there.
///
/// # Errors
/// `Failed`, when it is not; it is removed then.
pub async fn prove_segments(
    attempt: &mut Attempt,
    path: &RemotePath,
    size: u64,
) -> Result<(), Failure> {
    let longest = attempt.link().longest_segment();
    let continues = Some(StartPosition::Continues);
    let known = [attempt.segments(), attempt.start_position()].contains(&continues);
    if size <= longest || known {
        return Ok(());
    }
    // From the last one: less follows of it that the server sends in vain.
    let mut found = Comparison::Uniform;
    let mut seam = (size - 1) / longest * longest;
    let end = seam.saturating_sub(LOOKS * longest);
    while found == Comparison::Uniform && seam > end {
        found = compare(attempt, path, seam, size).await?;
        seam -= longest;
    }
    match found {
        Comparison::Same => attempt.note_segments(StartPosition::Continues),
        Comparison::Different => {
            attempt.note_segments(StartPosition::Breaks);
            attempt.note_start_position(StartPosition::Breaks);
            attempt.drop_sent(path.clone()).await?;
            return Err(broken());
        }
        // No seam proves anything: the whole file is compared.
        Comparison::Uniform => verify::content(attempt, path, size).await?,
        Comparison::Unreadable => {
            tracing::warn!(
                "{}: what was sent in segments cannot be read",
                attempt.remote
            );
        }
    }
    Ok(())
}

fn broken() -> Failure {
    Failure::new(
        ErrorName::Failed,
        "the server spoils a file that is sent in segments, and without flow control \
         (modem.hardware_flow_control) it cannot be sent in one: --via ufs (via = ufs) works if \
         it fits into the module's storage",
    )
}
