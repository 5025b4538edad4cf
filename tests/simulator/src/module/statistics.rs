//! What a test can see from outside: counters and state.

use std::time::Instant;

/// What one stay in data mode cost, for the share of the line that was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DataModeUse {
    /// Payload bytes between CONNECT and OK.
    pub bytes: u64,
    /// When the last byte of CONNECT was on the line.
    pub begin: Option<Instant>,
    /// When the last payload byte was on the line (download) or had arrived (upload).
    pub end: Option<Instant>,
}

/// Counters a test can ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Bytes that came from the host.
    pub bytes_in: u64,
    /// Bytes that went to the host.
    pub bytes_out: u64,
    /// The last stay in data mode.
    pub data_mode: DataModeUse,
}

/// What a test can see of the module's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Switched on and past its start.
    pub running: bool,
    /// The port carries data.
    pub data_mode: bool,
    /// `<ftpstat>` of docs/module/at-ftp.md §2.17.
    pub ftp: u8,
    /// What AT+CEREG? would show.
    pub registration: u8,
    /// DTR as the module sees it.
    pub dtr: bool,
    /// The rate set by AT+IPR.
    pub line_rate: u32,
}
