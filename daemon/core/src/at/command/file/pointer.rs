//! Where an open file is read and written, and its end: QFSEEK, QFPOSITION, QFTUCAT, QFCLOSE
//! (at-file.md 3.10).

use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, Conversation, Line, Lines};
use crate::failure::Failure;

/// From where [`Seek`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// 0: the file's beginning.
    Begin = 0,
    /// 1: where the pointer stands.
    Current = 1,
    /// 2: the file's end.
    End = 2,
}

/// `AT+QFSEEK=<handle>,<offset>,<position>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seek {
    /// Of [`OpenStored`](super::OpenStored).
    pub handle: u32,
    /// Bytes from `origin`.
    pub offset: u64,
    /// From where.
    pub origin: Origin,
}

setting!(Seek, "QFSEEK", File, |seek, line| line
    .put("AT+QFSEEK=")
    .put(seek.handle)
    .put(',')
    .put(seek.offset)
    .put(',')
    .put(seek.origin as u8));

/// `AT+QFPOSITION=<handle>`. Reply: where the pointer stands, bytes from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Of [`OpenStored`](super::OpenStored).
    pub handle: u32,
}

impl Command for Position {
    type Reply = u64;
    const NAME: &'static str = "QFPOSITION";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+QFPOSITION=").put(self.handle);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFPOSITION"),
        }
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let answer = accept(self, Sense::File, answer)?;
        let offset = fields(&answer, "+QFPOSITION").and_then(|mut fields| fields.number());
        readable(self, offset)
    }
}

/// `AT+QFTUCAT=<handle>`: cuts everything behind the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncate {
    /// Of [`OpenStored`](super::OpenStored).
    pub handle: u32,
}

setting!(Truncate, "QFTUCAT", File, |file, line| line
    .put("AT+QFTUCAT=")
    .put(file.handle));

/// `AT+QFCLOSE=<handle>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseStored {
    /// Of [`OpenStored`](super::OpenStored).
    pub handle: u32,
}

setting!(CloseStored, "QFCLOSE", File, |file, line| line
    .put("AT+QFCLOSE=")
    .put(file.handle));
