//! The FTP(S) client of the module (docs/module/at-ftp.md §1.3): one session, one command at a
//! time.

mod codes;
mod control_commands;
mod download;
mod responses;
mod session;
mod settings;
mod transfer;
mod transfer_commands;
mod upload;

use std::time::{Duration, Instant};

use crate::cmd::Handler;
use crate::fault::Knob;
use crate::module::{CommandError, Module, Outcome};
use crate::remote::Failure;
use codes::code;
use control_commands::SuccessUrc;
use settings::Settings;
use transfer::FtpTransfer;

/// The handler of an FTP command.
pub(crate) fn handler(name: &str) -> Option<Handler> {
    Some(match name {
        "+QFTPCFG" => settings::qftpcfg,
        "+QFTPOPEN" => session::qftpopen,
        "+QFTPCLOSE" => session::qftpclose,
        "+QFTPSTAT" => session::qftpstat,
        "+QFTPLEN" => session::qftplen,
        "+QFTPCWD" => control_commands::qftpcwd,
        "+QFTPPWD" => control_commands::qftppwd,
        "+QFTPSIZE" => control_commands::qftpsize,
        "+QFTPDEL" => control_commands::qftpdel,
        "+QFTPMKDIR" => control_commands::qftpmkdir,
        "+QFTPRMDIR" => control_commands::qftprmdir,
        "+QFTPMDTM" => control_commands::qftpmdtm,
        "+QFTPRENAME" => control_commands::qftprename,
        "+QFTPPUT" => transfer_commands::qftpput,
        "+QFTPGET" => transfer_commands::qftpget,
        "+QFTPLIST" => transfer_commands::qftplist,
        "+QFTPNLST" => transfer_commands::qftpnlst,
        "+QFTPMLSD" => transfer_commands::qftpmlsd,
        _ => return None,
    })
}

/// Longest path on the server.
const PATH_LIMIT: usize = 255;
/// Longest local file name.
const LOCAL_LIMIT: usize = 60;

/// The command whose URC has not been sent yet.
#[derive(Debug)]
enum Pending {
    None,
    Open,
    Control {
        command: &'static str,
        success: SuccessUrc,
    },
    Transfer(Box<FtpTransfer>),
    Close,
}

/// An upload between two segments: the last one had `<beof>` 0, so its data connection is still
/// open.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    path: Vec<u8>,
    /// The offset at which the next segment must start.
    next: u64,
}

/// Settings and session of the FTP client.
#[derive(Debug)]
pub(crate) struct Ftp {
    settings: Settings,
    /// `rsptimeout` at the last QFTPOPEN.
    timeout: Duration,
    context: u8,
    /// The number of the session, by which late responses of earlier sessions are recognised.
    session_number: u32,
    open: bool,
    pending: Pending,
    segment: Option<Segment>,
    /// The fault `data-refused`: commands get 603 until QFTPCLOSE (docs/module/quirks.md F2).
    data_refused: bool,
    /// Bytes of the last transfer, for QFTPLEN.
    last_count: u64,
    /// TLS logins since the last power-off, for the fault `tls-wears`.
    tls_sessions: u64,
    /// When `rsptimeout` of the pending command ends.
    pub(crate) deadline: Option<Instant>,
}

impl Default for Ftp {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            timeout: Duration::from_secs(90),
            context: 1,
            session_number: 0,
            open: false,
            pending: Pending::None,
            segment: None,
            data_refused: false,
            last_count: 0,
            tls_sessions: 0,
            deadline: None,
        }
    }
}

impl Ftp {
    /// `<ftpstat>` of docs/module/at-ftp.md §2.17.
    pub(crate) fn state(&self) -> u8 {
        match self.pending {
            Pending::Open => 0,
            Pending::Close => 3,
            Pending::Transfer(_) => 2,
            _ if self.segment.is_some() => 2,
            _ if self.open => 1,
            _ => 4,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether the URC of a command has not been sent yet.
    pub(crate) fn is_busy(&self) -> bool {
        !matches!(self.pending, Pending::None)
    }

    /// Resets settings and session, as a restart does.
    pub(crate) fn power_loss(&mut self) {
        let tls_sessions = self.tls_sessions;
        *self = Self {
            session_number: self.session_number,
            tls_sessions,
            ..Self::default()
        };
    }

    /// The power was off, which ends the effect of `tls-wears` (docs/module/quirks.md N3).
    pub(crate) fn power_off(&mut self) {
        self.tls_sessions = 0;
    }

    fn transfer(&self) -> Option<&FtpTransfer> {
        match &self.pending {
            Pending::Transfer(transfer) => Some(transfer),
            _ => None,
        }
    }

    fn transfer_mut(&mut self) -> Option<&mut FtpTransfer> {
        match &mut self.pending {
            Pending::Transfer(transfer) => Some(transfer),
            _ => None,
        }
    }
}

impl Module {
    /// An error unless the SIM is ready: plain ERROR (docs/module/at-ftp.md §1.2).
    fn require_sim(&self) -> Result<(), CommandError> {
        if self.sim.is_ready() {
            Ok(())
        } else {
            Err(CommandError::Error)
        }
    }

    /// An error unless a session is open (606) and no other command is running (603).
    fn require_session(&self) -> Result<(), CommandError> {
        if self.ftp.is_busy() || self.ftp.data_refused || self.ftp.segment.is_some() {
            return Err(CommandError::Cme(code::BUSY));
        }
        if !self.ftp.open {
            return Err(CommandError::Cme(code::NOT_OPEN));
        }
        Ok(())
    }

    /// Sets the pending command; its URC must come within `rsptimeout`.
    fn set_pending(&mut self, pending: Pending) {
        self.ftp.pending = pending;
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
    }

    /// Clears and returns the pending command.
    fn take_pending(&mut self) -> Pending {
        self.ftp.deadline = None;
        std::mem::replace(&mut self.ftp.pending, Pending::None)
    }

    /// Prints the URC of an FTP command, unless the fault `no-urc` or `late-urc` is on.
    fn ftp_urc(&mut self, text: String) {
        if self.faults.trigger(Knob::NoUrc) {
            self.dce.transcript.note(&format!("not sent: {text}"));
        } else if let Some(late) = self.faults.number(Knob::LateUrc, 0) {
            let at = self.now + Duration::from_millis(late);
            self.timers
                .schedule(at, crate::module::TimedAction::Urc(text));
        } else {
            self.urc(&text);
        }
    }

    /// Translates a failure to `<err>,<protocol_error>`; ends the session if the failure requires
    /// it.
    fn ftp_failure(&mut self, failure: Failure) -> (u16, u16) {
        let (err, reply) = codes::from_failure(failure);
        if codes::ends_session(err) {
            self.drop_session();
        }
        (err, reply)
    }

    /// The fault `fail` for a command that is answered with OK: schedules the URC.
    fn scripted_failure(&mut self, command: &str) -> Option<Outcome> {
        let (err, reply) = self.faults.take_failure(command)?;
        if codes::ends_session(err) {
            self.drop_session();
        }
        let text = format!("{command}: {err},{reply}");
        self.timers
            .schedule(self.now, crate::module::TimedAction::Urc(text));
        Some(Outcome::Ok)
    }
}

/// Answers a test form; `text` is empty if it has no information line.
fn test(module: &mut Module, text: &str) -> Result<Outcome, CommandError> {
    if text.is_empty() {
        Ok(Outcome::Ok)
    } else {
        module.answer([text])
    }
}
