//! A failure of a command: an error name, one sentence, an exit code.

use std::io;

use modem_ftp_dbus::errors::{ErrorName, exit};
use zbus::{DBusError as _, fdo};

/// Why the command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code of the process.
    pub exit: u8,
    /// The D-Bus error name: one of `org.example.ModemFtp.Error`, or one of the bus itself.
    pub name: String,
    /// One sentence. It may quote a server: to be escaped before it is printed on a terminal.
    pub text: String,
}

impl Failure {
    /// A failure of the closed list of errors.
    pub fn new(error: ErrorName, text: impl Into<String>) -> Self {
        Self {
            exit: error.exit_code(),
            name: error.dbus_name().into(),
            text: text.into(),
        }
    }

    /// Wrong usage.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::new(ErrorName::InvalidArguments, text)
    }

    /// A local file that cannot be opened, read or written; `what` names it.
    pub fn local(what: &str, error: &io::Error) -> Self {
        let name = match error.kind() {
            io::ErrorKind::NotFound => ErrorName::LocalNotFound,
            io::ErrorKind::PermissionDenied => ErrorName::LocalDenied,
            _ => ErrorName::LocalIo,
        };
        Self::new(name, format!("{what}: {}", reason(error)))
    }

    /// The failure for a D-Bus error name and its text.
    pub fn from_bus(name: &str, text: &str) -> Self {
        if let Some(error) = ErrorName::from_dbus_name(name) {
            let text = if text.is_empty() {
                error.sentence()
            } else {
                text
            };
            return Self::new(error, text);
        }
        let standard = name
            .strip_prefix("org.freedesktop.DBus.Error.")
            .unwrap_or_default();
        let (exit, text) = match standard {
            "ServiceUnknown" | "NameHasNoOwner" => {
                (exit::DAEMON, format!("modem-ftpd is not running: {text}"))
            }
            "NoReply" | "Disconnected" => (
                exit::DAEMON,
                format!("modem-ftpd went away before it answered: {text}"),
            ),
            "AccessDenied" | "AuthFailed" => (
                exit::DAEMON,
                format!(
                    "the message bus refused the call (only root and the group modem-ftp-users may make it): {text}"
                ),
            ),
            _ if standard.starts_with("Spawn.") => (
                exit::DAEMON,
                format!("modem-ftpd could not be started: {text}"),
            ),
            "InvalidArgs" => (exit::USAGE, text.into()),
            _ => (
                exit::FAILURE,
                if text.is_empty() {
                    name.into()
                } else {
                    text.into()
                },
            ),
        };
        Self {
            exit,
            name: name.into(),
            text,
        }
    }

    /// True when the object that was called does not exist.
    pub fn is_unknown_object(&self) -> bool {
        ["UnknownObject", "UnknownInterface", "UnknownMethod"]
            .iter()
            .any(|last| self.name.strip_prefix("org.freedesktop.DBus.Error.") == Some(last))
    }
}

/// The text of strerror(3) for an I/O error, without Rust's "(os error n)".
pub fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().into(),
        None => error.to_string(),
    }
}

impl From<zbus::Error> for Failure {
    fn from(error: zbus::Error) -> Self {
        match error {
            zbus::Error::MethodError(name, text, _) => {
                Self::from_bus(&name, text.as_deref().unwrap_or_default())
            }
            zbus::Error::FDO(error) => Self::from(*error),
            zbus::Error::InputOutput(error) => Self {
                exit: exit::DAEMON,
                name: "org.freedesktop.DBus.Error.Disconnected".into(),
                text: format!(
                    "the connection to the message bus broke: {}",
                    reason(&error)
                ),
            },
            other => Self::new(ErrorName::Failed, other.to_string()),
        }
    }
}

impl From<fdo::Error> for Failure {
    fn from(error: fdo::Error) -> Self {
        match error {
            fdo::Error::ZBus(error) => Self::from(error),
            other => Self::from_bus(&other.name(), other.description().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_bus_itself_have_exit_codes() {
        for (name, exit) in [
            ("ServiceUnknown", 3),
            ("NameHasNoOwner", 3),
            ("NoReply", 3),
            ("AccessDenied", 3),
            ("Spawn.ChildExited", 3),
            ("InvalidArgs", 2),
            ("UnknownMethod", 1),
        ] {
            let failure = Failure::from_bus(&format!("org.freedesktop.DBus.Error.{name}"), "why");
            assert_eq!(failure.exit, exit, "{name}");
            assert!(failure.text.contains("why"), "{name}: {}", failure.text);
        }
    }

    #[test]
    fn errors_of_the_daemon_keep_their_text_or_get_the_standard_sentence() {
        for &error in ErrorName::ALL {
            let failure = Failure::from_bus(error.dbus_name(), "QFTPOPEN: 625");
            assert_eq!(
                (failure.exit, failure.text.as_str()),
                (error.exit_code(), "QFTPOPEN: 625")
            );
            assert_eq!(
                Failure::from_bus(error.dbus_name(), "").text,
                error.sentence()
            );
        }
    }

    #[test]
    fn io_errors_are_shown_without_their_number() {
        let failure = Failure::local("a.csv", &io::Error::from_raw_os_error(2));
        assert_eq!(failure.text, "a.csv: No such file or directory");
        assert_eq!(failure.exit, 7);
    }
}
