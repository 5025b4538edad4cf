//! [`ModemStatus`] and [`TransferStatus`]: the properties on the bus, as plain values. The shell
//! compares two of them to find out which properties changed.

use modem_ftp_dbus::errors::ErrorName;
pub use modem_ftp_dbus::words::{Direction, ModemState, SessionState, TransferState};

/// Number of a transfer, from 1; not reused while the daemon runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// The properties of `Modem1`. Unknown texts are empty; an unknown `signal_dbm` is `None` (0 on the
/// bus).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModemStatus {
    /// Path of the tty.
    pub device: String,
    /// State of the module.
    pub state: ModemState,
    /// Why it is in this state, and what happens next.
    pub state_reason: String,
    /// `AT+CGMI`.
    pub manufacturer: String,
    /// `AT+CGMM`.
    pub model: String,
    /// `AT+QGMR`, else `AT+CGMR`.
    pub revision: String,
    /// `AT+CGSN`.
    pub imei: String,
    /// `AT+QCCID`.
    pub iccid: String,
    /// `AT+COPS?`.
    pub operator: String,
    /// `AT+QNWINFO`, else `<Act>` of `AT+COPS?`.
    pub access_technology: String,
    /// `AT+CSQ` in dBm.
    pub signal_dbm: Option<i32>,
    /// `AT+QIACT?`.
    pub address: String,
    /// State of the FTP session.
    pub session: SessionState,
    /// Server of the session; empty when it is closed.
    pub server: String,
    /// Values of QFTPCFG at the last login, without the password.
    pub settings: Vec<(String, String)>,
    /// Payload bytes sent since the daemon started.
    pub bytes_sent: u64,
    /// Payload bytes received since the daemon started.
    pub bytes_received: u64,
}

impl Default for ModemStatus {
    /// Nothing is known: absent, closed, all texts empty.
    fn default() -> Self {
        Self {
            device: String::new(),
            state: ModemState::Absent,
            state_reason: String::new(),
            manufacturer: String::new(),
            model: String::new(),
            revision: String::new(),
            imei: String::new(),
            iccid: String::new(),
            operator: String::new(),
            access_technology: String::new(),
            signal_dbm: None,
            address: String::new(),
            session: SessionState::Closed,
            server: String::new(),
            settings: Vec::new(),
            bytes_sent: 0,
            bytes_received: 0,
        }
    }
}

/// The properties of `Transfer1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferStatus {
    /// Its number.
    pub id: TransferId,
    /// Upload or download.
    pub direction: Direction,
    /// Configured name of the server.
    pub server: String,
    /// Local path; empty for a descriptor.
    pub local: String,
    /// Remote path.
    pub remote: String,
    /// User who owns it.
    pub uid: u32,
    /// Its state.
    pub state: TransferState,
    /// Name and text of the last failure.
    pub error: Option<(ErrorName, String)>,
    /// Total bytes, if known.
    pub size: Option<u64>,
    /// Bytes transferred in this attempt.
    pub transferred: u64,
    /// Number of attempts begun.
    pub attempts: u32,
    /// Unix time when it was queued.
    pub created: i64,
    /// Unix time when its last attempt began; 0 before the first.
    pub started: i64,
    /// Unix time when it ended; 0 before.
    pub finished: i64,
}
