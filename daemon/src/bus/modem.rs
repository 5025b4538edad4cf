//! `org.example.ModemFtp.Modem1`.

use std::time::Duration;

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Request;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::ModemStatus;
use zbus::message::Message;

use super::call::Call;
use super::error::CallError;
use super::properties::{self, Properties};
use super::requests::{Requests, unexpected};
use super::shared::Shared;
use super::standard::unknown_method;

/// The modem's object.
pub struct Modem {
    requests: Requests,
    status: Shared<ModemStatus>,
}

impl Modem {
    /// A modem whose properties are read from `status`.
    pub fn new(requests: Requests, status: Shared<ModemStatus>) -> Self {
        Self { requests, status }
    }

    /// Its properties.
    pub fn properties(&self) -> Properties {
        self.status.read(properties::modem)
    }

    /// Handles a method call.
    ///
    /// # Errors
    /// `NotAuthorized`; the failure that the engine replies; there is no such method.
    pub async fn call(&self, call: &Call, member: &str) -> Result<Message, CallError> {
        match member {
            "Reset" => {
                call.root_only().await?;
                self.requests.ask(Request::Reset).await?;
                call.reply(&())
            }
            "Command" => {
                let (line, timeout_ms): (String, u32) = call.arguments()?;
                call.root_only().await?;
                let line = Secret::new(line);
                let timeout = Duration::from_millis(timeout_ms.into());
                let request = Request::Command { line, timeout };
                match self.requests.ask(request).await? {
                    Reply::Text(answer) => call.reply(&answer),
                    _ => Err(unexpected()),
                }
            }
            member => Err(unknown_method(member)),
        }
    }
}
