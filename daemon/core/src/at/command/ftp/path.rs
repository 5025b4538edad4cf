//! Files and directories on the server (docs/module/at-ftp.md §2.7–2.10, 2.14, 2.15).

use crate::api::failure::Failure;
use crate::at::answer::{Answer, Outcome};
use crate::at::codes::CommandKind;
use crate::at::command::reading::{readable, result};
use crate::at::command::{Command, CommandLine, Conversation, Patience};
use crate::at::fields::Fields;
use crate::at::quote::RemotePath;

/// `AT+QFTPSIZE="<file>"` (docs/module/at-ftp.md §2.7). Reply: bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The file.
    pub path: RemotePath,
}

impl Command for Size {
    type Reply = u64;
    const NAME: &'static str = "QFTPSIZE";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPSIZE=").quote(self.path.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPSIZE",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        // One field alone is the manual's misprint of `0,<size>` (docs/module/quirks.md F17),
        // unless it is an error code.
        let whole = matches!(answer.outcome, Outcome::Ok | Outcome::Missing);
        let number = answer
            .result
            .as_deref()
            .and_then(|text| text.parse::<u64>().ok());
        match number.filter(|size| whole && !(600..700).contains(size)) {
            Some(size) => Ok(size),
            None => readable(
                self,
                Fields::of(result(self, CommandKind::FindPath, &answer)?).number(),
            ),
        }
    }
}

/// `AT+QFTPMDTM="<file>"` (docs/module/at-ftp.md §2.14). Reply: `YYYYMMDDHHMMSS`, perhaps with a
/// fraction, in UTC (RFC 3659).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModificationTime {
    /// The file.
    pub path: RemotePath,
}

impl Command for ModificationTime {
    type Reply = String;
    const NAME: &'static str = "QFTPMDTM";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPMDTM=").quote(self.path.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPMDTM",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        let rest = result(self, CommandKind::FindPath, &answer)?;
        let time = Fields::of(rest).text().filter(|time| !time.is_empty());
        readable(self, time.map(str::to_owned))
    }
}

/// `AT+QFTPDEL="<file>"` (docs/module/at-ftp.md §2.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteFile {
    /// The file.
    pub path: RemotePath,
}

impl Command for DeleteFile {
    type Reply = ();
    const NAME: &'static str = "QFTPDEL";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPDEL=").quote(self.path.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred { prefix: "+QFTPDEL" }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::FindPath, &answer).map(|_| ())
    }
}

/// `AT+QFTPMKDIR="<folder>"` (docs/module/at-ftp.md §2.9). 550 becomes RemoteRefused; the caller
/// may check whether the directory exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeDirectory {
    /// The directory.
    pub path: RemotePath,
}

impl Command for MakeDirectory {
    type Reply = ();
    const NAME: &'static str = "QFTPMKDIR";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPMKDIR=").quote(self.path.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPMKDIR",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::MakeDirectory, &answer).map(|_| ())
    }
}

/// `AT+QFTPRMDIR="<folder>"` (docs/module/at-ftp.md §2.10). 550 becomes RemoteRefused: the
/// directory may be missing or not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoveDirectory {
    /// The directory.
    pub path: RemotePath,
}

impl Command for RemoveDirectory {
    type Reply = ();
    const NAME: &'static str = "QFTPRMDIR";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPRMDIR=").quote(self.path.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPRMDIR",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::ChangePath, &answer).map(|_| ())
    }
}

/// `AT+QFTPRENAME="<old>","<new>"` (docs/module/at-ftp.md §2.15). 550 becomes RemoteRefused: it may
/// refer to either name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The present name.
    pub from: RemotePath,
    /// The new name.
    pub to: RemotePath,
}

impl Command for Rename {
    type Reply = ();
    const NAME: &'static str = "QFTPRENAME";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPRENAME=").quote(self.from.as_str());
        line.put(',').quote(self.to.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPRENAME",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        result(self, CommandKind::ChangePath, &answer).map(|_| ())
    }
}
