//! Open files: QFOPEN, QFREAD, QFWRITE (at-file.md 3.7–3.9).

use std::time::Duration;

use crate::at::answer::Answer;
use crate::at::codes::{self, Sense};
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::{Command, Conversation, Length, Line, Lines, Patience};
use crate::at::fields::Fields;
use crate::at::quote::FileName;
use crate::failure::Failure;

/// How long the module waits for more input before it ends QFWRITE, seconds.
const INPUT_TIMEOUT: u16 = 60;

/// `AT+QFOPEN="<name>",<mode>`. Reply: the handle, which is a 4-byte number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStored {
    name: FileName,
    mode: OpenMode,
}

/// `<mode>` of QFOPEN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// 0: to read and write, made if it is not there.
    ReadWrite = 0,
    /// 1: to read and write, made or emptied.
    Truncate = 1,
    /// 2: to read; it must be there.
    ReadOnly = 2,
}

impl OpenStored {
    /// To open it in any mode.
    pub fn new(name: FileName, mode: OpenMode) -> Self {
        Self { name, mode }
    }

    /// To read it.
    pub fn read_only(name: FileName) -> Self {
        Self::new(name, OpenMode::ReadOnly)
    }
}

impl Command for OpenStored {
    type Reply = u32;
    const NAME: &'static str = "QFOPEN";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QFOPEN=").quote(self.name.as_str());
        line.put(',').put(self.mode as u8);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFOPEN"),
        }
    }

    fn read(&self, answer: Answer) -> Result<u32, Failure> {
        let answer = accept(self, Sense::File, answer)?;
        let handle = fields(&answer, "+QFOPEN").and_then(|mut fields| fields.number());
        readable(self, handle)
    }
}

/// `AT+QFOPEN?`. Reply: what is open, perhaps from an earlier life of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles;

/// An open file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFile {
    /// Its name, without the prefix `UFS:`.
    pub name: String,
    /// Its handle.
    pub handle: u32,
}

impl Command for OpenFiles {
    type Reply = Vec<OpenFile>;
    const NAME: &'static str = "QFOPEN";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QFOPEN?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFOPEN"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Vec<OpenFile>, Failure> {
        let answer = accept(self, Sense::File, answer)?;
        let files = answer.lines.iter().map(|line| {
            let mut fields = Fields::after(line, "+QFOPEN")?;
            let name = fields.text()?;
            Some(OpenFile {
                name: name.strip_prefix("UFS:").unwrap_or(name).to_owned(),
                handle: fields.number()?,
            })
        });
        readable(self, files.collect())
    }
}

/// `AT+QFREAD=<handle>,<length>`: the module announces how much comes, fewer at the file's end.
/// Reply: bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOpen {
    /// Of [`OpenStored`].
    pub handle: u32,
    /// Most bytes to read.
    pub length: u64,
}

impl Command for ReadOpen {
    type Reply = u64;
    const NAME: &'static str = "QFREAD";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QFREAD=").put(self.handle);
        line.put(',').put(self.length);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Receive {
            prefix: "",
            deferred: false,
            length: Length::Announced,
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(Duration::from_secs(30))
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let answer = accept(self, Sense::File, answer)?;
        let whole = answer.announced == Some(answer.received) && answer.received <= self.length;
        readable(self, whole.then_some(answer.received))
    }
}

/// `AT+QFWRITE=<handle>,<length>,<timeout>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOpen {
    /// Of [`OpenStored`].
    pub handle: u32,
    /// Bytes that follow.
    pub length: u64,
}

/// What QFWRITE says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Bytes written by this command.
    pub written: u64,
    /// The file's size now.
    pub total: u64,
}

impl Command for WriteOpen {
    type Reply = Written;
    const NAME: &'static str = "QFWRITE";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QFWRITE=").put(self.handle);
        line.put(',').put(self.length).put(',').put(INPUT_TIMEOUT);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Send {
            prefix: "+QFWRITE",
            deferred: false,
            acknowledged: false,
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(Duration::from_secs(u64::from(INPUT_TIMEOUT) + 10))
    }

    fn read(&self, answer: Answer) -> Result<Written, Failure> {
        let answer = accept(self, Sense::File, answer)?;
        let Some(result) = answer.result.as_deref() else {
            return Err(codes::unreadable(Self::NAME));
        };
        let mut fields = Fields::of(result);
        let written = fields.number().zip(fields.number());
        readable(
            self,
            written.map(|(written, total)| Written { written, total }),
        )
    }
}
