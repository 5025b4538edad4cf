//! [`CallError`]: a failure as a D-Bus error named in `modem_ftp_dbus::errors`.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use zbus::message::{Header, Message};

/// The error reply to a method call.
#[derive(Debug)]
pub struct CallError {
    name: ErrorName,
    text: String,
}

impl CallError {
    /// An error of this name.
    pub fn new(name: ErrorName, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { name, text }
    }

    /// `InvalidArguments`.
    pub fn arguments(text: impl Into<String>) -> Self {
        Self::new(ErrorName::InvalidArguments, text)
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::new(failure.name, failure.text)
    }
}

impl zbus::DBusError for CallError {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name.dbus_name()).build(&self.text)
    }

    fn name(&self) -> zbus::names::ErrorName<'_> {
        zbus::names::ErrorName::from_static_str_unchecked(self.name.dbus_name())
    }

    fn description(&self) -> Option<&str> {
        Some(&self.text)
    }
}

/// The failure when the event loop or the disk thread has ended.
pub fn stopping() -> CallError {
    CallError::new(ErrorName::Stopping, "modem-ftpd is shutting down")
}
