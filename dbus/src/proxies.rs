//! Typed proxies of the three interfaces, for callers.
//!
//! No call here has a time-out of its own: `wait` lasts as long as its transfer.
//! Who wants many properties at once takes `org.freedesktop.DBus.Properties.GetAll`.

use std::collections::HashMap;

use zbus::{Fd, OwnedObjectPath, OwnedVariant, Result, Variant, proxy};

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

    /// The configured serial port.
    #[zbus(property)]
    fn device(&self) -> Result<String>;
    /// See [`crate::words::ModemState`].
    #[zbus(property)]
    fn state(&self) -> Result<String>;
    /// Why the state is what it is.
    #[zbus(property)]
    fn state_reason(&self) -> Result<String>;
    /// The module's maker.
    #[zbus(property)]
    fn manufacturer(&self) -> Result<String>;
    /// The module's model.
    #[zbus(property)]
    fn model(&self) -> Result<String>;
    /// The firmware.
    #[zbus(property)]
    fn revision(&self) -> Result<String>;
    /// The module's serial number.
    #[zbus(property)]
    fn imei(&self) -> Result<String>;
    /// The SIM's serial number.
    #[zbus(property)]
    fn iccid(&self) -> Result<String>;
    /// The network.
    #[zbus(property)]
    fn operator(&self) -> Result<String>;
    /// The radio technology.
    #[zbus(property)]
    fn access_technology(&self) -> Result<String>;
    /// dBm; 0 = not known.
    #[zbus(property)]
    fn signal_dbm(&self) -> Result<i32>;
    /// The IP address.
    #[zbus(property)]
    fn address(&self) -> Result<String>;
    /// See [`crate::words::SessionState`].
    #[zbus(property)]
    fn session(&self) -> Result<String>;
    /// The server the session is with.
    #[zbus(property)]
    fn server(&self) -> Result<String>;
    /// What QFTPCFG is set to.
    #[zbus(property)]
    fn settings(&self) -> Result<Attributes>;
    /// File octets since the daemon started.
    #[zbus(property)]
    fn bytes_sent(&self) -> Result<u64>;
    /// File octets since the daemon started.
    #[zbus(property)]
    fn bytes_received(&self) -> Result<u64>;
}

/// One transfer, at [`crate::names::transfer_path`] of its number.
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

    /// See [`crate::words::Direction`].
    #[zbus(property(emits_changed_signal = "const"))]
    fn direction(&self) -> Result<String>;
    /// The server's name.
    #[zbus(property(emits_changed_signal = "const"))]
    fn server(&self) -> Result<String>;
    /// The daemon's file; "" for a descriptor.
    #[zbus(property(emits_changed_signal = "const"))]
    fn local(&self) -> Result<String>;
    /// The remote path.
    #[zbus(property(emits_changed_signal = "const"))]
    fn remote(&self) -> Result<String>;
    /// Who asked for it.
    #[zbus(property(emits_changed_signal = "const"))]
    fn user_id(&self) -> Result<u32>;
    /// See [`crate::words::TransferState`].
    #[zbus(property)]
    fn state(&self) -> Result<String>;
    /// Name and text of the last failure.
    #[zbus(property)]
    fn error(&self) -> Result<(String, String)>;
    /// Octets in all, or [`crate::names::SIZE_UNKNOWN`].
    #[zbus(property)]
    fn size(&self) -> Result<u64>;
    /// Octets so far.
    #[zbus(property)]
    fn transferred(&self) -> Result<u64>;
    /// Attempts so far.
    #[zbus(property)]
    fn attempts(&self) -> Result<u32>;
    /// Unix seconds.
    #[zbus(property(emits_changed_signal = "const"))]
    fn created(&self) -> Result<i64>;
    /// Unix seconds; 0 = not yet.
    #[zbus(property)]
    fn started(&self) -> Result<i64>;
    /// Unix seconds; 0 = not yet.
    #[zbus(property)]
    fn finished(&self) -> Result<i64>;
}
