//! One attempt at a download: the size first, then exactly so many bytes, then the local file
//! gets its final name.

use modem_ftp_dbus::errors::ErrorName;

use super::{Attempt, stored};
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::IfExists;
use crate::api::output::Output;
use crate::at::command::ftp::{Get, Size};
use crate::at::quote::RemotePath;
use crate::link::{Destination, Link};

/// Makes the attempt.
///
/// # Errors
/// Why the file is not here under its final name.
pub async fn run(link: &Link, attempt: &Attempt) -> Result<(), Failure> {
    let path = RemotePath::new("remote path", &attempt.remote)?;
    let size = match link.send(Size { path: path.clone() }).await {
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
        attempt.note(link, |transfer| transfer.status.size = Some(size));
    }
    let stored = stored::is_wanted(link, attempt).await?;
    match size {
        Some(0) => link.put(Output::Receive {
            handle: attempt.local.handle,
            offset: 0,
            text: attempt.text,
        }),
        Some(size) if !stored => stream(link, attempt, path, size).await?,
        // Without a length beforehand the end cannot be told from the data: through a file
        // of the module it can.
        _ => stored::download(link, attempt, path, size).await?,
    }
    commit(link, attempt).await
}

/// Streams in data mode: in one piece where RTS/CTS keeps the line safe, else in short ones.
async fn stream(
    link: &Link,
    attempt: &Attempt,
    path: RemotePath,
    size: u64,
) -> Result<(), Failure> {
    link.with(|state| state.counting = true);
    let longest = link.longest_segment();
    let mut offset = 0;
    while offset < size {
        let length = longest.min(size - offset);
        let command = Get::stream(path.clone(), offset, length);
        let destination = Destination {
            handle: attempt.local.handle,
            offset,
            text: false,
        };
        let reported = link.receive_payload(command, destination).await?;
        let received = link.with(|state| state.received);
        if reported != length || received != length {
            return Err(Failure::new(
                ErrorName::Protocol,
                format!(
                    "QFTPGET: {length} bytes from {offset} on were to come, {received} came, the \
                     module counted {reported}"
                ),
            )
            .retry(Retry::Soon)
            .scope(Scope::Session));
        }
        offset += length;
    }
    link.with(|state| state.counting = false);
    Ok(())
}

/// Has the sink made durable under its final name.
async fn commit(link: &Link, attempt: &Attempt) -> Result<(), Failure> {
    let handle = attempt.local.handle;
    link.with(|state| state.committed = None);
    link.put(Output::Commit {
        handle,
        fail_if_exists: attempt.options.if_exists == IfExists::Fail,
    });
    // The shell always answers, so there is no deadline; nothing of the module is awaited.
    let result = link
        .until(None, |state| {
            let (of, result) = state.committed.take()?;
            (of == handle).then_some(result)
        })
        .await;
    result.unwrap_or(Ok(()))
}
