//! One attempt at a download: the size first, then exactly so many bytes, then the local file
//! gets its final name.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::queue::Way;
use super::via_ufs;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::IfExists;
use crate::api::output::Output;
use crate::at::command::ftp::{Get, Size};
use crate::at::quote::RemotePath;
use crate::link::PayloadDestination;

/// How long the disk may take to make a file durable.
const DISK: Duration = Duration::from_secs(180);
/// How long the reader of a pipe may leave the last bytes unread.
const READER: Duration = Duration::from_secs(120);

/// Makes the attempt.
///
/// # Errors
/// Why the file is not here under its final name.
pub async fn run(attempt: &mut Attempt) -> Result<(), Failure> {
    let path = RemotePath::new("remote path", &attempt.remote)?;
    let size = match attempt.link().send(Size { path: path.clone() }).await {
        // In ASCII type the size on the server is not the number of bytes that come.
        Ok(size) => Some(size).filter(|_| !attempt.text),
        Err(failure)
            if failure.is_missing_feature()
                || (attempt.text && failure.scope == Scope::Command) =>
        {
            None
        }
        Err(failure) => return Err(failure),
    };
    if let Some(size) = size {
        attempt.note_size(size);
    }
    let on_module = via_ufs::is_wanted(attempt).await?;
    attempt.begin_moving();
    match size {
        Some(0) => attempt.link().put(Output::Receive {
            handle: attempt.local.handle,
            offset: 0,
            text: attempt.text,
        }),
        Some(size) if !on_module => stream(attempt, path, size).await?,
        // Without a length beforehand the end cannot be told from the data: through a file
        // of the module it can.
        _ => via_ufs::download(attempt, path, size).await?,
    }
    commit(attempt).await
}

/// Streams in data mode: in one piece where RTS/CTS keeps the line safe, else in short ones.
async fn stream(attempt: &Attempt, path: RemotePath, size: u64) -> Result<(), Failure> {
    let _counting = attempt.count(Way::LineAndAir);
    let longest = attempt.link().longest_segment();
    let mut offset = 0;
    while offset < size {
        let length = longest.min(size - offset);
        let command = Get::stream(path.clone(), offset, length);
        let destination = PayloadDestination {
            handle: attempt.local.handle,
            offset,
            text: false,
        };
        let received = attempt.link().receive_payload(command, destination).await?;
        if received.reply != length || received.bytes != length {
            return Err(Failure::new(
                ErrorName::Protocol,
                format!(
                    "QFTPGET: {length} bytes from offset {offset} were asked for, {} came, the \
                     module reported {}",
                    received.bytes, received.reply
                ),
            )
            .retry(Retry::Soon)
            .scope(Scope::Session));
        }
        offset += length;
    }
    Ok(())
}

/// Has the sink made durable under its final name.
async fn commit(attempt: &Attempt) -> Result<(), Failure> {
    let link = attempt.link();
    let handle = attempt.local.handle;
    // The shell answers a Commit with any failure of the sink before it.
    link.take_committed(handle);
    link.put(Output::Commit {
        handle,
        fail_if_exists: attempt.options.if_exists == IfExists::Fail,
    });
    // A pipe can be left at any time. A file may be renamed already: a Cancel waits for the answer.
    let patience = if attempt.local.rewindable {
        DISK
    } else {
        READER
    };
    let deadline = link.after(patience);
    let committed = link.until(Some(deadline), || {
        let abort = link.abort_failure().filter(|_| !attempt.local.rewindable);
        link.take_committed(handle).or(abort.map(Err))
    });
    committed.await.unwrap_or_else(|| Err(stalled(attempt)))
}

/// The last bytes were not taken in time.
fn stalled(attempt: &Attempt) -> Failure {
    if attempt.link().is_stopping() {
        return Failure::new(ErrorName::Stopping, "the daemon is stopping");
    }
    let (what, limit) = if attempt.local.rewindable {
        ("the disk does not take the file", DISK)
    } else {
        ("the reader of the pipe does not read", READER)
    };
    let text = format!("{what}: nothing happened for {} s", limit.as_secs());
    Failure::new(ErrorName::LocalIo, text).retry(Retry::Later)
}
