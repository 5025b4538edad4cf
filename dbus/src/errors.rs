//! The closed list of errors: every failure has one D-Bus name and one exit code.
//!
//! The name of an error on the bus is `org.example.ModemFtp.Error.` and one of these names; its
//! text is understandable by itself. The exit codes of `modem-ftp` depend on the name only: texts
//! are for people and may be reworded. `Timeout` has exit code 1 because it may concern the modem,
//! the server or the queue; which one is in the text and in `modem-ftp status`.

use std::fmt;

/// The prefix of the error names.
pub const ERROR_PREFIX: &str = "org.example.ModemFtp.Error.";

/// The exit codes of `modem-ftp`.
pub mod exit {
    /// Success.
    pub const DONE: u8 = 0;
    /// A failure of no other group.
    pub const FAILURE: u8 = 1;
    /// Wrong usage.
    pub const USAGE: u8 = 2;
    /// The daemon cannot be reached, or the caller is not authorized.
    pub const DAEMON: u8 = 3;
    /// Modem, SIM or network.
    pub const MODEM: u8 = 4;
    /// Server: connect, TLS, login, protocol.
    pub const SERVER: u8 = 5;
    /// A remote path.
    pub const REMOTE: u8 = 6;
    /// A local file.
    pub const LOCAL: u8 = 7;
    /// Cancelled or interrupted.
    pub const CANCELLED: u8 = 8;
    /// Over budget.
    pub const BUDGET: u8 = 9;
}

/// Defines the list: name, exit code, description.
macro_rules! errors {
    ($($name:ident => $exit:ident, $sentence:literal;)+) => {
        /// Why something failed. The variant's name is the last part of the D-Bus error name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorName {
            $(#[doc = $sentence] $name,)+
        }

        impl ErrorName {
            /// Every error, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The full name on the bus.
            #[must_use]
            pub const fn dbus_name(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("org.example.ModemFtp.Error.", stringify!($name)),)+
                }
            }

            /// The exit code of `modem-ftp`.
            #[must_use]
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$name => exit::$exit,)+ }
            }

            /// What the error means, in one sentence.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

errors! {
    InvalidArguments => USAGE, "An argument is not what the method takes: an unknown option, an empty or impossible path, an unknown server.";
    InvalidConfig => FAILURE, "The configuration was refused; the one before it stays in force.";
    NotAuthorized => DAEMON, "The caller may not do this: another user's transfer, or a method for root only.";
    NotFound => FAILURE, "There is no such transfer.";
    WrongState => FAILURE, "The object is in a state in which this cannot be done.";
    QueueFull => FAILURE, "As many transfers are queued, calls wait or passed descriptors are open as the daemon accepts.";
    Cancelled => CANCELLED, "The transfer was cancelled.";
    Timeout => FAILURE, "An answer did not come in time; the text says whose.";
    Stopping => FAILURE, "The daemon is shutting down.";
    ModemUnavailable => MODEM, "The serial port is not there, or the module does not answer.";
    SimNotReady => MODEM, "The SIM is missing, locked or broken.";
    NotRegistered => MODEM, "The module is not registered on a network.";
    BearerFailed => MODEM, "The PDP context could not be activated, or the network deactivated it.";
    ModemReset => MODEM, "The module restarted during the operation.";
    ConnectFailed => SERVER, "The server could not be reached.";
    TlsFailed => SERVER, "The TLS handshake failed, or a certificate was refused.";
    LoginFailed => SERVER, "The server refused the user or the password.";
    RemoteNotFound => REMOTE, "The remote file or directory does not exist.";
    RemoteExists => REMOTE, "The remote file or directory already exists.";
    RemoteRefused => REMOTE, "The server refused the operation on this path.";
    RemoteFull => REMOTE, "The server has no space left, or the quota is used up.";
    Protocol => SERVER, "The server or the module sent an answer that the protocol does not allow.";
    LocalNotFound => LOCAL, "The local file does not exist.";
    LocalDenied => LOCAL, "The local file may not be opened, or lies outside the configured roots.";
    LocalIo => LOCAL, "Reading or writing the local file failed.";
    LocalChanged => LOCAL, "The local file changed while it was being sent.";
    OverBudget => BUDGET, "The transfer would go over the configured budget.";
    Failed => FAILURE, "Anything else; the text says what.";
}

impl ErrorName {
    /// The error of a full D-Bus name; `None` if it is not in the list.
    #[must_use]
    pub fn from_dbus_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|e| e.dbus_name() == name)
    }

    /// The last part of the name, such as `LoginFailed`.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        self.dbus_name()
            .strip_prefix(ERROR_PREFIX)
            .unwrap_or_default()
    }
}

impl fmt::Display for ErrorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dbus_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exit codes of modem-ftp(1), repeated here so that none changes by accident.
    const GROUPS: &[(u8, &str)] = &[
        (
            1,
            "InvalidConfig NotFound WrongState QueueFull Timeout Stopping Failed",
        ),
        (2, "InvalidArguments"),
        (3, "NotAuthorized"),
        (
            4,
            "ModemUnavailable SimNotReady NotRegistered BearerFailed ModemReset",
        ),
        (5, "ConnectFailed TlsFailed LoginFailed Protocol"),
        (6, "RemoteNotFound RemoteExists RemoteRefused RemoteFull"),
        (7, "LocalNotFound LocalDenied LocalIo LocalChanged"),
        (8, "Cancelled"),
        (9, "OverBudget"),
    ];

    #[test]
    fn names_and_exit_codes_do_not_change() {
        let mut listed = 0;
        for (code, names) in GROUPS {
            for name in names.split(' ') {
                let error =
                    ErrorName::from_dbus_name(&format!("{ERROR_PREFIX}{name}")).expect(name);
                assert_eq!(error.exit_code(), *code, "{name}");
                assert_eq!(error.short_name(), name);
                listed += 1;
            }
        }
        assert_eq!(listed, ErrorName::ALL.len());
    }

    #[test]
    fn other_names_are_not_in_the_list() {
        for name in [
            "",
            "Failed",
            "org.freedesktop.DBus.Error.Failed",
            "org.example.ModemFtp.Error.",
        ] {
            assert_eq!(ErrorName::from_dbus_name(name), None, "{name}");
        }
    }
}
