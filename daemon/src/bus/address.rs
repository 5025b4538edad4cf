//! [`Address`]: the bus to serve.

use std::fmt;

use zbus::connection::Builder;

/// The bus to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The system bus, or the one of `DBUS_SYSTEM_BUS_ADDRESS`.
    System,
    /// The session bus.
    Session,
    /// Another bus, by its D-Bus address.
    Other(String),
}

impl Address {
    /// Begins a connection to the bus.
    pub fn builder(&self) -> Builder<'_> {
        match self {
            Self::System => Builder::system(),
            Self::Session => Builder::session(),
            Self::Other(address) => Builder::address(address.as_str()),
        }
    }
}

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        match text {
            "system" => Self::System,
            "session" => Self::Session,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "the system bus",
            Self::Session => "the session bus",
            Self::Other(address) => address,
        })
    }
}
