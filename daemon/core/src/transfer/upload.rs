//! One attempt at an upload: to a staging name, verified, then renamed. The length is declared, so
//! that the module leaves data mode by itself; for a pipe, whose length is not known, the daemon
//! leaves data mode at its end.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::queue::Way;
use super::{rename, via_ufs};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::{IfExists, Verify};
use crate::at::command::ftp::{Put, Segment, Size};
use crate::at::quote::RemotePath;
use crate::link::PayloadSource;

/// Makes the attempt.
///
/// # Errors
/// Why the file is not on the server under its final name.
pub async fn run(attempt: &mut Attempt) -> Result<(), Failure> {
    if rename::finish_earlier(attempt).await? {
        return Ok(());
    }
    // What an earlier attempt left under the final name is no reason to stop.
    let ours = attempt.traces.partial && !attempt.options.atomic;
    if attempt.options.if_exists == IfExists::Fail && !ours {
        rename::ensure_absent(attempt).await?;
    }
    attempt.store_staging().await?;
    let path = RemotePath::new("remote path", attempt.target())?;
    let sent = if via_ufs::is_wanted(attempt).await? {
        via_ufs::upload(attempt, path.clone()).await?
    } else {
        stream(attempt, path.clone()).await?
    };
    attempt.check_abort()?;
    if attempt.options.verify != Verify::None {
        verify(attempt, path, sent).await?;
    }
    attempt.check_abort()?;
    if attempt.options.atomic {
        rename::give_final_name(attempt, sent).await?;
    }
    Ok(())
}

/// Streams the source in data mode; returns the bytes sent.
async fn stream(attempt: &mut Attempt, path: RemotePath) -> Result<u64, Failure> {
    let _counting = attempt.count(Way::LineAndAir);
    // What a declared length of 0 means is not documented: an empty file is an upload of
    // unknown length that ends at once. The length of a text on the way is known only at its end.
    let known = attempt.local.size.filter(|size| *size > 0 && !attempt.text);
    if let Some(size) = known {
        return stream_segments(attempt, path, size).await;
    }
    let sent = stream_segment(attempt, Put::stream(path, 0, None), 0, None).await?;
    attempt.note_size(sent);
    Ok(sent)
}

/// Streams a known length: in one segment where RTS/CTS keeps the line safe, else in short ones,
/// so that a lost byte shows early (docs/module/quirks.md S1).
async fn stream_segments(attempt: &Attempt, path: RemotePath, size: u64) -> Result<u64, Failure> {
    let longest = attempt.link().longest_segment();
    let mut offset = 0;
    while offset < size {
        let length = longest.min(size - offset);
        let last = offset + length == size;
        let command = Put::stream(path.clone(), offset, Some(Segment { length, last }));
        offset += stream_segment(attempt, command, offset, Some(length)).await?;
    }
    Ok(offset)
}

/// One stay in data mode.
async fn stream_segment(
    attempt: &Attempt,
    command: Put,
    offset: u64,
    length: Option<u64>,
) -> Result<u64, Failure> {
    let source = PayloadSource {
        handle: attempt.local.handle,
        offset,
        length,
        window: None,
        text: attempt.text,
    };
    let (reported, sent) = attempt.link().send_payload(command, source).await?;
    if reported != sent.bytes {
        return Err(short("QFTPPUT", sent.bytes, reported));
    }
    Ok(sent.bytes)
}

/// Compares the size on the server. A text has the size it had on the way there, or the one it
/// has here, by the server's own line ends; and most servers refuse SIZE in ASCII type.
async fn verify(attempt: &Attempt, path: RemotePath, sent: u64) -> Result<(), Failure> {
    match attempt.link().send(Size { path }).await {
        Ok(size) if size == sent => Ok(()),
        Ok(size) if attempt.text && attempt.local.size.is_none_or(|here| here == size) => Ok(()),
        Ok(size) => Err(short("QFTPSIZE", sent, size)),
        Err(failure) if failure.is_missing_feature() => Ok(()),
        Err(failure) if attempt.text && failure.scope == Scope::Command => Ok(()),
        Err(failure) => Err(failure.context("after the upload")),
    }
}

fn short(command: &str, sent: u64, arrived: u64) -> Failure {
    Failure::new(
        ErrorName::Protocol,
        format!("{command}: {sent} bytes were sent, {arrived} arrived"),
    )
    .retry(Retry::Soon)
    .scope(Scope::Session)
}
