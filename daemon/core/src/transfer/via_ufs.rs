//! Transfers through the module's files (UFS): each leg with a length known beforehand and,
//! on the serial line, a checksum. Nothing of ours stays on the module.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::queue::Way;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::options::Verify;
use crate::api::output::Output;
use crate::at::command::Command;
use crate::at::command::file::{
    CloseStored, DeleteStored, ListStored, OpenStored, ReadOpen, ReadStored, Store,
};
use crate::at::command::ftp::{Get, Put, TransferLength};
use crate::at::quote::{FileName, LocalName, RemotePath};
use crate::link::{Abort, Digest, LocalEnd, PayloadDestination, PayloadSource, tolerate};
use crate::modem::ufs::TRANSFER_SUFFIX;

/// ACK mode confirms so many bytes at a time (docs/module/at-file.md §3.4).
const WINDOW: u32 = 1024;
/// How much is read in one piece: long enough to fill the line, short enough to be repeated.
const PIECE: u64 = 64 * 1024;
/// How often a transfer on the module's own is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Stores the source on the module, has the module send it, deletes it there.
///
/// # Errors
/// Whatever leg failed; the file on the module is gone in any case.
pub async fn upload(attempt: &Attempt, path: RemotePath) -> Result<u64, Failure> {
    let name = name(attempt)?;
    let result = upload_by(attempt, path, &name).await;
    remove(attempt, name).await;
    result
}

async fn upload_by(attempt: &Attempt, path: RemotePath, name: &LocalName) -> Result<u64, Failure> {
    let link = attempt.link();
    let size = attempt.local.size.unwrap_or_default();
    let stored_name = FileName::from(name.clone());
    tolerate(
        link.send(DeleteStored {
            name: stored_name.clone(),
        })
        .await,
    )?;
    let lossy = !link.settings().modem.hardware_flow_control;
    let window = lossy.then_some(WINDOW);
    let command = Store::new(stored_name, size, window.is_some());
    let source = PayloadSource {
        handle: attempt.local.handle,
        local: LocalEnd::of(&attempt.local),
        offset: 0,
        length: Some(size),
        window,
        text: false,
    };
    let (stored, sent) = link.send_payload(command, source).await?;
    if stored.size != sent.bytes || stored.checksum != sent.checksum {
        return Err(damaged("QFUPL"));
    }
    // The bytes count on their way to the server, not on their way to the module.
    let counting = attempt.count(Way::OneLeg);
    let sent = transfer(attempt, Put::stored(path, name.clone()), Some(size)).await?;
    attempt.counted(sent);
    drop(counting);
    if sent != size {
        return Err(Failure::new(
            ErrorName::Protocol,
            format!("QFTPPUT: {size} bytes were to be sent, {sent} were"),
        )
        .retry(Retry::Soon)
        .scope(Scope::Session));
    }
    Ok(sent)
}

/// Has the module fetch the file, reads it from there, deletes it there; the digest of the file.
///
/// # Errors
/// Whatever leg failed; the file on the module is gone in any case.
pub async fn download(
    attempt: &Attempt,
    path: &RemotePath,
    size: Option<u64>,
) -> Result<String, Failure> {
    let sink = PayloadDestination {
        handle: attempt.local.handle,
        local: LocalEnd::of(&attempt.local),
        offset: 0,
        text: attempt.text,
        resumable: false,
    };
    fetch(attempt, path, size, Some(sink)).await
}

/// As [`download`], but the file goes nowhere.
///
/// # Errors
/// As [`download`].
pub async fn read_only(attempt: &Attempt, path: &RemotePath) -> Result<String, Failure> {
    fetch(attempt, path, None, None).await
}

async fn fetch(
    attempt: &Attempt,
    path: &RemotePath,
    size: Option<u64>,
    sink: Option<PayloadDestination>,
) -> Result<String, Failure> {
    let name = name(attempt)?;
    let result = fetch_by(attempt, path, &name, size, sink).await;
    remove(attempt, name).await;
    result
}

