//! [`Call`]: one method call, its arguments and its reply.

use modem_ftp_core::api::request::CallerId;
use modem_ftp_dbus::ErrorName;
use serde::{Serialize, de::DeserializeOwned};
use zbus::message::{Flags, Header, Message};
use zbus::wire::Type;
use zbus::{Connection, DBusError, DynamicType};

use super::caller;
use super::error::{CallError, Standard};

/// A method call.
#[derive(Debug)]
pub struct Call {
    message: Message,
    connection: Connection,
}

impl Call {
    /// A call that came on `connection`.
    pub fn new(message: Message, connection: Connection) -> Self {
        Self {
            message,
            connection,
        }
    }

    /// Its header.
    pub fn header(&self) -> Header<'_> {
        self.message.header()
    }

    /// The connection on which it came.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The identity of the caller.
    pub fn caller(&self) -> CallerId {
        caller::id(&self.header())
    }

    /// The uid of the caller.
    ///
    /// # Errors
    /// See [`caller::uid`].
    pub async fn uid(&self) -> Result<u32, CallError> {
        caller::uid(&self.connection, &self.header()).await
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

    /// Its arguments.
    ///
    /// # Errors
    /// `InvalidArgs`: they have other types.
    pub fn arguments<T: DeserializeOwned + Type>(&self) -> Result<T, CallError> {
        let body = self.message.body();
        body.deserialize()
            .map_err(|error| CallError::standard(Standard::InvalidArgs, error.to_string()))
    }

    /// Makes the reply with these values.
    ///
    /// # Errors
    /// `Failed`: they do not fit a message.
    pub fn reply(&self, values: &(impl Serialize + DynamicType)) -> Result<Message, CallError> {
        let header = self.header();
        let mut reply = Message::method_return(&header);
        if let Some(name) = self.connection.unique_name() {
            reply = reply.sender(name);
        }
        reply
            .build(values)
            .map_err(|error| CallError::standard(Standard::Failed, error.to_string()))
    }

    /// Sends the reply, or the error.
    pub async fn answer(&self, result: Result<Message, CallError>) {
        let header = self.header();
        if header.primary().flags().contains(Flags::NO_REPLY_EXPECTED) {
            return;
        }
        let reply = result.or_else(|error| error.create_reply(&header));
        let sent = match reply {
            Ok(reply) => self.connection.send(&reply).await,
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            tracing::debug!("a reply could not be sent: {error}");
        }
    }
}
