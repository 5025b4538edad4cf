//! Continues an upload where an earlier attempt of the same transfer stopped. Only bytes of this very
//! content are continued, at an offset that the server's SIZE and our record agree on, and only after
//! a few bytes before it were read back. What the server does with a start position is proven with a
//! few bytes before the rest is sent; where it spoils the file, the file is sent whole.

use super::attempt::Attempt;
use super::seams::{self, SIDE};
use super::stream::stream_range;
use super::verify::{self, Comparison};
use crate::api::fact::StartPosition;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::Size;
use crate::at::quote::RemotePath;

/// Fewer bytes are not worth two more data connections.
pub const WORTH: u64 = 8 * 1024;
/// After a kill of the daemon so many of the last bytes may be lines of the next one, which did not
/// know that the module was in data mode.
const LINES: u64 = 4 * 1024;
/// With so many bytes it is proven what a server does with a start position.
const PROOF: u64 = 1024;

/// Where an upload goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The offset from which on the rest of the file has to be sent: 0 for all of it, its size for
    /// nothing.
    pub offset: u64,
    /// Bytes of the file on the server.
    there: u64,
}

/// Finds out where the upload of `size` bytes goes on.
///
/// # Errors
/// Why it cannot be found out.
pub async fn find_start(
    attempt: &mut Attempt,
    path: &RemotePath,
    size: u64,
) -> Result<Start, Failure> {
    let whole = Start::default();
    let traces = &attempt.traces;
    let is_ours = traces.content.is_some() && traces.content == attempt.local.content;
    let confirmed = traces.confirmed.min(size);
    if !is_ours || attempt.text || !attempt.local.rewindable || confirmed < WORTH {
        return Ok(whole);
    }
    let there = match attempt.link().send(Size { path: path.clone() }).await {
        Ok(there) => there,
        Err(failure) if failure.scope == Scope::Command => return Ok(whole),
        Err(failure) => return Err(failure),
    };
    let agreed = there.min(confirmed);
    let breaks = attempt.start_position() == Some(StartPosition::Breaks);
    for offset in [agreed, agreed.saturating_sub(LINES)] {
        // A file that is longer than it should be, or already as long, shows less of what the
        // server does with a start position.
        let tells = there < size || (there == size && offset == size);
        if !tells || offset < WORTH || (breaks && offset < size) {
            break;
        }
        let mut is_same = agrees(attempt, path, offset - SIDE).await?;
        if is_same && offset == size {
            // Nothing will be sent to show what an earlier start position did.
            is_same = agrees(attempt, path, 0).await?;
        }
        tracing::info!(there, offset, is_same, "{} is partly there", attempt.remote);
        if is_same {
            return Ok(Start { offset, there });
        }
    }
    Ok(whole)
}

async fn agrees(attempt: &mut Attempt, path: &RemotePath, offset: u64) -> Result<bool, Failure> {
    let found = verify::part(attempt, path, offset, SIDE).await?;
    Ok(found == Comparison::Same)
}

/// Sends the rest of the file and verifies its size. `false`: the server spoils it, and all of it
/// has to be sent.
///
/// # Errors
/// As [`stream_range`].
pub async fn go_on(
    attempt: &mut Attempt,
    path: &RemotePath,
    start: Start,
    size: u64,
) -> Result<bool, Failure> {
    let Start {
        offset: start,
        there,
    } = start;
    attempt.note_transferred(start);
    if start == size {
        verify::size(attempt, path, size).await?;
        return Ok(true);
    }
    let is_known = attempt.start_position().is_some();
    // Beyond what is there, so that the size shows whether it was appended. Also where it is known:
    // another server may stand in its place, and a proof before the rest is sent costs least.
    let first = size.min(there + PROOF);
    if let Err(failure) = stream_range(attempt, path, start, first).await {
        let is_refused = failure.scope == Scope::Command && attempt.transferred() == start;
        if is_refused {
            tracing::info!("{failure} (sending all of it)");
            if failure.is_missing_feature() {
                attempt.note_start_position(StartPosition::Breaks);
            }
            return Ok(false);
        }
        // The proof must not stop every attempt.
        let stopped = attempt.link().abort_failure().is_some();
        if !is_known && failure.scope <= Scope::Session && !stopped {
            attempt.confirm(0);
        }
        return Err(failure);
    }
    match seams::compare(attempt, path, start, first).await? {
        Comparison::Same => attempt.note_start_position(StartPosition::Continues),
        Comparison::Different => {
            attempt.note_start_position(StartPosition::Breaks);
            return Ok(false);
        }
        Comparison::Uniform | Comparison::Unreadable => return Ok(false),
    }
    if first < size {
        stream_range(attempt, path, first, size).await?;
        verify::size(attempt, path, size).await?;
    }
    Ok(true)
}
