//! [`Requests`]: how the method handlers of all interfaces send requests to the event loop.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_channel::oneshot;
use modem_ftp_core::api::local::{Handle, LocalFile};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Request};
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::{ErrorName, names};
use zbus::OwnedObjectPath;

use super::error::{CallError, stopping};
use super::local::{Local, Preparation, Ready};
use super::shared::Shared;
use crate::files::Roots;
use crate::limits::Slot;
use crate::messages::{Answer, Call, Inbox, Message, PassedFile, Room};

/// The way to the event loop, and to the disk threads for opening files. Every handler has a clone;
/// one pointer, since there is an object for every transfer.
#[derive(Clone, Debug)]
pub struct Requests(Arc<Ways>);

#[derive(Debug)]
struct Ways {
    preparation: Preparation,
    roots: Shared<Arc<Roots>>,
    /// Number of the next handle.
    handles: AtomicU64,
}

impl Requests {
    /// Requests to the event loop of `preparation`.
    pub fn new(preparation: Preparation, roots: Shared<Arc<Roots>>) -> Self {
        Self(Arc::new(Ways {
            preparation,
            roots,
            handles: AtomicU64::default(),
        }))
    }

    fn inbox(&self) -> &Inbox {
        &self.0.preparation.inbox
    }

    /// Sends a request to the engine and awaits the reply.
    ///
    /// # Errors
    /// The failure that the engine replies.
    pub async fn ask(&self, request: Request) -> Result<Reply, CallError> {
        let answer = self.call(request, None).await?;
        Ok(answer.result?)
    }

    /// As [`Requests::ask`], for a reply that may be large: its bytes count until the room is dropped.
    ///
    /// # Errors
    /// The failure that the engine replies; `QueueFull`: too many such replies wait to be sent.
    pub async fn ask_large(&self, request: Request) -> Result<(Reply, Option<Room>), CallError> {
        let answer = self.call(request, None).await?;
        Ok((answer.result?, answer.room))
    }

    /// Has the configuration read again.
    ///
    /// # Errors
    /// `InvalidConfig`.
    pub async fn reload(&self) -> Result<(), CallError> {
        let (reply, answer) = oneshot::channel();
        self.inbox().send(Message::Reload(reply));
        received(answer.await)?.result?;
        Ok(())
    }

    /// Makes a local file ready for a transfer of a user.
    ///
    /// # Errors
    /// See [`Preparation::prepare`].
    pub async fn prepare(
        &self,
        local: Local,
        uid: u32,
        slot: Option<Slot>,
    ) -> Result<Ready, CallError> {
        let roots = self.0.roots.read(Arc::clone);
        self.0.preparation.prepare(local, roots, uid, slot).await
    }

    /// Queues a transfer of a local file and returns its object. If `wait` is a uid, awaits the end
    /// of the transfer on behalf of that user.
    ///
    /// # Errors
    /// The transfer was not accepted; with `wait`, also the failure of the transfer.
    pub async fn transfer(
        &self,
        file: Ready,
        name: String,
        wait: Option<u32>,
        request: impl FnOnce(LocalFile) -> Request,
    ) -> Result<OwnedObjectPath, CallError> {
        let Reply::Queued(id) = self.ask_with(file, name, request).await? else {
            return Err(unexpected());
        };
        if let Some(uid) = wait {
            self.wait(id, uid).await?;
        }
        Ok(path(id))
    }

    /// Sends a request with a local file to the engine and awaits the reply.
    ///
    /// # Errors
    /// The failure that the engine replies.
    pub async fn ask_with(
        &self,
        file: Ready,
        name: String,
        request: impl FnOnce(LocalFile) -> Request,
    ) -> Result<Reply, CallError> {
        let handle = Handle(self.0.handles.fetch_add(1, Ordering::Relaxed));
        let request = request(file.describe(handle, name));
        let slot = file.slot;
        let open = file.open.map(|(file, lane)| PassedFile {
            handle,
            file,
            lane,
            slot,
        });
        Ok(self.call(request, open).await?.result?)
    }

    /// Awaits the end of a transfer; fails if the transfer failed.
    async fn wait(&self, id: TransferId, uid: u32) -> Result<(), CallError> {
        let action = Action::Wait;
        let reply = self.ask(Request::Transfer { id, action, uid }).await?;
        let Reply::Ended(state, error) = reply else {
            return Err(unexpected());
        };
        let (usual_name, usual_text) = match state {
            TransferState::Done => return Ok(()),
            TransferState::Cancelled => (ErrorName::Cancelled, "the transfer has been cancelled"),
            _ => (ErrorName::Failed, "the transfer has failed"),
        };
        let (name, mut text) = error.unwrap_or_default();
        if text.is_empty() {
            usual_text.clone_into(&mut text);
        }
        let name = ErrorName::from_dbus_name(&name).unwrap_or(usual_name);
        Err(CallError::new(name, text))
    }

    async fn call(&self, request: Request, file: Option<PassedFile>) -> Result<Answer, CallError> {
        let (reply, answer) = oneshot::channel();
        let call = Call {
            request,
            file,
            reply,
        };
        self.inbox().send(Message::Call(Box::new(call)));
        received(answer.await)
    }
}

/// The object path of a transfer.
pub fn path(id: TransferId) -> OwnedObjectPath {
    // This cannot fail: a number is a valid path element.
    OwnedObjectPath::try_from(names::transfer_path(id.0)).unwrap_or_default()
}

/// The failure when the engine sends a reply of another kind than the request has.
pub fn unexpected() -> CallError {
    CallError::new(
        ErrorName::Failed,
        "the reply does not fit the call: this is a fault of modem-ftpd",
    )
}

/// The reply of the event loop; without a reply, the event loop has ended.
fn received(answer: Result<Answer, oneshot::Canceled>) -> Result<Answer, CallError> {
    answer.map_err(|_| stopping())
}

/// Longest local path, bytes: `PATH_MAX` of Linux.
const LONGEST_PATH: usize = 4096;
/// Longest text of a call that an error repeats, bytes.
const LONGEST_QUOTE: usize = 255;

/// A local path of a call.
///
/// # Errors
/// `InvalidArguments`: it is too long or not absolute.
pub fn local_path(text: &str) -> Result<PathBuf, CallError> {
    if text.len() > LONGEST_PATH {
        return Err(CallError::arguments(format!(
            "the local path has {} bytes, at most {LONGEST_PATH} are possible",
            text.len()
        )));
    }
    let path = PathBuf::from(text);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(CallError::arguments(format!(
            "the local path must be absolute, not {}",
            quoted(text)
        )))
    }
}

/// A text of a call as an error repeats it: only its beginning, if it is long.
pub fn quoted(text: &str) -> String {
    if text.len() <= LONGEST_QUOTE {
        return format!("{text:?}");
    }
    let mut end = LONGEST_QUOTE;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let begin = text.get(..end).unwrap_or_default();
    format!("{begin:?}… ({} bytes)", text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_refused_and_not_repeated() {
        assert!(local_path("/a").is_ok());
        assert!(local_path("a").is_err());
        let long = format!("/{}", "ä".repeat(2048));
        assert!(local_path(&long).is_err());
        assert_eq!(quoted("a\n"), "\"a\\n\"");
        let shown = quoted(&long);
        assert!(shown.len() < 300 && shown.ends_with("(4097 bytes)"));
    }
}
