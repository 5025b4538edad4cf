//! Typed proxies of the three interfaces, for callers.
//!
//! No call here has a time-out of its own: `wait` lasts as long as its transfer.
//! Properties are read with `org.freedesktop.DBus.Properties.GetAll` by
//! whoever wants many of them at once; nothing is cached behind the caller's back
//! unless the proxy is built so.

use std::collections::HashMap;

use zbus::{Fd, ObjectPath, OwnedObjectPath, OwnedVariant, Result, Variant, proxy};

/// `a{sv}` on the way in.
pub type Options<'a> = HashMap<&'a str, Variant<'a>>;
/// `a{sv}` on the way out.
pub type Attributes = HashMap<String, OwnedVariant>;

/// The front door.
#[proxy(
    interface = "org.example.ModemFtp",
    default_service = "org.example.ModemFtp",
    default_path = "/org/example/ModemFtp"
)]
pub trait ModemFtp {
    /// Sends the daemon's file `local`, beneath a configured root.
    fn upload(
        &self,
        server: &str,
        local: &str,
        remote: &str,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// Sends what `source` reads.
    fn upload_fd(
        &self,
        server: &str,
        source: Fd<'_>,
        remote: &str,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// Fetches into the daemon's file `local`, beneath a configured root.
    fn download(
        &self,
        server: &str,
        remote: &str,
        local: &str,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// Fetches into `sink`.
    fn download_fd(
        &self,
        server: &str,
        remote: &str,
        sink: Fd<'_>,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// The entries of a directory.
    fn list(&self, server: &str, path: &str) -> Result<Vec<Attributes>>;
    /// The server's own listing.
    fn list_raw(&self, server: &str, path: &str) -> Result<Vec<u8>>;
    /// The names in a directory.
    fn list_names(&self, server: &str, path: &str) -> Result<Vec<String>>;
    /// Size and time of a file.
    fn stat(&self, server: &str, path: &str) -> Result<Attributes>;
    /// Deletes a file.
    fn delete(&self, server: &str, path: &str) -> Result<()>;
    /// Renames a file or directory.
    fn rename(&self, server: &str, from: &str, to: &str) -> Result<()>;
    /// Creates a directory.
    fn make_directory(&self, server: &str, path: &str) -> Result<()>;
    /// Removes an empty directory.
    fn remove_directory(&self, server: &str, path: &str) -> Result<()>;
    /// Changes the session's working directory.
    fn change_directory(&self, server: &str, path: &str) -> Result<()>;
    /// The session's working directory.
    fn working_directory(&self, server: &str) -> Result<String>;
    /// Logs in.
    fn connect(&self, server: &str) -> Result<()>;
    /// Closes the session.
    fn disconnect(&self) -> Result<()>;
    /// Reads the configuration again.
    fn reload(&self) -> Result<()>;

    /// The daemon's version.
    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> Result<String>;
    /// The configured servers.
    #[zbus(property)]
    fn servers(&self) -> Result<Vec<String>>;
    /// The server that "" stands for.
    #[zbus(property)]
    fn default_server(&self) -> Result<String>;
}

/// The module.
#[proxy(
    interface = "org.example.ModemFtp.Modem1",
    default_service = "org.example.ModemFtp",
    default_path = "/org/example/ModemFtp/modem"
)]
pub trait Modem {
    /// Restarts the module.
    fn reset(&self) -> Result<()>;
    /// One raw AT line; `timeout_ms` in milliseconds.
    fn command(&self, line: &str, timeout_ms: u32) -> Result<String>;
    /// What QFTPCFG is set to.
    #[zbus(property)]
    fn settings(&self) -> Result<Attributes>;
}

/// One transfer.
#[proxy(
    interface = "org.example.ModemFtp.Transfer1",
    default_service = "org.example.ModemFtp"
)]
pub trait Transfer {
    /// Stops it; replies when it has stopped.
    fn cancel(&self) -> Result<()>;
    /// Sets it aside.
    fn pause(&self) -> Result<()>;
    /// Puts a paused one back on the queue.
    fn resume(&self) -> Result<()>;
    /// Puts a failed one back on the queue.
    fn retry(&self) -> Result<()>;
    /// Replies at the end, with the state and the error (name, text).
    fn wait(&self) -> Result<(String, (String, String))>;
    /// Removes one that has ended.
    fn forget(&self) -> Result<()>;
}

/// The path of transfer `number`, as the proxies take it.
///
/// # Errors
/// None in practice: a number always makes a valid path.
pub fn transfer_object(number: u64) -> Result<ObjectPath<'static>> {
    ObjectPath::try_from(crate::names::transfer_path(number))
}
