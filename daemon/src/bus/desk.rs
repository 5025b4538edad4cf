//! [`Desk`]: where the handlers of all interfaces hand in their calls.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures_channel::oneshot;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalFile};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Request};
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::{ErrorName, names};
use zbus::OwnedObjectPath;

use super::error::CallError;
use super::lock;
use crate::event_loop::{Call, Letter, Mailbox};
use crate::files::{Disk, Local, Roots};

/// Cheap to clone; every handler has one.
#[derive(Clone, Debug)]
pub struct Desk {
    mailbox: Mailbox,
    disk: Disk,
    roots: Arc<Mutex<Arc<Roots>>>,
    handles: Arc<AtomicU64>,
}

impl Desk {
    /// A desk in front of the loop.
    pub fn new(mailbox: Mailbox, disk: Disk, roots: Arc<Mutex<Arc<Roots>>>) -> Self {
        Self {
            mailbox,
            disk,
            roots,
            handles: Arc::default(),
        }
    }

    /// Asks the engine and waits for its reply.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn ask(&self, request: Request) -> Result<Reply, CallError> {
        self.call(request, None).await
    }

    /// Asks for the configuration to be read again.
    ///
    /// # Errors
    /// `InvalidConfig`.
    pub async fn reload(&self) -> Result<(), CallError> {
        let (reply, answer) = oneshot::channel();
        self.mailbox.send(Letter::Reload(reply));
        received(answer.await).map(drop)
    }

    /// Opens a local file on the disk thread, which may wait for it.
    ///
    /// # Errors
    /// What `open` fails with.
    pub async fn open(
        &self,
        open: impl FnOnce(&Roots) -> Result<Local, Failure> + Send + 'static,
    ) -> Result<Local, CallError> {
        let roots = lock(&self.roots).clone();
        let opened = self.disk.call(move || open(&roots)).await;
        opened.map_err(|_| stopping())?.map_err(CallError::from)
    }

    /// Queues a transfer and gives its object; with `wait`, at its end.
    ///
    /// # Errors
    /// It was not accepted; with `wait`: it failed.
    pub async fn transfer(
        &self,
        local: Local,
        name: String,
        wait: Option<u32>,
        request: impl FnOnce(LocalFile) -> Request,
    ) -> Result<OwnedObjectPath, CallError> {
        let handle = Handle(self.handles.fetch_add(1, Ordering::Relaxed));
        let request = request(local.describe(handle, name));
        let Reply::Queued(id) = self.call(request, Some((handle, local))).await? else {
            return Err(unexpected());
        };
        if let Some(uid) = wait {
            self.wait(id, uid).await?;
        }
        Ok(path(id))
    }

    /// Waits for a transfer's end on behalf of a call that fails if it failed.
    async fn wait(&self, id: TransferId, uid: u32) -> Result<(), CallError> {
        let action = Action::Wait;
        let reply = self.ask(Request::Transfer { id, action, uid }).await?;
        let Reply::Ended(state, error) = reply else {
            return Err(unexpected());
        };
        if state == TransferState::Done {
            return Ok(());
        }
        let fallback = match state {
            TransferState::Cancelled => ErrorName::Cancelled,
            _ => ErrorName::Failed,
        };
        let (name, text) = error.unwrap_or_default();
        let name = ErrorName::from_dbus_name(&name).unwrap_or(fallback);
        let text = if text.is_empty() {
            format!(
                "the transfer has {}",
                match state {
                    TransferState::Cancelled => "been cancelled",
                    _ => "failed",
                }
            )
        } else {
            text
        };
        Err(CallError::new(name, text))
    }

    async fn call(
        &self,
        request: Request,
        local: Option<(Handle, Local)>,
    ) -> Result<Reply, CallError> {
        let (reply, answer) = oneshot::channel();
        let call = Call {
            request,
            local,
            reply,
        };
        self.mailbox.send(Letter::Call(Box::new(call)));
        received(answer.await)
    }
}

/// The object of a transfer.
pub fn path(id: TransferId) -> OwnedObjectPath {
    // A number makes a valid path, always.
    OwnedObjectPath::try_from(names::transfer_path(id.0)).unwrap_or_default()
}

/// The engine gave another kind of reply than the request has.
pub fn unexpected() -> CallError {
    CallError::new(
        ErrorName::Failed,
        "the reply does not fit the call: this is a fault of modem-ftpd",
    )
}

fn stopping() -> CallError {
    CallError::new(ErrorName::Stopping, "modem-ftpd is shutting down")
}

/// What was answered; no answer means that the loop has ended.
fn received(answer: Result<Result<Reply, Failure>, oneshot::Canceled>) -> Result<Reply, CallError> {
    answer.map_err(|_| stopping())?.map_err(CallError::from)
}

/// A local path of a call.
///
/// # Errors
/// `InvalidArguments`: it is not absolute.
pub fn local_path(text: &str) -> Result<PathBuf, CallError> {
    let path = PathBuf::from(text);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(CallError::arguments(format!(
            "the local path must be absolute, not {text:?}"
        )))
    }
}