async fn fetch_by(
    attempt: &Attempt,
    path: &RemotePath,
    name: &LocalName,
    size: Option<u64>,
    sink: Option<PayloadDestination>,
) -> Result<String, Failure> {
    let link = attempt.link();
    let stored_name = FileName::from(name.clone());
    tolerate(
        link.send(DeleteStored {
            name: stored_name.clone(),
        })
        .await,
    )?;
    let fetched = transfer(attempt, Get::stored(path.clone(), name.clone()), size).await?;
    let listed = link.send(ListStored::one(stored_name.clone())).await?;
    // A module that lists the file without its size is believed; what is read is compared below.
    let there = listed
        .first()
        .map_or(0, |file| file.size.unwrap_or(fetched));
    if there != fetched || size.is_some_and(|size| size != fetched) {
        return Err(Failure::new(
            ErrorName::Protocol,
            format!("QFTPGET: {fetched} bytes were fetched, {there} are on the module"),
        )
        .retry(Retry::Soon)
        .scope(Scope::Session));
    }
    let mut digest = Digest::default();
    if fetched == 0 {
        if let Some(sink) = sink {
            link.put(Output::Receive {
                handle: sink.handle,
                offset: 0,
                text: sink.text,
            });
        }
        return Ok(digest.hex());
    }
    if attempt.options.verify == Verify::Checksum {
        read_summed(attempt, stored_name, fetched, sink, &mut digest).await?;
        return Ok(digest.hex());
    }
    let open = link.send(OpenStored { name: stored_name }).await?;
    let result = read(attempt, open, fetched, sink, &mut digest).await;
    if link.aborted().is_none() {
        tolerate(link.send(CloseStored { handle: open }).await)?;
    }
    result.map(|()| digest.hex())
}

/// Reads a file of the module to the sink in one piece, with its checksum, which only this way
/// has (docs/module/at-file.md §3.5).
async fn read_summed(
    attempt: &Attempt,
    name: FileName,
    size: u64,
    sink: Option<PayloadDestination>,
    digest: &mut Digest,
) -> Result<(), Failure> {
    let _counting = sink.is_some().then(|| attempt.count(Way::OneLeg));
    let command = ReadStored::new(name, size);
    let received = attempt
        .link()
        .receive_payload(command, sink, digest)
        .await?;
    if received.reply.checksum != received.checksum {
        return Err(damaged("QFDWL"));
    }
    Ok(())
}

/// Reads an open file of the module to the sink, piece by piece.
async fn read(
    attempt: &Attempt,
    open: u32,
    size: u64,
    sink: Option<PayloadDestination>,
    digest: &mut Digest,
) -> Result<(), Failure> {
    let _counting = sink.is_some().then(|| attempt.count(Way::OneLeg));
    let mut offset = 0;
    while offset < size {
        let length = PIECE.min(size - offset);
        let command = ReadOpen {
            handle: open,
            length,
        };
        let destination = sink.map(|sink| PayloadDestination { offset, ..sink });
        let link = attempt.link();
        let received = link.receive_payload(command, destination, digest).await?;
        let received = received.bytes;
        if received == 0 || received > length {
            return Err(damaged("QFREAD"));
        }
        offset += received;
    }
    Ok(())
}

/// A transfer between the server and the module: it has no time limit as long as bytes move
/// (docs/module/at-ftp.md §1.5), so its count is looked at until its result comes.
async fn transfer<C: Command<Reply = u64>>(
    attempt: &Attempt,
    command: C,
    most: Option<u64>,
) -> Result<u64, Failure> {
    let link = attempt.link();
    let moved = |count| attempt.counted(count);
    let bytes = link
        .transfer_on_module(command, most, LOOK, TransferLength, moved)
        .await?;
    attempt.note_air(bytes);
    Ok(bytes)
}

async fn remove(attempt: &Attempt, name: LocalName) {
    if attempt
        .link()
        .aborted()
        .is_some_and(|abort| abort != Abort::Stop)
    {
        // Whoever waits for it to stop does not wait for that.
        return attempt.modem().set_left_overs(true);
    }
    let _seen_through = attempt.link().see_through();
    let name = FileName::from(name);
    if let Err(failure) = attempt.link().send(DeleteStored { name }).await {
        tracing::debug!("{failure} (clean-up on the module)");
        attempt.modem().set_left_overs(true);
    }
}

/// An 8.3 name of this transfer.
fn name(attempt: &Attempt) -> Result<LocalName, Failure> {
    let number = attempt.id.0 % 100_000_000;
    LocalName::new(
        "file on the module",
        &format!("{number:08}{TRANSFER_SUFFIX}"),
    )
}

fn damaged(command: &str) -> Failure {
    Failure::new(
        ErrorName::Protocol,
        format!("{command}: the data was damaged on the serial line"),
    )
    .retry(Retry::Soon)
    .scope(Scope::Command)
}
