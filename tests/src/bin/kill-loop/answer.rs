//! [`Answer`]: what came of a call to a daemon that may be killed meanwhile.

use modem_ftp_dbus::errors::ERROR_PREFIX;

/// What came of a call.
pub enum Answer<T> {
    /// A reply.
    Done(T),
    /// An error of the daemon, by its short name, and its text.
    Refused(String, String),
    /// The daemon was killed before it answered: it may or may not have done what was asked.
    Unknown,
}

impl<T> From<zbus::Result<T>> for Answer<T> {
    fn from(result: zbus::Result<T>) -> Self {
        match result {
            Ok(value) => Self::Done(value),
            Err(zbus::Error::MethodError(name, text, _)) => {
                match name.as_str().strip_prefix(ERROR_PREFIX) {
                    Some(short) => Self::Refused(short.to_owned(), text.unwrap_or_default()),
                    None if name.ends_with(".UnknownObject")
                        || name.ends_with(".UnknownMethod") =>
                    {
                        Self::Refused("UnknownObject".to_owned(), text.unwrap_or_default())
                    }
                    None => Self::Unknown,
                }
            }
            Err(_) => Self::Unknown,
        }
    }
}
