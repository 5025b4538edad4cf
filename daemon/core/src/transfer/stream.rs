//! Payload of an upload in data mode: a range of the local file, or all of a pipe.

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::queue::Way;
use crate::api::failure::{Failure, Retry, Scope};
use crate::at::command::ftp::{Put, Segment};
use crate::at::quote::RemotePath;
use crate::link::{LocalEnd, PayloadSource};

/// Streams bytes `from` to `to` of the local file to the same place of the remote one: in one
/// segment where RTS/CTS keeps the line safe, else in short ones, so that a lost byte shows early
/// (docs/module/quirks.md S1). What was sent is noted also when it fails.
pub async fn stream_range(
    attempt: &mut Attempt,
    path: &RemotePath,
    from: u64,
    to: u64,
) -> Result<(), Failure> {
    let longest = attempt.link().longest_segment();
    let mut offset = from;
    while offset < to {
        let length = longest.min(to - offset);
        let last = offset + length == to;
        let command = Put::stream(path.clone(), offset, Some(Segment { length, last }));
        let before = attempt.transferred();
        if let Err(failure) = stream_segment(attempt, command, offset, Some(length)).await {
            let handed = attempt.transferred().saturating_sub(before).min(length);
            let sent = match failure.name {
                // Bytes were lost or added on the line.
                ErrorName::Protocol => 0,
                // Without flow control a segment that was not counted may have lost some.
                _ if longest < u64::MAX => offset,
                _ => offset + handed,
            };
            attempt.confirm(sent);
            return Err(failure);
        }
        offset += length;
        attempt.confirm(offset);
    }
    Ok(())
}

/// Streams all of a source whose length on the way is not known beforehand; returns the bytes sent.
pub async fn stream_all(attempt: &Attempt, path: &RemotePath) -> Result<u64, Failure> {
    stream_segment(attempt, Put::stream(path.clone(), 0, None), 0, None).await
}

/// One stay in data mode.
async fn stream_segment(
    attempt: &Attempt,
    command: Put,
    offset: u64,
    length: Option<u64>,
) -> Result<u64, Failure> {
    let _counting = attempt.count(Way::LineAndAir);
    let source = PayloadSource {
        handle: attempt.local.handle,
        local: LocalEnd::of(&attempt.local),
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

/// Another number of bytes arrived than were sent.
pub fn short(command: &str, sent: u64, arrived: u64) -> Failure {
    Failure::new(
        ErrorName::Protocol,
        format!("{command}: {sent} bytes were sent, {arrived} arrived"),
    )
    .retry(Retry::Soon)
    .scope(Scope::Session)
}
