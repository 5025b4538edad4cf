//! The commands. Each defines its text, its time-out, what may follow it and how its answer is
//! read.

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
    /// Value of a successful answer.
    type Reply;

    /// Name without `AT+` (`QFTPSIZE`), for messages and logs.
    const NAME: &'static str;

    /// Whether no line of the answer may be logged.
    const CONFIDENTIAL: bool = false;

    /// Whether it needs a data connection to the server.
    const NEEDS_DATA_CONNECTION: bool = false;

    /// What logs and messages call it.
    const LABEL: Label = Label {
        name: Self::NAME,
        is_confidential: Self::CONFIDENTIAL,
    };

    /// The name of this command, where one type stands for several commands.
    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// Composes the command line, without its CR.
    fn compose(&self, line: &mut CommandLine<'_>);

    /// What may follow the command line.
    fn conversation(&self) -> Conversation {
        Conversation::Plain { lines: Lines::None }
    }

    /// The time-out.
    fn patience(&self) -> Patience {
        Patience::SHORT
    }

    /// Reads the answer. `ERROR`, CME errors and result codes become a failure, such as `QFTPOPEN:
    /// 625 not logged in (server said 530)`.
    ///
    /// # Errors
    /// The failure that the module reported, or Protocol for an answer that cannot be read.
    fn read(&self, answer: Answer) -> Result<Self::Reply, Failure>;

    /// Appends the command line, without its CR. The capacity is reserved before anything is
    /// written, so that no copy of a secret is left in memory by a growing string.
    fn write(&self, line: &mut String) {
        line.reserve(LINE_MAX);
        self.compose(&mut CommandLine::exposed(line));
    }

    /// The command line with `***` for secrets, for logs and messages.
    fn display(&self) -> String {
        let mut text = String::new();
        self.compose(&mut CommandLine::masked(&mut text));
        text
    }
}

/// What is known of a command without its parameters: all that waiting for its answer needs, so that the
/// wait is the same code for every command.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// [`Command::NAME`].
    pub name: &'static str,
    /// [`Command::CONFIDENTIAL`].
    pub is_confidential: bool,
}

impl Label {
    /// Whether it is a command of the module's FTP client.
    pub fn is_ftp(self) -> bool {
        self.name.starts_with("QFTP")
    }
}

/// Longest command line, in bytes. The account with two strings of 255 bytes has about 540
/// (docs/module/at-serial.md §3); longer raw lines are refused.
pub const LINE_MAX: usize = 640;

/// What may follow a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversation {
    /// Information lines, then a final result code.
    Plain {
        /// Which information lines.
        lines: Lines,
    },
    /// `OK` and `<prefix>: …` in either order, or `ERROR` or a CME error alone.
    Deferred {
        /// `+QFTPSIZE`.
        prefix: &'static str,
    },
    /// CONNECT, data from the host, then `<prefix>: …` and `OK`; or `ERROR` or a CME error alone.
    Send {
        /// `+QFTPPUT`.
        prefix: &'static str,
        /// Whether the result line may come long after `OK` (FTP) or comes before it (UFS).
        deferred: bool,
        /// Whether the module sends an `A` after each 1024 bytes.
        acknowledged: bool,
    },
    /// CONNECT, data from the module, then `OK` and, if there is a prefix, `<prefix>: …`; or
    /// `ERROR` or a CME error alone.
    Receive {
        /// `+QFTPGET`; empty: there is no result line (QFREAD).
        prefix: &'static str,
        /// Whether the result line may come long after `OK` (FTP) or comes before it (QFDWL).
        deferred: bool,
        /// Where the data ends.
        length: Length,
    },
}

impl Conversation {
    /// Most bytes of data that the module may send.
    pub fn most(self) -> u64 {
        match self {
            Self::Receive { length, .. } => match length {
                Length::Known(most) | Length::Announced { most } => most,
                Length::Streamed { limit } => limit,
                Length::Trailer { limit } => limit as u64,
            },
            _ => 0,
        }
    }
}

/// Information lines of a [`Conversation::Plain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// None, only the final result code.
    None,
    /// Text without a prefix (`AT+CGSN`), or with this one, as related modules have it (`+CGSN`).
    Bare(&'static str),
    /// Lines that begin with this prefix and a colon (`+CPIN`).
    Prefixed(&'static str),
    /// Any line, and the final result code, for a raw command. URCs are reported as well.
    Any,
}

/// Where received data ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// After this many bytes.
    Known(u64),
    /// After as many bytes as `CONNECT <n>` says (QFREAD).
    Announced {
        /// Most bytes that may be announced.
        most: u64,
    },
    /// As [`Length::Trailer`], but the data goes to the sink; what of it was held back, because it
    /// might have been the trailer, is in the answer.
    Streamed {
        /// Most bytes that may come.
        limit: u64,
    },
    /// At the trailer whose length field equals the number of bytes before it (listings). The data
    /// is kept in the channel, up to `limit` bytes.
    Trailer {
        /// Most bytes to keep; more data results in [`Outcome::TooMuch`](super::Outcome::TooMuch).
        limit: usize,
    },
}

/// The kind of time-out; the link converts it to durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until the final result code.
    Fixed(Duration),
    /// Five seconds until `OK`; `rsptimeout` and a margin until CONNECT or, after `OK`, the result
    /// line.
    Response,
    /// As `Response`, but `rsptimeout`, `negotiatetime` and a margin until the result line.
    Open,
}

impl Patience {
    /// For a plain command: typically at most 0.3 s, so five seconds (docs/module/at-ftp.md §1.5).
    pub const SHORT: Self = Self::Fixed(Duration::from_secs(5));
}
