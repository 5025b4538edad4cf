//! The commands: each owns its text, its time-out, what may follow it and how its answer is read.

use std::time::Duration;

use super::answer::Answer;
use crate::api::failure::Failure;

pub mod file;
pub mod ftp;
pub mod identity;
mod line;
pub mod network;
pub mod raw;
mod reading;
pub mod serial;
mod setting;
pub mod tls;

pub use line::CommandLine;

/// One AT command with its parameters.
pub trait Command {
    /// What a good answer says, typed.
    type Reply;

    /// The command's name without `AT+` (`QFTPSIZE`), for texts and logs.
    const NAME: &'static str;

    /// Whether logs get no line of its answer.
    const CONFIDENTIAL: bool = false;

    /// The same of this very command, where one type stands for several (`QFTPNLST`).
    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// Composes the command line, without its CR.
    fn compose(&self, line: &mut CommandLine<'_>);

    /// What may follow the line.
    fn conversation(&self) -> Conversation {
        Conversation::Plain { lines: Lines::None }
    }

    /// How long to wait.
    fn patience(&self) -> Patience {
        Patience::SHORT
    }

    /// Reads the answer; `ERROR`, CME and result codes become the failure's text
    /// (`QFTPOPEN: 625 not logged in (server said 530)`).
    ///
    /// # Errors
    /// The failure the module reported, or Protocol for an answer that cannot be read.
    fn read(&self, answer: Answer) -> Result<Self::Reply, Failure>;

    /// Appends the command line, without its CR. Room is made once before anything is
    /// written, so no copy of a secret is left behind by a growing string.
    fn write(&self, line: &mut String) {
        line.reserve(LINE_MAX);
        self.compose(&mut CommandLine::exposed(line));
    }

    /// The command line with `***` for secrets, for logs and texts.
    fn display(&self) -> String {
        let mut text = String::new();
        self.compose(&mut CommandLine::masked(&mut text));
        text
    }
}

/// No command line is longer, bytes: the account with two strings of 255 bytes
/// is about 540 (docs/module/at-serial.md §3), and raw lines are held to the rest.
pub const LINE_MAX: usize = 640;

/// What may follow a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversation {
    /// Information lines, then a final result.
    Plain {
        /// Which information lines.
        lines: Lines,
    },
    /// `OK` and `<prefix>: …`, both, in either order; or `ERROR`/CME alone.
    Deferred {
        /// `+QFTPSIZE`.
        prefix: &'static str,
    },
    /// CONNECT, the host sends, then `<prefix>: …` and `OK`; or ERROR/CME alone.
    Send {
        /// `+QFTPPUT`.
        prefix: &'static str,
        /// Whether the result line may come long after `OK` (FTP) or comes before it (files).
        deferred: bool,
        /// Whether the module sends an `A` after each 1024 bytes.
        acknowledged: bool,
    },
    /// CONNECT, the module sends, then `OK` and, with a prefix, `<prefix>: …`; or ERROR/CME alone.
    Receive {
        /// `+QFTPGET`; empty: there is no result line (QFREAD).
        prefix: &'static str,
        /// Whether the result line may come long after `OK` (FTP) or comes before it (QFDWL).
        deferred: bool,
        /// Where the data ends.
        length: Length,
    },
}

/// Information lines of a [`Conversation::Plain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// None: only the final result.
    None,
    /// Text without a prefix (`ATI`, `AT+CGSN`).
    Bare,
    /// Lines that begin with this and a colon (`+CPIN`).
    Prefixed(&'static str),
    /// Any, and the final result: for a command nobody here knows. URCs are told as well.
    Any,
}

/// Where received data ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// After this many bytes.
    Known(u64),
    /// After as many bytes as `CONNECT <n>` says (QFREAD).
    Announced,
    /// At the trailer whose length field equals the bytes before it (listings). The data is kept in
    /// the channel, up to `limit` bytes.
    Trailer {
        /// Most bytes to keep; more makes [`Outcome::TooMuch`](super::Outcome::TooMuch).
        limit: usize,
    },
}

/// How long to wait; the link turns it into durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// To the final result.
    Fixed(Duration),
    /// `OK`: five seconds. CONNECT, or the result line after `OK`: rsptimeout + margin.
    Response,
    /// As `Response`, and the result line may take rsptimeout + negotiatetime + margin.
    Open,
}

impl Patience {
    /// A plain command: 0.3 s typical maximum, five seconds at least (docs/module/at-ftp.md §1.5).
    pub const SHORT: Self = Self::Fixed(Duration::from_secs(5));
}
