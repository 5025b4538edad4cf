//! [`ModemStatus`] and [`TransferStatus`]: what can be seen from outside, as plain values.
//! The shell compares two of them to learn which properties changed.

use modem_ftp_dbus::errors::ErrorName;
pub use modem_ftp_dbus::words::{Direction, ModemState, SessionState, TransferState};

/// Number of a transfer, from 1; never used twice by one daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// Everything `Modem1` shows. Texts are empty and `signal_dbm` is `None` (0 on the bus) while not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModemStatus {
    /// Path of the tty.
    pub device: String,
    /// How far bring-up is.
    pub state: ModemState,
    /// Why it stands there, in words; what happens next.
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
    /// `AT+QNWINFO` or the `<Act>` of COPS.
    pub access_technology: String,
    /// `AT+CSQ` in dBm.
    pub signal_dbm: Option<i32>,
    /// `AT+QIACT?`.
    pub address: String,
    /// State of the FTP session.
    pub session: SessionState,
    /// Name of the server the session is with; empty when closed.
    pub server: String,
    /// QFTPCFG as set at the last open, without the password.
    pub settings: Vec<(String, String)>,
    /// Payload bytes sent since the daemon started.
    pub bytes_sent: u64,
    /// Payload bytes received since the daemon started.
    pub bytes_received: u64,
}

impl Default for ModemStatus {
    /// Nothing known: absent, closed, every text empty.
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

/// Everything `Transfer1` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferStatus {
    /// Its number.
    pub id: TransferId,
    /// To or from the server.
    pub direction: Direction,
    /// Configured name of the server.
    pub server: String,
    /// Local path; empty for a descriptor.
    pub local: String,
    /// Remote path.
    pub remote: String,
    /// Owner.
    pub uid: u32,
    /// Where it stands.
    pub state: TransferState,
    /// The last failure: name and text.
    pub error: Option<(ErrorName, String)>,
    /// Bytes in all, if known.
    pub size: Option<u64>,
    /// Bytes moved in this attempt.
    pub transferred: u64,
    /// Attempts begun.
    pub attempts: u32,
    /// Unix seconds when it was accepted.
    pub created: i64,
    /// Unix seconds when its last attempt began; 0 before.
    pub started: i64,
    /// Unix seconds when it ended; 0 before.
    pub finished: i64,
}
