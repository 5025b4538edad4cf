//! One attempt at an upload: to a temporary name, verified, then renamed. The length is
//! declared, so that the module leaves data mode by itself; a pipe's end is told by leaving it.

use modem_ftp_dbus::errors::ErrorName;

use super::{Attempt, publish, stored};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::{IfExists, Verify};
use crate::at::command::ftp::{Put, Segment, Size};
use crate::at::quote::RemotePath;
use crate::link::{Link, Outgoing};

/// Makes the attempt.
///
/// # Errors
/// Why the file is not on the server under its final name.
pub async fn run(link: &Link, attempt: &Attempt) -> Result<(), Failure> {
    let (renaming, partial) = link.with(|state| {
        let transfer = state.queue.get(attempt.id);
        transfer.map_or((None, false), |it| (it.renaming, it.partial))
    });
    if let Some(size) = renaming {
        if publish::has_been_renamed(link, attempt, size).await? {
            return finished(link, attempt, size).await;
        }
        attempt.note(link, |transfer| transfer.renaming = None);
    }
    // What an earlier attempt left under the final name is no reason to stop.
    let ours = partial && !attempt.options.atomic;
    if attempt.options.if_exists == IfExists::Fail && !ours {
        publish::ensure_absent(link, attempt).await?;
    }
    let target = if attempt.options.atomic {
        &attempt.temporary
    } else {
        &attempt.remote
    };
    if attempt.options.atomic {
        attempt.note(link, |transfer| {
            transfer.temporary = Some(attempt.temporary.clone());
        });
    }
    let path = RemotePath::new("remote path", target)?;
    let sent = if stored::is_wanted(link, attempt).await? {
        stored::upload(link, attempt, path.clone()).await?
    } else {
        stream(link, attempt, path.clone()).await?
    };
    if attempt.options.verify != Verify::None {
        verify(link, attempt, path, sent).await?;
    }
    if attempt.options.atomic {
        publish::rename(link, attempt, sent).await?;
    }
    Ok(())
}

/// An earlier attempt had done everything; only the result of its rename was lost.
async fn finished(link: &Link, attempt: &Attempt, size: u64) -> Result<(), Failure> {
    tracing::info!("{} has its final name already", attempt.remote);
    attempt.note(link, |transfer| transfer.status.transferred = size);
    publish::tidy_aside(link, attempt).await
}

/// Streams the source in data mode; returns the bytes sent.
async fn stream(link: &Link, attempt: &Attempt, path: RemotePath) -> Result<u64, Failure> {
    link.with(|state| state.counting = true);
    // What a declared length of 0 means is not documented: an empty file is an upload of
    // unknown length that ends at once. How long a text gets on the way shows at its end.
    let known = attempt.local.size.filter(|size| *size > 0 && !attempt.text);
    let sent = match known {
        Some(size) => segments(link, attempt, path, size).await?,
        None => {
            let sent = piece(link, attempt, Put::stream(path, 0, None), 0, None).await?;
            attempt.note(link, |transfer| transfer.status.size = Some(sent));
            sent
        }
    };
    link.with(|state| state.counting = false);
    Ok(sent)
}

/// Streams a known length: in one segment where RTS/CTS keeps the line safe, else in short ones,
/// so that a lost byte shows early (docs/module/quirks.md S1).
async fn segments(
    link: &Link,
    attempt: &Attempt,
    path: RemotePath,
    size: u64,
) -> Result<u64, Failure> {
    let longest = link.longest_segment();
    let mut offset = 0;
    while offset < size {
        let length = longest.min(size - offset);
        let last = offset + length == size;
        let command = Put::stream(path.clone(), offset, Some(Segment { length, last }));
        offset += piece(link, attempt, command, offset, Some(length)).await?;
    }
    Ok(offset)
}

/// One stay in data mode.
async fn piece(
    link: &Link,
    attempt: &Attempt,
    command: Put,
    offset: u64,
    length: Option<u64>,
) -> Result<u64, Failure> {
    let outgoing = Outgoing {
        handle: attempt.local.handle,
        offset,
        length,
        window: None,
        text: attempt.text,
    };
    let (reported, sent) = link.send_payload(command, outgoing).await?;
    if reported != sent.bytes {
        return Err(short("QFTPPUT", sent.bytes, reported));
    }
    Ok(sent.bytes)
}

/// Compares the size on the server. A text has the size it had on the way there, or the one it
/// has here, by the server's own line ends; and most servers refuse SIZE in ASCII type.
async fn verify(
    link: &Link,
    attempt: &Attempt,
    path: RemotePath,
    sent: u64,
) -> Result<(), Failure> {
    match link.send(Size { path }).await {
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
