//! [`Mailbox`]: how other threads reach the loop. A letter wakes it; nothing else does.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use futures_channel::oneshot;
use mio::Waker;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Request;

use crate::config::{Config, Refusal};
use crate::files::{Block, Local};

/// Where the reply to a call goes.
pub type ReplyTo = oneshot::Sender<Result<Reply, Failure>>;

/// What the loop is told.
#[derive(Debug)]
pub enum Letter {
    /// A call from the bus.
    Call(Box<Call>),
    /// `Reload`.
    Reload(ReplyTo),
    /// The name is ours: callers can come.
    BusReady,
    /// The bus is gone or was never there, and why.
    BusLost(String),
    /// The configuration was read again.
    Loaded(Box<Result<Config, Refusal>>, Option<ReplyTo>),
    /// A block that was asked for was read.
    Read(Read),
    /// A block was written, or a sink was cut.
    Written(Written),
    /// A sink was committed.
    Committed(Handle, Result<(), Failure>),
}

/// A block from the source of a pump.
#[derive(Debug)]
pub struct Read {
    /// Number of the pump.
    pub pump: u64,
    /// So many bytes were asked for.
    pub asked: usize,
    /// What was read.
    pub block: Block,
    /// Whether it could be read.
    pub result: Result<(), Failure>,
}

/// How the disk thread got on with a sink.
#[derive(Debug)]
pub struct Written {
    /// Of which transfer.
    pub handle: Handle,
    /// At which of its attempts.
    pub attempt: u64,
    /// The block that was to be written; `None`: the sink was to be cut.
    pub block: Option<Block>,
    /// Whether it could be.
    pub result: Result<(), Failure>,
}

/// A call, with its local file open.
#[derive(Debug)]
pub struct Call {
    /// What is asked for.
    pub request: Request,
    /// The local file the request speaks of.
    pub local: Option<(Handle, Local)>,
    /// Where the reply goes.
    pub reply: ReplyTo,
}

/// The way to the loop.
#[derive(Clone, Debug)]
pub struct Mailbox {
    sender: Sender<Letter>,
    waker: Arc<Waker>,
}

impl Mailbox {
    /// A mailbox and its other end.
    pub fn new(waker: Waker) -> (Self, Receiver<Letter>) {
        let (sender, letters) = mpsc::channel();
        let waker = Arc::new(waker);
        (Self { sender, waker }, letters)
    }

    /// Leaves a letter. After the loop has ended, nobody reads it.
    pub fn send(&self, letter: Letter) {
        if self.sender.send(letter).is_ok()
            && let Err(error) = self.waker.wake()
        {
            tracing::error!("the event loop cannot be woken: {error}");
        }
    }
}
