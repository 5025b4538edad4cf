//! The FTP session: open, directory, state, close (docs/module/at-ftp.md §2.2–2.4, 2.16–2.18).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{readable, result};
use crate::at::command::{Command, CommandLine, Conversation, Patience};
use crate::at::fields::Fields;
use crate::at::quote::{Host, RemotePath};

/// `AT+QFTPOPEN="<host>",<port>` (docs/module/at-ftp.md §2.2): connects and logs in, with FTPS
/// after a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Server name or IPv4 address.
    pub host: Host,
    /// TCP port.
    pub port: u16,
}

impl Command for Open {
    type Reply = ();
    const NAME: &'static str = "QFTPOPEN";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPOPEN=").quote(self.host.as_str());
        line.put(',').put(self.port);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPOPEN",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Open
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::Session, &answer).map(|_| ())
    }
}

/// `AT+QFTPCLOSE` (docs/module/at-ftp.md §2.18). It is complete at its result line, not at its `OK`
/// (docs/module/quirks.md F1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close;

impl Command for Close {
    type Reply = ();
    const NAME: &'static str = "QFTPCLOSE";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPCLOSE");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPCLOSE",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::Session, &answer).map(|_| ())
    }
}

/// `AT+QFTPCWD="<path>"` (docs/module/at-ftp.md §2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDirectory {
    /// The directory; the root is `/`.
    pub path: RemotePath,
}

impl Command for ChangeDirectory {
    type Reply = ();
    const NAME: &'static str = "QFTPCWD";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPCWD=").quote(self.path.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred { prefix: "+QFTPCWD" }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::FindPath, &answer).map(|_| ())
    }
}

/// `AT+QFTPPWD` (docs/module/at-ftp.md §2.4). Reply: the path, which the module sends with or
/// without quotes (docs/module/quirks.md F9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDirectory;

impl Command for WorkingDirectory {
    type Reply = String;
    const NAME: &'static str = "QFTPPWD";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPPWD");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred { prefix: "+QFTPPWD" }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        let path = result(self, CommandKind::Session, &answer)?;
        // The whole rest: an unquoted path may contain commas.
        let quoted = path
            .strip_prefix('"')
            .and_then(|path| path.strip_suffix('"'));
        let path = quoted.unwrap_or(path);
        readable(self, (!path.is_empty()).then(|| path.to_owned()))
    }
}

/// `AT+QFTPLEN` (docs/module/at-ftp.md §2.16). Reply: bytes transferred by the current or last PUT,
/// GET, LIST or NLST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferLength;

impl Command for TransferLength {
    type Reply = u64;
    const NAME: &'static str = "QFTPLEN";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPLEN");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred { prefix: "+QFTPLEN" }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let rest = result(self, CommandKind::Session, &answer)?;
        readable(self, Fields::of(rest).number())
    }
}

/// `AT+QFTPSTAT` (docs/module/at-ftp.md §2.17). The result line may come before or after `OK`
/// (docs/module/quirks.md F10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status;

/// `<ftpstat>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// 0: login in progress.
    Opening,
    /// 1: open and idle.
    Idle,
    /// 2: transferring.
    Transferring,
    /// 3: closing.
    Closing,
    /// 4: closed, also before the first open.
    Closed,
}

impl Command for Status {
    type Reply = SessionStatus;
    const NAME: &'static str = "QFTPSTAT";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPSTAT");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPSTAT",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<SessionStatus, Failure> {
        let rest = result(self, CommandKind::Session, &answer)?;
        let status = match Fields::of(rest).number() {
            Some(0) => Some(SessionStatus::Opening),
            Some(1) => Some(SessionStatus::Idle),
            Some(2) => Some(SessionStatus::Transferring),
            Some(3) => Some(SessionStatus::Closing),
            Some(4) => Some(SessionStatus::Closed),
            _ => None,
        };
        readable(self, status)
    }
}
