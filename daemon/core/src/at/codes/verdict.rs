//! [`Verdict`]: what an error code means for the bus, a retry and recovery.

use modem_ftp_dbus::ErrorName;

use crate::api::failure::{Retry, Scope};

/// The kind of command that failed, because the meaning of a code depends on it: 550 means "not
/// found" to SIZE and "refused" to MKDIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// A command about the module itself.
    Module,
    /// The SIM.
    Sim,
    /// Registration, operator, signal.
    Network,
    /// The PDP context.
    PdpContext,
    /// TLS settings.
    Tls,
    /// Files on the module.
    File,
    /// The FTP session: settings, login, logout, state.
    Session,
    /// FTP path that has to exist.
    FindPath,
    /// FTP path that is to be written, renamed or removed.
    ChangePath,
    /// FTP directory that is to be made.
    MakeDirectory,
}

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Name on the bus.
    pub name: ErrorName,
    /// Whether a retry can help.
    pub retry: Retry,
    /// What has to be rebuilt first.
    pub scope: Scope,
}

pub(super) const fn verdict(name: ErrorName, retry: Retry, scope: Scope) -> Verdict {
    Verdict { name, retry, scope }
}

/// The verdict for a refusal without a known code.
pub(super) fn refused(kind: CommandKind) -> Verdict {
    match kind {
        CommandKind::Module | CommandKind::File => {
            verdict(ErrorName::Failed, Retry::Soon, Scope::Command)
        }
        CommandKind::Sim => verdict(ErrorName::SimNotReady, Retry::Later, Scope::Command),
        CommandKind::Network => verdict(ErrorName::NotRegistered, Retry::Later, Scope::Command),
        CommandKind::PdpContext => verdict(ErrorName::BearerFailed, Retry::Later, Scope::Command),
        CommandKind::Tls => verdict(ErrorName::TlsFailed, Retry::Never, Scope::Command),
        // Plain ERROR to an FTP command hints at the SIM or the line (docs/module/at-ftp.md §6).
        CommandKind::Session
        | CommandKind::FindPath
        | CommandKind::ChangePath
        | CommandKind::MakeDirectory => verdict(ErrorName::Protocol, Retry::Soon, Scope::Session),
    }
}
