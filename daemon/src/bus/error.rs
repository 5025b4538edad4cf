//! [`CallError`]: a failure as a D-Bus error: one named in `modem_ftp_dbus::errors`, or one of the
//! D-Bus specification for a call that no object understands.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::sentence::Sentence;
use modem_ftp_dbus::ErrorName;
use zbus::message::{Header, Message};

/// The errors of the D-Bus specification that are used.
#[derive(Clone, Copy, Debug)]
pub enum Standard {
    /// There is no object at this path.
    UnknownObject,
    /// The object does not have this interface.
    UnknownInterface,
    /// The interface does not have this method.
    UnknownMethod,
    /// The interface does not have this property.
    UnknownProperty,
    /// No property can be set.
    PropertyReadOnly,
    /// The arguments have other types.
    InvalidArgs,
    /// Anything else.
    Failed,
}

/// The error reply to a method call.
#[derive(Debug)]
pub struct CallError {
    name: &'static str,
    text: Sentence,
}

impl CallError {
    /// An error of this name.
    pub fn new(name: ErrorName, text: impl Into<Sentence>) -> Self {
        Self {
            name: name.dbus_name(),
            text: text.into(),
        }
    }

    /// An error of the D-Bus specification.
    pub fn standard(error: Standard, text: impl Into<Sentence>) -> Self {
        let name = match error {
            Standard::UnknownObject => "org.freedesktop.DBus.Error.UnknownObject",
            Standard::UnknownInterface => "org.freedesktop.DBus.Error.UnknownInterface",
            Standard::UnknownMethod => "org.freedesktop.DBus.Error.UnknownMethod",
            Standard::UnknownProperty => "org.freedesktop.DBus.Error.UnknownProperty",
            Standard::PropertyReadOnly => "org.freedesktop.DBus.Error.PropertyReadOnly",
            Standard::InvalidArgs => "org.freedesktop.DBus.Error.InvalidArgs",
            Standard::Failed => "org.freedesktop.DBus.Error.Failed",
        };
        Self {
            name,
            text: text.into(),
        }
    }

    /// `InvalidArguments`.
    pub fn arguments(text: impl Into<Sentence>) -> Self {
        Self::new(ErrorName::InvalidArguments, text)
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::new(failure.name, failure.text)
    }
}

impl From<zbus::Error> for CallError {
    fn from(error: zbus::Error) -> Self {
        Self::standard(Standard::Failed, error.to_string())
    }
}

impl zbus::DBusError for CallError {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name).build(&&*self.text)
    }

    fn name(&self) -> zbus::names::ErrorName<'_> {
        zbus::names::ErrorName::from_static_str_unchecked(self.name)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.text)
    }
}

/// The failure when the event loop or the disk thread has ended.
pub fn stopping() -> CallError {
    CallError::new(ErrorName::Stopping, "modem-ftpd is shutting down")
}
