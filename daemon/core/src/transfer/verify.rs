//! Comparing a file on the server with the local one: its size, a few of its bytes, or all of them.
//! Bytes are read back and only their digests are compared.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::stream::short;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::{Extent, PARTIAL};
use crate::api::output::Output;
use crate::at::command::ftp::{Get, ModificationTime, Size};
use crate::at::quote::RemotePath;
use crate::ftp::{Listed, entry, listed_size};
use crate::link::{Digest, OnAbort, Waited};

/// How long the disk may take to hash a part of a file: this, and a second for each
/// [`BYTES_PER_SECOND`].
const DISK: Duration = Duration::from_secs(60);
const BYTES_PER_SECOND: u64 = 1 << 20;

/// What came of comparing a part of the file on the server with the local one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same bytes.
    Same,
    /// Other bytes.
    Different,
    /// All local bytes of the part are alike (zeros, for example): bytes that were lost, moved or
    /// filled in would not show.
    Uniform,
    /// The server does not let it be read.
    Unreadable,
}

/// Compares the size on the server. A text has the size it had on the way there, or the one it
/// has here, by the server's own line ends; and most servers refuse SIZE in ASCII type.
///
/// # Errors
/// `Protocol`, when it is another one; the staging file is removed then.
pub async fn size(attempt: &mut Attempt, path: &RemotePath, sent: u64) -> Result<(), Failure> {
    attempt.is_checking = true;
    let answer = attempt.link().try_send(Size { path: path.clone() }).await;
    let size = match answer.map_err(|failure| failure.context("after the upload"))? {
        Ok(size) => size,
        Err(refusal) if attempt.text => return text_shows(attempt, path, sent, refusal).await,
        Err(refusal) => match listed_size(attempt.link(), path.as_str(), &refusal).await? {
            Ok(size) => size,
            Err(Listed::There(_) | Listed::Unknown) if refusal.is_missing_feature() => {
                tracing::warn!(
                    "{}: its size on the server was not checked, neither SIZE nor a listing tells it \
                     ({refusal})",
                    attempt.remote
                );
                return Ok(());
            }
            Err(listed) => return Err(unseen(attempt, sent, &listed, refusal)),
        },
    };
    if let Err(failure) = attempt.link().check_unrefused("QFTPPUT") {
        attempt.drop_sent(path.clone()).await?;
        return Err(failure);
    }
    let is_local = attempt.text && attempt.local.size.is_none_or(|here| here == size);
    if size == sent || is_local {
        return Ok(());
    }
    attempt.drop_sent(path.clone()).await?;
    Err(short("QFTPSIZE", sent, size))
}

/// Whether a text that was sent shows on the server, where its size cannot be had. A staging name has
/// to be there for the rename; nothing but this shows a final name.
async fn text_shows(
    attempt: &Attempt,
    path: &RemotePath,
    sent: u64,
    refusal: Failure,
) -> Result<(), Failure> {
    if attempt.options.atomic {
        return Ok(());
    }
    let link = attempt.link();
    let time = ModificationTime { path: path.clone() };
    if link.try_send(time).await?.is_ok() {
        return Ok(());
    }
    match entry(link, path.as_str()).await? {
        Listed::Absent => Err(unseen(attempt, sent, &Listed::Absent, refusal)),
        Listed::There(_) | Listed::Unknown => Ok(()),
    }
}

/// The failure that a file which was sent whole does not show on the server: with what is known of it
/// there, and what to change.
fn unseen(attempt: &Attempt, sent: u64, listed: &Listed, refusal: Failure) -> Failure {
    let target = attempt.target();
    let seen = match listed {
        Listed::There(_) => "its directory lists it without a size",
        Listed::Absent => {
            "its directory does not list it: whatever reads that directory may have taken it at once, \
             or the account may not see it"
        }
        Listed::Unknown => "its directory cannot be listed: the account may only write",
    };
    let (rest, without_name) = match attempt.options.atomic {
        true => (
            "if it is still there it is removed later",
            ", --no-atomic (atomic = false) does without this staging name",
        ),
        false => ("if it is still there it stays", ""),
    };
    let text = format!(
        "all {sent} bytes were sent to {target} and the server took them, but then their size could \
         not be checked ({refusal}); {seen}; {rest}; --verify none (verify = \"none\") does without \
         the check{without_name}"
    );
    Failure {
        name: ErrorName::RemoteRefused,
        text: text.into(),
        ..refusal
    }
}

