//! Error codes of the FTP layer: `<err>` of a result line and `+CME ERROR` (docs/module/at-ftp.md
//! §4).

use modem_ftp_dbus::ErrorName as Name;

use super::reply::ServerReply;
use super::table::codes;
use super::verdict::{CommandKind, Verdict, verdict};
use crate::api::failure::{Retry, Scope};

codes! {
    /// An error of the module's FTP layer.
    FtpError {
        601 Unknown "unknown error",
        602 ServerBlocked "FTP server blocked",
        603 Busy "busy, an FTP command or a close still runs",
        604 DnsFailed "DNS parse failed",
        605 Network "network error",
        606 ControlClosed "control connection closed",
        607 DataClosed "data connection closed",
        608 SocketClosed "socket closed by peer",
        609 TimedOut "timeout",
        610 InvalidParameter "invalid parameter",
        611 LocalOpenFailed "failed to open the file on the module",
        612 PositionInvalid "file position invalid",
        613 LocalFile "file error on the module",
        614 ServiceNotAvailable "service not available, control connection closing",
        615 DataOpenFailed "data connection could not be opened",
        616 TransferAborted "connection closed, transfer aborted",
        617 FileBusy "file action not taken",
        618 LocalError "action aborted, local error in processing",
        619 InsufficientStorage "insufficient storage",
        620 CommandUnknown "syntax error, command not recognised",
        621 ParametersWrong "syntax error in parameters",
        622 NotImplemented "command not implemented",
        623 BadSequence "bad sequence of commands",
        624 ParameterNotImplemented "parameter not implemented",
        625 NotLoggedIn "not logged in",
        626 NeedAccount "need account for storing",
        627 FileUnavailable "action not taken, file unavailable",
        628 PageTypeUnknown "aborted, page type unknown",
        629 StorageExceeded "file action aborted, storage allocation",
        630 NameNotAllowed "file name not allowed",
        631 SslFailed "SSL authentication failed",
    }
}

impl FtpError {
    /// The server's reply that this code stands for; the two tables have the same order.
    pub const fn server_reply(self) -> Option<ServerReply> {
        Some(match self {
            Self::ServiceNotAvailable => ServerReply::ServiceNotAvailable,
            Self::DataOpenFailed => ServerReply::NoDataConnection,
            Self::TransferAborted => ServerReply::TransferAborted,
            Self::FileBusy => ServerReply::FileBusy,
            Self::LocalError => ServerReply::LocalError,
            Self::InsufficientStorage => ServerReply::InsufficientStorage,
            Self::CommandUnknown => ServerReply::CommandUnknown,
            Self::ParametersWrong => ServerReply::ArgumentsWrong,
            Self::NotImplemented => ServerReply::NotImplemented,
            Self::BadSequence => ServerReply::BadSequence,
            Self::ParameterNotImplemented => ServerReply::ParameterNotImplemented,
            Self::NotLoggedIn => ServerReply::NotLoggedIn,
            Self::NeedAccount => ServerReply::NeedAccount,
            Self::FileUnavailable => ServerReply::FileUnavailable,
            Self::PageTypeUnknown => ServerReply::PageTypeUnknown,
            Self::StorageExceeded => ServerReply::StorageExceeded,
            Self::NameNotAllowed => ServerReply::NameNotAllowed,
            _ => return None,
        })
    }

    /// The code that stands for this reply code of a server.
    pub fn for_reply(reply: u32) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|error| {
            error
                .server_reply()
                .is_some_and(|known| known.code() == reply)
        })
    }

    /// What it means for a command of this kind (last column of docs/module/at-ftp.md §4).
    pub fn verdict(self, kind: CommandKind) -> Verdict {
        if let Some(reply) = self.server_reply() {
            return reply.verdict(kind);
        }
        match self {
            Self::Unknown => verdict(Name::Failed, Retry::Soon, Scope::Session),
            Self::Busy => verdict(Name::Protocol, Retry::Soon, Scope::Command),
            Self::DnsFailed | Self::Network => {
                verdict(Name::ConnectFailed, Retry::Later, Scope::Context)
            }
            Self::DataClosed => verdict(Name::ConnectFailed, Retry::Soon, Scope::Command),
            Self::TimedOut => verdict(Name::Timeout, Retry::Soon, Scope::Session),
            Self::PositionInvalid => verdict(Name::Protocol, Retry::Soon, Scope::Command),
            Self::InvalidParameter => verdict(Name::Protocol, Retry::Never, Scope::Command),
            Self::LocalOpenFailed | Self::LocalFile => {
                verdict(Name::Failed, Retry::Never, Scope::Command)
            }
            Self::SslFailed => verdict(Name::TlsFailed, Retry::Never, Scope::Session),
            // ServerBlocked, ControlClosed, SocketClosed; all others stand for a reply.
            _ => verdict(Name::ConnectFailed, Retry::Soon, Scope::Session),
        }
    }
}
