//! One attempt at an upload: to a staging name, verified, then renamed. The length is declared, so
//! that the module leaves data mode by itself; for a pipe, whose length is not known, the daemon
//! leaves data mode at its end.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::stream::{stream_all, stream_range};
use super::{directory, rename, resume, seams, ufs_choice, verify, via_ufs};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::{IfExists, Verify};
use crate::at::quote::RemotePath;
use crate::ftp::{Found, look_up};

/// Makes the attempt.
///
/// # Errors
/// Why the file is not on the server under its final name.
pub async fn run(attempt: &mut Attempt) -> Result<(), Failure> {
    // Which name the file bears has to be known before anybody is told that it was cancelled.
    let seen_through = attempt.link().see_through();
    if rename::finish_earlier(attempt).await? {
        return Ok(());
    }
    drop(seen_through);
    attempt.bind_to_content();
    if !attempt.has_sent() {
        directory::refuse(attempt).await?;
    }
    // What an earlier attempt left under the final name is no reason to stop.
    let ours = attempt.traces.partial && !attempt.options.atomic;
    if attempt.options.if_exists == IfExists::Fail && !ours {
        rename::ensure_absent(attempt).await?;
    }
    note_absence(attempt).await?;
    let mut path = RemotePath::new("remote path", attempt.target())?;
    let sent = if ufs_choice::is_wanted(attempt).await? {
        attempt.store_staging(0).await?;
        let sent = match via_ufs::upload(attempt, path.clone()).await {
            Err(refusal) => {
                path = other_name(attempt, refusal).await?;
                via_ufs::upload(attempt, path.clone()).await?
            }
            Ok(sent) => sent,
        };
        verify_size(attempt, &path, sent).await?;
        sent
    } else {
        stream(attempt, &mut path).await?
    };
    attempt.check_abort()?;
    if attempt.options.verify == Verify::Content {
        verify::content(attempt, &path, sent).await?;
    }
    attempt.check_abort()?;
    if attempt.options.atomic {
        let _seen_through = attempt.link().see_through();
        rename::give_final_name(attempt, sent).await?;
    }
    Ok(())
}

/// Streams the source in data mode and verifies its size there; returns the bytes sent.
async fn stream(attempt: &mut Attempt, path: &mut RemotePath) -> Result<u64, Failure> {
    // What a declared length of 0 means is not documented: an empty file is an upload of
    // unknown length that ends at once. The length of a text on the way is known only at its end.
    let known = attempt.local.size.filter(|size| *size > 0 && !attempt.text);
    let Some(size) = known else {
        attempt.store_staging(0).await?;
        let sent = match stream_all(attempt, path).await {
            Err(refusal) => {
                *path = other_name(attempt, refusal).await?;
                stream_all(attempt, path).await?
            }
            Ok(sent) => sent,
        };
        attempt.note_size(sent);
        verify_size(attempt, path, sent).await?;
        return Ok(sent);
    };
    seams::check_segments(attempt, size)?;
    let start = resume::find_start(attempt, path, size).await?;
    attempt.store_staging(start.offset).await?;
    if start.offset > 0 {
        if resume::go_on(attempt, path, start, size).await? {
            return Ok(size);
        }
        attempt.drop_sent(path.clone()).await?;
        attempt.note_transferred(0);
    }
    if let Err(refusal) = stream_range(attempt, path, 0, size).await {
        *path = other_name(attempt, refusal).await?;
        stream_range(attempt, path, 0, size).await?;
    }
    verify_size(attempt, path, size).await?;
    seams::prove_segments(attempt, path, size).await?;
    Ok(size)
}

/// Compares the size on the server, unless nothing is to be verified.
async fn verify_size(attempt: &mut Attempt, path: &RemotePath, sent: u64) -> Result<(), Failure> {
    attempt.is_checking = true;
    match attempt.options.verify {
        Verify::None => Ok(()),
        _ => verify::size(attempt, path, sent).await,
    }
}

/// Another staging name, where STOR was refused and the server may still hold the file that a session
/// that was cut wrote to.
///
/// # Errors
/// The refusal, where no other name can help.
async fn other_name(attempt: &mut Attempt, refusal: Failure) -> Result<RemotePath, Failure> {
    let is_refused = refusal.scope == Scope::Command && refusal.name == ErrorName::RemoteRefused;
    let is_whole = attempt.local.rewindable || refusal.is_unaccepted;
    // What is busy (450) becomes free by itself; after a cut it may be busy with our own session.
    let is_held = attempt.options.atomic
        && match refusal.retry {
            Retry::Never => attempt.follows_cut(),
            _ => attempt.was_cut_lately(),
        };
    if !(is_refused && is_whole && is_held) {
        return Err(refusal);
    }
    tracing::info!("{refusal}; trying another staging name");
    attempt.change_staging();
    attempt.store_staging(0).await?;
    attempt.note_transferred(0);
    RemotePath::new("remote path", attempt.target())
}

/// Notes whether nothing bears the final name before bytes are sent to it: what is empty there after
/// a data connection that could not be opened is ours then.
async fn note_absence(attempt: &Attempt) -> Result<(), Failure> {
    if attempt.options.atomic || attempt.has_sent() || attempt.text {
        return Ok(());
    }
    match look_up(attempt.link(), attempt.text, &attempt.remote).await {
        Ok(found) => attempt.note_new(found == Found::Nothing),
        Err(failure) if failure.scope > Scope::Command => return Err(failure),
        Err(_) => attempt.note_new(false),
    }
    Ok(())
}
