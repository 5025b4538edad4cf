//! Open files: QFOPEN, QFREAD, QFCLOSE (docs/module/at-file.md §3.7, 3.8, 3.10).

use std::time::Duration;

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Length, Lines, Patience};
use crate::at::fields::Fields;
use crate::at::quote::FileName;

/// `AT+QFOPEN="<name>",2`: opens an existing file for reading. Reply: the handle, a number of four
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStored {
    /// The file.
    pub name: FileName,
}

impl Command for OpenStored {
    type Reply = u32;
    const NAME: &'static str = "QFOPEN";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFOPEN=").quote(self.name.as_str()).put(",2");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFOPEN"),
        }
    }

    fn read(&self, answer: Answer) -> Result<u32, Failure> {
        let answer = accept(self, CommandKind::File, answer)?;
        let handle = fields(&answer, "+QFOPEN").and_then(|mut fields| fields.number());
        readable(self, handle)
    }
}

/// `AT+QFOPEN?`. Reply: the open files, which an earlier run of the daemon may have left open.
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

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFOPEN?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFOPEN"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Vec<OpenFile>, Failure> {
        let answer = accept(self, CommandKind::File, answer)?;
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

/// `AT+QFREAD=<handle>,<length>`: the module announces the number of bytes it sends, which is
/// smaller at the end of the file. Reply: bytes received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOpen {
    /// From [`OpenStored`].
    pub handle: u32,
    /// Most bytes to read.
    pub length: u64,
}

impl Command for ReadOpen {
    type Reply = u64;
    const NAME: &'static str = "QFREAD";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFREAD=").put(self.handle);
        line.put(',').put(self.length);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Receive {
            prefix: "",
            deferred: false,
            length: Length::Announced { most: self.length },
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(Duration::from_secs(30))
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let answer = accept(self, CommandKind::File, answer)?;
        let whole = answer.announced == Some(answer.received) && answer.received <= self.length;
        readable(self, whole.then_some(answer.received))
    }
}

/// `AT+QFCLOSE=<handle>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseStored {
    /// From [`OpenStored`].
    pub handle: u32,
}

setting!(CloseStored, "QFCLOSE", File, |file, line| line
    .put("AT+QFCLOSE=")
    .put(file.handle));