/// Compares all bytes on the server with those of the local file.
///
/// # Errors
/// `Protocol`, when they differ; the staging file is removed then.
pub async fn content(attempt: &mut Attempt, path: &RemotePath, size: u64) -> Result<(), Failure> {
    let hash = attempt.local.content.clone();
    let local = match hash.filter(|hash| !hash.starts_with(PARTIAL)) {
        Some(hash) => hash,
        None => local_digest(attempt, 0, size).await?,
    };
    if remote_digest(attempt, path, 0, size).await? == local {
        return Ok(());
    }
    attempt.drop_sent(path.clone()).await?;
    Err(differs(&format!(
        "the {size} bytes on the server are not those that were sent"
    )))
}

/// The failure that two readings of a file differ.
pub fn differs(text: &str) -> Failure {
    Failure::new(ErrorName::Protocol, text).retry(Retry::Soon)
}

/// Compares a part of the file on the server with the same part of the local one.
///
/// # Errors
/// Why it cannot be found out. When the session broke, no attempt continues the file: what breaks
/// the comparison must not do so each time.
pub async fn part(
    attempt: &mut Attempt,
    path: &RemotePath,
    offset: u64,
    length: u64,
) -> Result<Comparison, Failure> {
    let local = local_digest(attempt, offset, length).await?;
    if is_uniform(&local, length) {
        return Ok(Comparison::Uniform);
    }
    match remote_digest(attempt, path, offset, length).await {
        Ok(remote) if remote == local => Ok(Comparison::Same),
        Ok(_) => Ok(Comparison::Different),
        Err(failure) if failure.scope == Scope::Command => {
            tracing::info!("{failure} (nothing is continued)");
            Ok(Comparison::Unreadable)
        }
        Err(failure) => {
            let stopped = attempt.link().abort_failure().is_some();
            if failure.scope == Scope::Session && !stopped {
                attempt.confirm(0);
            }
            Err(failure)
        }
    }
}

/// Whether all bytes of a part of the local file are alike.
///
/// # Errors
/// Why the file cannot be read.
pub async fn is_uniform_part(attempt: &Attempt, offset: u64, length: u64) -> Result<bool, Failure> {
    let local = local_digest(attempt, offset, length).await?;
    Ok(is_uniform(&local, length))
}

/// Whether this is the digest of so many equal bytes.
pub fn is_uniform(digest: &str, length: u64) -> bool {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    length > 0
        && (0..=u8::MAX).any(|byte| {
            let mut uniform = Digest::default();
            uniform.update(&vec![byte; length]);
            uniform.hex() == digest
        })
}

/// The digest of a part of the local file.
///
/// # Errors
/// Why it cannot be read; `LocalIo` when that takes too long; `Cancelled` or `Stopping`.
pub async fn local_digest(attempt: &Attempt, offset: u64, length: u64) -> Result<String, Failure> {
    let link = attempt.link();
    let extent = Extent {
        handle: attempt.local.handle,
        offset,
        length,
    };
    // A late answer to an earlier attempt.
    link.take_digested(extent);
    link.put(Output::Digest(extent));
    let patience = DISK + Duration::from_secs(length / BYTES_PER_SECOND);
    let deadline = link.after(patience);
    let digested = link.until(deadline, OnAbort::Break, || link.take_digested(extent));
    match digested.await {
        Waited::Ready(digested) => digested,
        Waited::Aborted(failure) => Err(failure),
        Waited::Late => {
            let text = format!("the disk did not read it for {} s", patience.as_secs());
            Err(Failure::new(ErrorName::LocalIo, text).retry(Retry::Later))
        }
    }
}

/// The digest of a part of the file on the server, read back in pieces that are counted.
///
/// # Errors
/// Why it cannot be read.
pub async fn remote_digest(
    attempt: &Attempt,
    path: &RemotePath,
    offset: u64,
    length: u64,
) -> Result<String, Failure> {
    let link = attempt.link();
    let mut digest = Digest::default();
    let (mut at, end) = (offset, offset + length);
    while at < end {
        let piece = link.longest_segment().min(end - at);
        let command = Get::stream(path.clone(), at, piece);
        let received = link.receive_payload(command, None, &mut digest).await?;
        attempt.note_air(received.bytes);
        if received.bytes != piece {
            return Err(short_reading(at, piece, received.bytes, received.reply));
        }
        at += piece;
    }
    Ok(digest.hex())
}

/// Another number of bytes came than were asked for.
pub fn short_reading(offset: u64, length: u64, came: u64, reported: u64) -> Failure {
    Failure::new(
        ErrorName::Protocol,
        format!(
            "QFTPGET: {length} bytes from offset {offset} were asked for, {came} came, the \
             module reported {reported}"
        ),
    )
    .retry(Retry::Soon)
    .scope(Scope::Session)
}
