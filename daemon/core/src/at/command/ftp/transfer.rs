//! QFTPPUT and QFTPGET, through the port (`"COM:"`) and through the module's files
//! (docs/module/at-ftp.md §2.5, 2.6).

use modem_ftp_dbus::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::reading::{readable, result};
use crate::at::command::{Command, CommandLine, Conversation, Length, Patience};
use crate::at::fields::Fields;
use crate::at::quote::{LocalName, RemotePath};

/// The local name that stands for the port.
const PORT: &str = "COM:";

/// `AT+QFTPPUT="<file>",…`. Reply: bytes the module counted in this command; the caller
/// compares them with what there was to send.
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

/// A piece of announced length: the module leaves data mode by itself behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Bytes (`<uploadlen>`).
    pub length: u64,
    /// Whether it is the last, which closes the data connection (`<beof>`).
    pub last: bool,
}

impl Put {
    /// `…,"COM:",<start>[,<length>,<last>]`: the host sends the data, so much of it or, with
    /// `None`, until it leaves data mode. `start` is where in the remote file it goes; 0 replaces
    /// the file.
    pub fn stream(path: RemotePath, start: u64, segment: Option<Segment>) -> Self {
        let source = Source::Port(segment);
        Self {
            path,
            start,
            source,
        }
    }

    /// `…,"<local>",0`: the data is a file of the module.
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
        let rest = result(self, Sense::Change, &answer)?;
        readable(self, Fields::of(rest).number())
    }
}

/// `AT+QFTPGET="<file>",…`. Reply: bytes the module counted; through the port they are those
/// that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Get {
    path: RemotePath,
    start: u64,
    sink: PayloadSink,
}

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PayloadSink {
    Port { length: u64 },
    File(LocalName),
}

impl Get {
    /// `…,"COM:",<start>,<length>`: exactly `length` bytes from `start` on are data, fewer if the
    /// file is shorter than QFTPSIZE said. They are asked for by number, so that a file that
    /// grew meanwhile does not overrun. Ask for one byte at least.
    pub fn stream(path: RemotePath, start: u64, length: u64) -> Self {
        let sink = PayloadSink::Port { length };
        Self { path, start, sink }
    }

    /// `…,"<local>"`: the data becomes a file of the module, which must not exist yet.
    pub fn stored(path: RemotePath, local: LocalName) -> Self {
        let sink = PayloadSink::File(local);
        Self {
            path,
            start: 0,
            sink,
        }
    }
}

impl Command for Get {
    type Reply = u64;
    const NAME: &'static str = "QFTPGET";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPGET=").quote(self.path.as_str()).put(',');
        match &self.sink {
            PayloadSink::Port { length } => line
                .quote(PORT)
                .put(',')
                .put(self.start)
                .put(',')
                .put(length),
            PayloadSink::File(local) => line.quote(local.as_str()),
        };
    }

    fn conversation(&self) -> Conversation {
        let prefix = "+QFTPGET";
        match self.sink {
            PayloadSink::File(_) => Conversation::Deferred { prefix },
            PayloadSink::Port { length } => Conversation::Receive {
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
        let rest = result(self, Sense::Find, &answer)?;
        let counted = readable(self, Fields::of(rest).number())?;
        match answer.connected && counted != answer.received {
            true => Err(miscounted(Self::NAME, counted, answer.received)),
            false => Ok(counted),
        }
    }
}

/// The failure of data whose number of bytes the module tells otherwise.
pub(super) fn miscounted(command: &str, counted: u64, received: u64) -> Failure {
    let text = format!("{command}: the module counted {counted} bytes, {received} came");
    Failure::new(ErrorName::Protocol, text)
        .retry(Retry::Soon)
        .scope(Scope::Session)
}
