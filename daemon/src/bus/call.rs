//! [`Call`]: one method call, its arguments and its reply, which is never larger than a bus carries.

use std::cell::Cell;
use std::sync::Arc;

use modem_ftp_core::api::request::CallerId;
use modem_ftp_dbus::ErrorName;
use serde::{Serialize, de::DeserializeOwned};
use zbus::message::{Body, Builder, Flags, Header, Message};
use zbus::wire::Type;
use zbus::{Connection, DBusError, DynamicType};

use super::admission::Admitted;
use super::caller;
use super::closer::Closer;
use super::error::{CallError, Standard};
use super::turns::{Turn, Turns};
use crate::limits::{Received, Slot};
use crate::messages::Room;

/// Most bytes of a reply. A bus disconnects who sends a larger message than it carries: dbus-daemon
/// carries 32 MiB on the system bus.
pub const LARGEST_REPLY: usize = 16 * 1024 * 1024;

/// A method call.
pub struct Call {
    /// The message without arguments and descriptors.
    head: Message,
    /// The whole message, until the arguments are read: a call that waits for long holds no
    /// descriptors.
    whole: Cell<Option<Message>>,
    connection: Connection,
    /// Dropped with the call, which does not count then.
    admitted: Admitted,
    /// Counts the descriptors that came with it, until they are closed.
    received: Option<Arc<Received>>,
    uid: Cell<Option<u32>>,
    closer: Closer,
    queues: Queues,
    turn: Cell<Option<Turn>>,
    room: Cell<Option<Room>>,
}

/// What calls wait for before they are answered, one after the other. Clones refer to the same queues.
#[derive(Clone, Debug)]
pub struct Queues {
    /// To make a large reply: no more than one exists, however many are asked for.
    large: Turns,
    /// To send a reply: zbus keeps a place for each that ever waited at the same time.
    sending: Turns,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            large: Turns::default(),
            sending: Turns::unlimited(),
        }
    }
}

impl Queues {
    /// Sends a reply when it is the turn of the caller whom it goes to.
    pub async fn send(&self, connection: &Connection, reply: Message) {
        let header = reply.header();
        let caller = header.destination().map_or("", |name| name.as_str());
        // The queue has no end: it refuses nobody.
        let _turn = self.sending.take(caller).await;
        if let Err(error) = connection.send(&reply).await {
            tracing::debug!("a reply could not be sent: {error}");
        }
    }
}

impl Call {
    /// A call that came on `connection`.
    ///
    /// # Errors
    /// Its header cannot be kept.
    pub fn new(
        message: &Message,
        connection: Connection,
        admitted: Admitted,
        received: Option<Arc<Received>>,
        queues: Queues,
        closer: Closer,
    ) -> zbus::Result<Self> {
        Ok(Self {
            received,
            uid: Cell::new(None),
            closer,
            head: Builder::from(message.header()).build(&())?,
            whole: Cell::new(Some(message.clone())),
            connection,
            admitted,
            queues,
            turn: Cell::new(None),
            room: Cell::new(None),
        })
    }

