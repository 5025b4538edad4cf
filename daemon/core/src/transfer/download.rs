//! One attempt at a download: the size first, then exactly so many bytes, or as many as an earlier
//! attempt left out, then the local file gets its final name.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::partial::Partial;
use super::queue::Way;
use super::{overlap, ufs_choice, untyped, verify, via_ufs};
use crate::api::failure::Failure;
use crate::api::local::LARGEST;
use crate::api::options::{IfExists, Verify};
use crate::api::output::Output;
use crate::at::command::ftp::{Get, Size};
use crate::at::quote::RemotePath;
use crate::ftp::{Listed, explain_not_found, listed_size};
use crate::link::{Digest, LocalEnd, PayloadDestination};

/// Where data ended early, so many of its last bytes may be lines of the module.
const LINES: u64 = 1024;

/// Makes the attempt.
///
/// # Errors
/// Why the file is not here under its final name.
pub async fn run(attempt: &mut Attempt) -> Result<(), Failure> {
    let path = RemotePath::new("remote path", &attempt.remote)?;
    let is_typed = attempt.text || attempt.link().is_typed();
    let size = size_of(attempt, &path).await?;
    if let Some(size) = size {
        if size > LARGEST {
            let text = format!("the file has {size} bytes; at most {LARGEST} can be transferred");
            return Err(Failure::new(ErrorName::RemoteRefused, text));
        }
        attempt.note_size(size);
    }
    let on_module = ufs_choice::is_wanted(attempt).await?;
    attempt.begin_moving();
    let digest = match size {
        Some(0) => {
            attempt.link().put(Output::Receive {
                handle: attempt.local.handle,
                offset: 0,
                text: attempt.text,
            });
            Digest::default().hex()
        }
        Some(size) if !on_module => {
            let received = stream(attempt, &path, size).await;
            let received = match is_typed {
                true => received,
                false => untyped::check(attempt, &path, size, received).await,
            };
            readable(attempt, received).await?
        }
        // Without a length beforehand the end cannot be recognised in the data: through a file
        // of the module it can.
        _ => {
            let received = via_ufs::download(attempt, &path, size).await;
            readable(attempt, received).await?
        }
    };
    if attempt.options.verify == Verify::Content && size != Some(0) {
        read_again(attempt, &path, size, &digest).await?;
    }
    if !attempt.text {
        attempt.note_content(digest);
    }
    let fail_if_exists = attempt.options.if_exists == IfExists::Fail;
    attempt.link().commit(&attempt.local, fail_if_exists).await
}

/// The size of the file, by SIZE or else by a listing; `None`: not known beforehand.
///
/// # Errors
/// `RemoteNotFound` when a listing shows that it is not there.
async fn size_of(attempt: &Attempt, path: &RemotePath) -> Result<Option<u64>, Failure> {
    let link = attempt.link();
    let refusal = match link.try_send(Size { path: path.clone() }).await? {
        // In ASCII type the size on the server is not the number of bytes that come.
        Ok(size) => return Ok(Some(size).filter(|_| !attempt.text)),
        Err(refusal) => refusal,
    };
    if attempt.text {
        return Ok(None);
    }
    match listed_size(link, path.as_str(), &refusal).await? {
        Ok(size) => Ok(Some(size)),
        Err(Listed::Absent) if refusal.name == ErrorName::RemoteNotFound => Err(refusal),
        Err(Listed::Absent) => Err(Failure {
            name: ErrorName::RemoteNotFound,
            text: format!("{refusal}; it is not in the listing of its directory").into(),
            ..refusal
        }),
        // RETR tells.
        Err(Listed::There(_) | Listed::Unknown) => Ok(None),
    }
}

/// What was received; a file that is "not found" although SIZE tells its size is refused.
async fn readable(attempt: &Attempt, received: Result<String, Failure>) -> Result<String, Failure> {
    match received {
        Err(failure) => {
            let (link, text, remote) = (attempt.link(), attempt.text, &attempt.remote);
            Err(explain_not_found(link, text, remote, "let it be read", failure).await?)
        }
        ok => ok,
    }
}

/// Streams in data mode what is not here yet; the digest of the whole file.
async fn stream(attempt: &mut Attempt, path: &RemotePath, size: u64) -> Result<String, Failure> {
    let begun = overlap::find(attempt, path, size).await?;
    let start = begun.as_ref().map_or(0, |begun| begun.bytes);
    attempt.note_partial(begun.clone().filter(|_| start > 0));
    attempt.note_transferred(start);
    if start == size {
        // Nothing is missing.
        attempt.link().put(Output::Receive {
            handle: attempt.local.handle,
            offset: start,
            text: false,
        });
    }
    let mut digest = Digest::default();
    let mut offset = start;
    let result = receive(
        attempt,
        path,
        size,
        begun.is_some(),
        &mut offset,
        &mut digest,
    )
    .await;
    if let Some(begun) = begun {
        // Without flow control only what was counted is known to be right.
        let is_safe = attempt.link().longest_segment() == u64::MAX;
        let is_counted = !matches!(&result, Err(failure) if failure.name == ErrorName::Protocol);
        let more = attempt.link().delivered();
        let bytes = match &result {
            Ok(()) => size,
            Err(_) if is_safe && is_counted => offset + more.saturating_sub(LINES),
            Err(_) if is_safe => 0,
            Err(_) => offset,
        };
        attempt.note_partial(Some(Partial { bytes, ..begun }));
    }
    result?;
    match start {
        0 => Ok(digest.hex()),
        _ => verify::local_digest(attempt, 0, size).await,
    }
}

/// Receives the rest of the file: in one piece where RTS/CTS keeps the line safe, else in short
/// ones. `offset` counts the pieces that are complete.
async fn receive(
    attempt: &Attempt,
    path: &RemotePath,
    size: u64,
    resumable: bool,
    offset: &mut u64,
    digest: &mut Digest,
) -> Result<(), Failure> {
    let _counting = attempt.count(Way::LineAndAir);
    let longest = attempt.link().longest_segment();
    while *offset < size {
        let length = longest.min(size - *offset);
        let command = Get::stream(path.clone(), *offset, length);
        let destination = PayloadDestination {
            handle: attempt.local.handle,
            local: LocalEnd::of(&attempt.local),
            offset: *offset,
            text: false,
            resumable,
        };
        let link = attempt.link();
        let received = link.receive_payload(command, Some(destination), digest);
        let received = received.await?;
        if received.reply != length || received.bytes != length {
            let (came, reported) = (received.bytes, received.reply);
            return Err(verify::short_reading(*offset, length, came, reported));
        }
        *offset += length;
    }
    Ok(())
}

/// Reads the file on the server a second time and compares.
async fn read_again(
    attempt: &mut Attempt,
    path: &RemotePath,
    size: Option<u64>,
    first: &str,
) -> Result<(), Failure> {
    let second = match size {
        Some(size) => verify::remote_digest(attempt, path, 0, size).await?,
        None => via_ufs::read_only(attempt, path).await?,
    };
    if second == first {
        return Ok(());
    }
    attempt.note_partial(None);
    Err(verify::differs(
        "two readings of the file on the server differ",
    ))
}
