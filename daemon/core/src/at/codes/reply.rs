//! Reply codes of the FTP server: `<protocol_error>` of a result line (docs/module/at-ftp.md §5,
//! RFC 959, RFC 4217).

use modem_ftp_dbus::ErrorName as Name;

use super::table::codes;
use super::verdict::{CommandKind, Verdict, verdict};
use crate::api::failure::{Retry, Scope};

codes! {
    /// A server's reply code: those of the manual and four more that servers use
    /// (docs/module/at-ftp.md §5).
    ServerReply {
        421 ServiceNotAvailable "service not available, closing control connection",
        425 NoDataConnection "cannot open data connection",
        426 TransferAborted "connection closed, transfer aborted",
        431 NeedSecurityResource "a security resource is missing",
        450 FileBusy "file action not taken",
        451 LocalError "action aborted, local error",
        452 InsufficientStorage "insufficient storage",
        500 CommandUnknown "syntax error, command not recognised",
        501 ArgumentsWrong "syntax error in arguments",
        502 NotImplemented "command not implemented",
        503 BadSequence "bad sequence of commands",
        504 ParameterNotImplemented "parameter not implemented",
        521 Exists "directory already exists",
        522 ProtectionWanted "the data connection must be protected or resume the TLS session",
        530 NotLoggedIn "not logged in",
        532 NeedAccount "need account for storing",
        534 PolicyForbids "refused for policy reasons, TLS is wanted or not",
        550 FileUnavailable "file unavailable",
        551 PageTypeUnknown "page type unknown",
        552 StorageExceeded "storage allocation exceeded",
        553 NameNotAllowed "file name not allowed",
    }
}

/// What a reply means for a command of this kind; `None` if it is no failure (0, or a preliminary
/// or positive reply, docs/module/quirks.md F6).
pub(super) fn verdict_of(code: u32, kind: CommandKind) -> Option<Verdict> {
    match (ServerReply::from_code(code), code) {
        (Some(reply), _) => Some(reply.verdict(kind)),
        (None, 400..=499) => Some(refused_by_server(kind, Retry::Later)),
        (None, 533..=537) => Some(ServerReply::PolicyForbids.verdict(kind)),
        (None, 500..=599) => Some(refused_by_server(kind, Retry::Never)),
        _ => None,
    }
}

impl ServerReply {
    /// What it means for a command of this kind.
    pub fn verdict(self, kind: CommandKind) -> Verdict {
        match self {
            Self::ServiceNotAvailable => verdict(Name::ConnectFailed, Retry::Later, Scope::Session),
            Self::NoDataConnection => verdict(Name::ConnectFailed, Retry::Soon, Scope::Session),
            Self::TransferAborted => verdict(Name::ConnectFailed, Retry::Soon, Scope::Command),
            Self::FileBusy | Self::LocalError => refused_by_server(kind, Retry::Later),
            Self::InsufficientStorage | Self::StorageExceeded => {
                verdict(Name::RemoteFull, Retry::Never, Scope::Command)
            }
            Self::CommandUnknown | Self::NotImplemented | Self::ParameterNotImplemented => {
                verdict(Name::Protocol, Retry::Never, Scope::Command)
            }
            Self::BadSequence => verdict(Name::Protocol, Retry::Soon, Scope::Session),
            // At login the credentials are wrong; later the server has dropped the login.
            Self::NotLoggedIn if kind == CommandKind::Session => {
                verdict(Name::LoginFailed, Retry::Never, Scope::Session)
            }
            Self::NotLoggedIn => verdict(Name::LoginFailed, Retry::Soon, Scope::Session),
            Self::NeedAccount => verdict(Name::LoginFailed, Retry::Never, Scope::Command),
            Self::NeedSecurityResource | Self::ProtectionWanted | Self::PolicyForbids => {
                verdict(Name::TlsFailed, Retry::Never, Scope::Session)
            }
            Self::Exists if kind == CommandKind::MakeDirectory => {
                verdict(Name::RemoteExists, Retry::Never, Scope::Command)
            }
            Self::FileUnavailable if kind == CommandKind::FindPath => {
                verdict(Name::RemoteNotFound, Retry::Never, Scope::Command)
            }
            Self::Exists
            | Self::FileUnavailable
            | Self::ArgumentsWrong
            | Self::PageTypeUnknown
            | Self::NameNotAllowed => refused_by_server(kind, Retry::Never),
        }
    }
}

/// The server refuses for now (`Later`) or for good (`Never`): this path, or the whole session.
fn refused_by_server(kind: CommandKind, retry: Retry) -> Verdict {
    match kind {
        CommandKind::FindPath | CommandKind::ChangePath | CommandKind::MakeDirectory => {
            verdict(Name::RemoteRefused, retry, Scope::Command)
        }
        _ => verdict(Name::ConnectFailed, Retry::Later, Scope::Session),
    }
}
