//! Typed proxies of the three interfaces, for callers.
//!
//! Calls have no time-out: `wait` takes as long as its transfer. To read many properties at once,
//! use `org.freedesktop.DBus.Properties.GetAll`.

use std::collections::HashMap;

use zbus::{Fd, OwnedObjectPath, OwnedVariant, Result, Variant, proxy};

/// An `a{sv}` argument.
pub type Options<'a> = HashMap<&'a str, Variant<'a>>;
/// An `a{sv}` result.
pub type Attributes = HashMap<String, OwnedVariant>;

/// The manager.
#[proxy(
    interface = "org.example.ModemFtp",
    default_service = "org.example.ModemFtp",
    default_path = "/org/example/ModemFtp"
)]
pub trait ModemFtp {
    /// Uploads the file `local`, below a configured root, which the daemon opens.
    fn upload(
        &self,
        server: &str,
        local: &str,
        remote: &str,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// Uploads what is read from `source`.
    fn upload_fd(
        &self,
        server: &str,
        source: Fd<'_>,
        remote: &str,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// Downloads to the file `local`, below a configured root, which the daemon creates.
    fn download(
        &self,
        server: &str,
        remote: &str,
        local: &str,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// Downloads to `sink`.
    fn download_fd(
        &self,
        server: &str,
        remote: &str,
        sink: Fd<'_>,
        options: &Options<'_>,
    ) -> Result<OwnedObjectPath>;
    /// The entries of a directory.
    fn list(&self, server: &str, path: &str) -> Result<Vec<Attributes>>;
    /// The server's listing, unparsed.
    fn list_raw(&self, server: &str, path: &str) -> Result<Vec<u8>>;
    /// The server's listing, unparsed, written to a descriptor.
    fn list_fd(&self, server: &str, path: &str, sink: Fd<'_>) -> Result<()>;
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
    /// Changes the working directory.
    fn change_directory(&self, server: &str, path: &str) -> Result<()>;
    /// The working directory.
    fn working_directory(&self, server: &str) -> Result<String>;
    /// Logs in.
    fn connect(&self, server: &str) -> Result<()>;
    /// Closes the session.
    fn disconnect(&self) -> Result<()>;
    /// Receipts of transfers that have ended, newest first.
    fn history(&self, filter: &Options<'_>) -> Result<Vec<Attributes>>;
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
    /// What an operator has to know.
    #[zbus(property)]
    fn warnings(&self) -> Result<Vec<String>>;
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
    /// Sends one AT command line and returns the answer; `timeout_ms` is in milliseconds.
    fn command(&self, line: &str, timeout_ms: u32) -> Result<String>;

    /// The configured serial port.
    #[zbus(property)]
    fn device(&self) -> Result<String>;
    /// See [`crate::words::ModemState`].
    #[zbus(property)]
    fn state(&self) -> Result<String>;
    /// The reason for the state.
    #[zbus(property)]
    fn state_reason(&self) -> Result<String>;
    /// The module's maker.
    #[zbus(property)]
    fn manufacturer(&self) -> Result<String>;
    /// The module's model.
    #[zbus(property)]
    fn model(&self) -> Result<String>;
    /// The firmware revision.
    #[zbus(property)]
    fn revision(&self) -> Result<String>;
    /// The IMEI.
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
    /// In dBm; 0 = not known.
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
    /// The FTP settings of the module (QFTPCFG).
    #[zbus(property)]
    fn settings(&self) -> Result<Attributes>;
    /// File bytes sent since the daemon started.
    #[zbus(property)]
    fn bytes_sent(&self) -> Result<u64>;
    /// File bytes received since the daemon started.
    #[zbus(property)]
    fn bytes_received(&self) -> Result<u64>;
}

/// One transfer, at [`crate::names::transfer_path`] of its number.
#[proxy(
    interface = "org.example.ModemFtp.Transfer1",
    default_service = "org.example.ModemFtp"
)]
pub trait Transfer {
    /// Cancels the transfer; replies when it has stopped.
    fn cancel(&self) -> Result<()>;
    /// Pauses the transfer.
    fn pause(&self) -> Result<()>;
    /// Queues a paused transfer again.
    fn resume(&self) -> Result<()>;
    /// Queues a failed or cancelled transfer again.
    fn retry(&self) -> Result<()>;
    /// Replies when the transfer has ended, with its state and error (name and text).
    fn wait(&self) -> Result<(String, (String, String))>;
    /// Removes a transfer that has ended.
    fn forget(&self) -> Result<()>;

    /// See [`crate::words::Direction`].
    #[zbus(property(emits_changed_signal = "const"))]
    fn direction(&self) -> Result<String>;
    /// The server's name.
    #[zbus(property(emits_changed_signal = "const"))]
    fn server(&self) -> Result<String>;
    /// The path of the local file; "" for a descriptor.
    #[zbus(property(emits_changed_signal = "const"))]
    fn local(&self) -> Result<String>;
    /// The remote path.
    #[zbus(property(emits_changed_signal = "const"))]
    fn remote(&self) -> Result<String>;
    /// The uid of the caller that queued it.
    #[zbus(property(emits_changed_signal = "const"))]
    fn user_id(&self) -> Result<u32>;
    /// See [`crate::words::TransferState`].
    #[zbus(property)]
    fn state(&self) -> Result<String>;
    /// Name and text of the last failure.
    #[zbus(property)]
    fn error(&self) -> Result<(String, String)>;
    /// Size in bytes, or [`crate::names::SIZE_UNKNOWN`].
    #[zbus(property)]
    fn size(&self) -> Result<u64>;
    /// Bytes transferred in this attempt.
    #[zbus(property)]
    fn transferred(&self) -> Result<u64>;
    /// Attempts made so far.
    #[zbus(property)]
    fn attempts(&self) -> Result<u32>;
    /// When it was queued, in Unix seconds.
    #[zbus(property(emits_changed_signal = "const"))]
    fn created(&self) -> Result<i64>;
    /// When its last attempt began, in Unix seconds; 0 = not yet.
    #[zbus(property)]
    fn started(&self) -> Result<i64>;
    /// When it ended, in Unix seconds; 0 = not yet.
    #[zbus(property)]
    fn finished(&self) -> Result<i64>;
}
