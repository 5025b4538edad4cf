//! Counters and state of the module, for tests and for the control socket.

use std::time::Instant;

/// Byte count and duration of one stay in data mode, from which the line utilisation is computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DataModeUse {
    /// Payload bytes between CONNECT and OK.
    pub bytes: u64,
    /// When the last byte of the CONNECT line was sent.
    pub begin: Option<Instant>,
    /// When the last payload byte was sent (download) or received (upload).
    pub end: Option<Instant>,
}

/// The byte counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Bytes received from the host.
    pub bytes_in: u64,
    /// Bytes sent to the host.
    pub bytes_out: u64,
    /// The last stay in data mode.
    pub data_mode: DataModeUse,
}

/// The state of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Switched on, and RDY has been printed.
    pub running: bool,
    /// The port is in data mode.
    pub data_mode: bool,
    /// `<ftpstat>` of docs/module/at-ftp.md §2.17.
    pub ftp: u8,
    /// `<stat>` of AT+CEREG.
    pub registration: u8,
    /// Whether DTR is asserted.
    pub dtr: bool,
    /// The rate set by AT+IPR.
    pub line_rate: u32,
}