    /// Its header.
    pub fn header(&self) -> Header<'_> {
        self.head.header()
    }

    /// The connection on which it came.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The identity of the caller.
    pub fn caller(&self) -> CallerId {
        caller::id(&self.header())
    }

    /// The uid of the caller, as a call of whom it counts from now on.
    ///
    /// # Errors
    /// See [`caller::uid`]; `QueueFull`.
    pub async fn uid(&self) -> Result<u32, CallError> {
        if let Some(uid) = self.uid.get() {
            return Ok(uid);
        }
        let uid = caller::uid(&self.connection, &self.caller()).await?;
        self.uid.set(Some(uid));
        self.admitted.identify(uid)?;
        Ok(uid)
    }

    /// Counts the descriptor that came with it, if there is one, as one that is accepted from this
    /// user.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn slot(&self, uid: u32) -> Result<Option<Slot>, CallError> {
        let slot = self.received.as_ref().map(|_| self.admitted.slot(uid));
        slot.transpose()
    }

    /// Closes what holds a descriptor that came with it, without waiting for that.
    pub fn close(&self, what: impl Send + 'static) {
        let received = self.received.clone();
        self.closer.close(self.uid.get(), (what, received));
    }

    /// It holds no descriptor any more: it is dropped if its caller has left.
    pub fn let_go(&self) {
        self.admitted.presence.let_go();
    }

    /// Does `work` for it while its caller is there; `None`: the caller has left.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.admitted.presence.during(work).await
    }

    /// Refuses every caller but root.
    ///
    /// # Errors
    /// `NotAuthorized`.
    pub async fn root_only(&self) -> Result<(), CallError> {
        match self.uid().await? {
            0 => Ok(()),
            uid => Err(CallError::new(
                ErrorName::NotAuthorized,
                format!("only root may do this, not uid {uid}"),
            )),
        }
    }

    /// Its arguments, which can be read once.
    ///
    /// # Errors
    /// `InvalidArgs`: they have other types.
    pub fn arguments<T: DeserializeOwned + Type>(&self) -> Result<T, CallError> {
        self.read_arguments(|body| body.deserialize().map_err(invalid))
    }

    /// The same, where descriptors come with it: `read` borrows them and duplicates the one that it
    /// takes. What is left is closed without waiting for that.
    ///
    /// # Errors
    /// Those of `read`; `InvalidArgs`.
    pub fn read_arguments<T>(
        &self,
        read: impl FnOnce(&Body) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let again = || CallError::standard(Standard::InvalidArgs, "the arguments were read before");
        let whole = self.whole.take().ok_or_else(again)?;
        let arguments = read(&whole.body());
        self.close_message(whole);
        arguments
    }

    fn close_message(&self, message: Message) {
        if descriptors(&message) > 0 {
            self.close(message);
        }
    }

    /// The bytes of its reply count until it is sent.
    pub fn keep(&self, room: Option<Room>) {
        self.room.set(room);
    }

    /// Makes the reply with these values.
    ///
    /// # Errors
    /// `Failed`: they are too large for a message.
    pub fn reply(&self, values: &(impl Serialize + DynamicType)) -> Result<Message, CallError> {
        let header = self.header();
        let mut reply = Message::method_return(&header);
        if let Some(name) = self.connection.unique_name() {
            reply = reply.sender(name);
        }
        let reply = reply
            .build(values)
            .map_err(|error| CallError::standard(Standard::Failed, error.to_string()))?;
        match reply.data().len() {
            ..=LARGEST_REPLY => Ok(reply),
            size => Err(too_large(size)),
        }
    }

    /// As [`Call::reply`], for a reply that may be large: waits until no other such reply exists,
    /// and only then has its values made. None follows until this one is sent.
    ///
    /// # Errors
    /// As for [`Call::reply`]; `QueueFull`: the caller waits for too many such replies.
    pub async fn reply_large<V: Serialize + DynamicType>(
        &self,
        values: impl FnOnce() -> V,
    ) -> Result<Message, CallError> {
        let turn = self.queues.large.take(&self.caller().0).await?;
        self.turn.set(Some(turn));
        self.reply(&values())
    }

    /// Sends the reply, or the error.
    pub async fn answer(&self, result: Result<Message, CallError>) {
        let header = self.header();
        let reply = match result {
            Ok(reply) if wants_reply(&header) => Some(reply),
            Ok(_) => None,
            Err(error) => refusal(&header, &error),
        };
        if let Some(reply) = reply {
            self.queues.send(&self.connection, reply).await;
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(whole) = self.whole.take() {
            self.close_message(whole);
        }
    }
}

/// The failure of reading arguments.
pub fn invalid(error: zbus::Error) -> CallError {
    CallError::standard(Standard::InvalidArgs, error.to_string())
}

/// How many descriptors came with a message.
pub fn descriptors(message: &Message) -> usize {
    message.data().fds().len()
}

/// The reply to a call that fails; `None`: the caller wants none.
pub fn refusal(header: &Header<'_>, error: &CallError) -> Option<Message> {
    let reply = error.create_reply(header);
    let reply = reply.inspect_err(|error| tracing::debug!("an error cannot be sent: {error}"));
    reply.ok().filter(|_| wants_reply(header))
}

fn wants_reply(header: &Header<'_>) -> bool {
    !header.primary().flags().contains(Flags::NO_REPLY_EXPECTED)
}

fn too_large(size: usize) -> CallError {
    CallError::new(
        ErrorName::Failed,
        format!("the reply would have {size} bytes, at most {LARGEST_REPLY} are possible"),
    )
}
