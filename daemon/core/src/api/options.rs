//! [`Options`]: the options of one transfer.

pub use modem_ftp_dbus::words::{IfExists, Verify, Via};

/// Options of the four transfer methods; their defaults are in org.example.ModemFtp(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `if-exists`.
    pub if_exists: IfExists,
    /// `atomic`: use a staging name until the file is complete and verified.
    pub atomic: bool,
    /// `verify`.
    pub verify: Verify,
    /// `via`.
    pub via: Via,
    /// `priority` in the queue: higher values run first.
    pub priority: i32,
    /// `retries`: attempts after the first.
    pub retries: u32,
    /// `expires`: Unix seconds after which a transfer that waits fails with `Timeout`; 0: never.
    pub expires: i64,
    /// Which of them were not given.
    pub unset: Unset,
}

/// Options that were not given: those of the server's configuration apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unset {
    /// `atomic`.
    pub atomic: bool,
    /// `verify`.
    pub verify: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            if_exists: IfExists::Overwrite,
            atomic: true,
            verify: Verify::Size,
            via: Via::Auto,
            priority: 0,
            retries: 5,
            expires: 0,
            unset: Unset::default(),
        }
    }
}
