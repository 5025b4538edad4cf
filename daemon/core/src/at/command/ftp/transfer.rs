//! QFTPPUT and QFTPGET, over the port (`"COM:"`) and via a file on the module
//! (docs/module/at-ftp.md §2.5, 2.6).

use modem_ftp_dbus::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{readable, result};
use crate::at::command::{Command, CommandLine, Conversation, Length, Patience};
use crate::at::fields::Fields;
use crate::at::quote::{LocalName, RemotePath};

/// The local name of the port.
const PORT: &str = "COM:";

/// `AT+QFTPPUT="<file>",…`. Reply: bytes that the module counted in this command; the caller
/// compares them with what was to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    path: RemotePath,
    start: u64,
    source: Source,
}

/// Where an upload comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Port(Option<Segment>),
    File(LocalName),
}

/// A segment of announced length: the module leaves data mode by itself after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Bytes (`<uploadlen>`).
    pub length: u64,
    /// Whether it is the last, which closes the data connection (`<beof>`).
    pub last: bool,
}

impl Put {
    /// `…,"COM:",<start>[,<length>,<last>]`: the host sends the data, a segment of it or, with
    /// `None`, until it leaves data mode. `start` is the offset in the remote file; 0 replaces the
    /// file.
    pub fn stream(path: RemotePath, start: u64, segment: Option<Segment>) -> Self {
        let source = Source::Port(segment);
        Self {
            path,
            start,
            source,
        }
    }

    /// `…,"<local>",0`: the data is a file on the module.
    pub fn stored(path: RemotePath, local: LocalName) -> Self {
        let source = Source::File(local);
        Self {
            path,
            start: 0,
            source,
        }
    }
}

impl Command for Put {
    type Reply = u64;
    const NAME: &'static str = "QFTPPUT";
    const NEEDS_DATA_CONNECTION: bool = true;

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPPUT=").quote(self.path.as_str()).put(',');
        match &self.source {
            Source::Port(_) => line.quote(PORT),
            Source::File(local) => line.quote(local.as_str()),
        };
        line.put(',').put(self.start);
        if let Source::Port(Some(Segment { length, last })) = self.source {
            line.put(',').put(length).put(',').put(u8::from(last));
        }
    }

    fn conversation(&self) -> Conversation {
        let prefix = "+QFTPPUT";
        match self.source {
            Source::File(_) => Conversation::Deferred { prefix },
            Source::Port(_) => Conversation::Send {
                prefix,
                deferred: true,
                acknowledged: false,
            },
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let rest = result(self, CommandKind::ChangePath, &answer)?;
        readable(self, Fields::of(rest).number())
    }
}

/// `AT+QFTPGET="<file>",…`. Reply: bytes that the module counted; over the port this equals the
/// bytes received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Get {
    path: RemotePath,
    start: u64,
    destination: Destination,
}

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Destination {
    Port { length: u64 },
    File(LocalName),
}

impl Get {
    /// `…,"COM:",<start>,<length>`: receives exactly `length` bytes from offset `start`, fewer if
    /// the file is shorter than QFTPSIZE said. The number is sent so that a file that has grown
    /// meanwhile does not send more. It must be at least one.
    pub fn stream(path: RemotePath, start: u64, length: u64) -> Self {
        let destination = Destination::Port { length };
        Self {
            path,
            start,
            destination,
        }
    }

    /// `…,"<local>"`: the data becomes a file on the module, which must not exist yet.
    pub fn stored(path: RemotePath, local: LocalName) -> Self {
        let destination = Destination::File(local);
        Self {
            path,
            start: 0,
            destination,
        }
    }
}

impl Command for Get {
    type Reply = u64;
    const NAME: &'static str = "QFTPGET";
    const NEEDS_DATA_CONNECTION: bool = true;

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPGET=").quote(self.path.as_str()).put(',');
        match &self.destination {
            Destination::Port { length } => line
                .quote(PORT)
                .put(',')
                .put(self.start)
                .put(',')
                .put(length),
            Destination::File(local) => line.quote(local.as_str()),
        };
    }

    fn conversation(&self) -> Conversation {
        let prefix = "+QFTPGET";
        match self.destination {
            Destination::File(_) => Conversation::Deferred { prefix },
            Destination::Port { length } => Conversation::Receive {
                prefix,
                deferred: true,
                length: Length::Known(length),
            },
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let rest = result(self, CommandKind::FindPath, &answer)?;
        let counted = readable(self, Fields::of(rest).number())?;
        match answer.connected && counted != answer.received {
            true => Err(miscounted(Self::NAME, counted, answer.received)),
            false => Ok(counted),
        }
    }
}

/// The failure that the module counted another number of bytes than were received.
pub(super) fn miscounted(command: &str, counted: u64, received: u64) -> Failure {
    let text = format!("{command}: the module counted {counted} bytes, {received} were received");
    Failure::new(ErrorName::Protocol, text)
        .retry(Retry::Soon)
        .scope(Scope::Session)
}
