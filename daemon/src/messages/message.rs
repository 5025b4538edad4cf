//! [`Message`]: what the bus thread, the store thread and the disk threads send to the event loop.

use std::os::fd::OwnedFd;

use futures_channel::oneshot;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Extent, Handle};
use modem_ftp_core::api::request::Request;

use super::found::Found;
use super::unsent::Answer;
use crate::config::{Config, Refusal};
use crate::files::{Block, Lane, OpenFile, Roots};
use crate::limits::Slot;

/// Where the reply to a method call goes.
pub type ReplyTo = oneshot::Sender<Answer>;

/// One message to the event loop.
#[derive(Debug)]
pub enum Message {
    /// From the bus: a method call for the engine.
    Call(Box<Call>),
    /// From the bus: `Reload`.
    Reload(ReplyTo),
    /// From the bus: it is connected; the name is requested after [`Publication::Restored`].
    ///
    /// [`Publication::Restored`]: super::Publication::Restored
    BusConnected,
    /// From the bus: the daemon owns the bus name, and callers can reach it.
    BusReady,
    /// From the bus: the connection failed or was closed, and why.
    BusLost(String),
    /// From the disk: the configuration was read again. The replies are for `Reload`; there is none
    /// after SIGHUP.
<<<<<<< HEAD
    ConfigRead(Box<Result<(Config, Roots), Refusal>>, Option<ReplyTo>),
    /// From the bus: a caller has left. Nobody waits for the replies to its calls any more.
    CallerLeft,
=======
    ConfigRead(Box<Result<(Config, Roots), Refusal>>, Vec<ReplyTo>),
>>>>>>> main
    /// From the bus: work for the disk was queued, whose deadline has to be kept.
    DiskUsed,
    /// From the store: it is open, and what was stored.
    Found(Box<Found>),
    /// From the store: the facts of this number are stored, or could not be.
    Persisted(u64, Result<(), Failure>),
    /// From the disk: a local file was opened again, or could not be.
    Opened(Box<FileOpened>),
    /// From the bus: reply as soon as this pipe is readable or has no writer.
    AwaitPipe(OwnedFd, oneshot::Sender<()>),
    /// From the disk: a block of an upload's source was read.
    BlockRead(BlockRead),
    /// From the disk: a block was written to a download's file, or the file was truncated.
    SinkWritten(SinkWritten),
    /// From the disk: a part of a local file was hashed.
    Digested(Extent, Result<String, Failure>),
    /// From the disk: a download's file was committed, or could not be.
    Committed(SinkCommitted),
}

/// A method call, with its local file open.
#[derive(Debug)]
pub struct Call {
    /// The request to the engine.
    pub request: Request,
    /// The local file of an upload or download, under the handle that the request names.
    pub file: Option<PassedFile>,
    /// Where the reply goes.
    pub reply: ReplyTo,
}

/// A local file that was opened for a method call.
#[derive(Debug)]
pub struct PassedFile {
    /// Its handle.
    pub handle: Handle,
    /// The open file.
    pub file: OpenFile,
    /// The lane for work on it.
    pub lane: Lane,
    /// Where it counts, if a caller passed it.
    pub slot: Option<Slot>,
}

/// A local file that was opened again for an attempt.
#[derive(Debug)]
pub struct FileOpened {
    /// The transfer's file.
    pub handle: Handle,
    /// Number of the opening.
    pub opening: u64,
    /// The lane for work on it.
    pub lane: Lane,
    /// The file, and the hash of its content if it is to be sent.
    pub result: Result<(OpenFile, Option<String>), Failure>,
}

/// A block read from the source of an upload.
#[derive(Debug)]
pub struct BlockRead {
    /// Number of the pump that asked for it.
    pub pump: u64,
    /// How many bytes were asked for.
    pub asked: usize,
    /// The bytes read, or why they could not be.
    pub result: Result<Block, Failure>,
}

/// The result of a write to, or a truncation of, the file of a download.
#[derive(Debug)]
pub struct SinkWritten {
    /// The download's file.
    pub handle: Handle,
    /// The attempt to receive the file that the write belongs to.
    pub attempt: u64,
    /// The block that was written, to be used again (none after a truncation), or why it could not
    /// be.
    pub result: Result<Option<Block>, Failure>,
}

/// The result of committing the file of a download.
#[derive(Debug)]
pub struct SinkCommitted {
    /// The download's file.
    pub handle: Handle,
    /// The attempt to receive the file that was committed.
    pub attempt: u64,
    /// Whether it bears its final name, or why not.
    pub result: Result<(), Failure>,
}
