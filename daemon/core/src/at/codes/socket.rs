//! Error codes of the TCP/IP and SSL layer (docs/module/at-network.md §1.1).

use modem_ftp_dbus::ErrorName as Name;

use super::table::codes;
use super::verdict::{Verdict, verdict};
use crate::api::failure::{Retry, Scope};

codes! {
    /// An error of the module's TCP/IP and SSL layer.
    SocketError {
        550 Unknown "unknown error",
        551 Blocked "operation blocked",
        552 InvalidParameter "invalid parameter",
        553 NoMemory "no memory",
        554 CreateFailed "socket create failed",
        555 NotSupported "not supported",
        556 BindFailed "bind failed",
        557 ListenFailed "listen failed",
        558 WriteFailed "write failed",
        559 ReadFailed "read failed",
        560 AcceptFailed "accept failed",
        561 OpenPdpFailed "opening the PDP context failed",
        562 ClosePdpFailed "closing the PDP context failed",
        563 SocketUsed "socket id used",
        564 DnsBusy "DNS busy",
        565 DnsFailed "DNS parse failed",
        566 ConnectFailed "connect failed",
        567 SocketClosed "socket closed",
        568 Busy "busy",
        569 TimedOut "timeout",
        570 PdpBroken "PDP context broken down",
        571 CancelSend "sending cancelled",
        572 NotAllowed "not allowed",
        573 ApnMissing "APN not configured",
        574 PortBusy "port busy",
    }
}

impl SocketError {
    /// What it means.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::DnsBusy | Self::DnsFailed | Self::ConnectFailed => {
                verdict(Name::ConnectFailed, Retry::Later, Scope::Context)
            }
            Self::TimedOut => verdict(Name::Timeout, Retry::Later, Scope::Context),
            Self::Busy | Self::PortBusy | Self::Blocked => {
                verdict(Name::BearerFailed, Retry::Soon, Scope::Command)
            }
            Self::InvalidParameter | Self::NotSupported | Self::ApnMissing => {
                verdict(Name::BearerFailed, Retry::Never, Scope::Command)
            }
            _ => verdict(Name::BearerFailed, Retry::Later, Scope::Context),
        }
    }
}
