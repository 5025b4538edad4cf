//! [`ModemStatus`] and [`TransferStatus`]: what can be seen from outside, as plain values.
//! The shell compares two of them to learn which properties changed.

use modem_ftp_dbus::errors::ErrorName;

/// Number of a transfer, from 1; never used twice by one daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// `Modem1.State`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModemState {
    /// The tty is not there, or nothing answers on it.
    #[default]
    Absent,
    /// The module answers and is being set up.
    Starting,
    /// The SIM wants a PIN or PUK, or is missing.
    Locked,
    /// Looking for a network.
    Searching,
    /// On a network, without a context.
    Registered,
    /// The context is active: FTP can work.
    Online,
    /// Set-up failed for good or needs a person; it is tried again later.
    Failed,
}

impl ModemState {
    /// Its word on the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Starting => "starting",
            Self::Locked => "locked",
            Self::Searching => "searching",
            Self::Registered => "registered",
            Self::Online => "online",
            Self::Failed => "failed",
        }
    }
}

/// `Modem1.Session`: QFTPSTAT in words (at-ftp.md 2.17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionState {
    /// Login in progress.
    Opening,
    /// Open, nothing to do.
    Idle,
    /// Bytes move.
    Transferring,
    /// Log-out in progress.
    Closing,
    /// No session.
    #[default]
    Closed,
}

impl SessionState {
    /// Its word on the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Idle => "idle",
            Self::Transferring => "transferring",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }
}

/// Everything `Modem1` shows. Texts are empty and `signal_dbm` is `None` (0 on the bus) while not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// `Transfer1.Direction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the server.
    Upload,
    /// From the server.
    Download,
}

impl Direction {
    /// Its word on the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Download => "download",
        }
    }
}

/// `Transfer1.State`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// Waits for its turn.
    Queued,
    /// Moves.
    Active,
    /// Held by `Pause`.
    Paused,
    /// Waits for the next attempt.
    Waiting,
    /// Whole on the other side, under its final name.
    Done,
    /// Given up.
    Failed,
    /// Stopped by `Cancel`.
    Cancelled,
}

impl TransferState {
    /// Its word on the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it moves no more by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
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
