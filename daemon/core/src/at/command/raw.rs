//! [`Raw`]: a line somebody else wrote, held to be one command line and to stay in command mode.

use std::time::Duration;

use modem_ftp_dbus::ErrorName;

use super::{LINE_MAX, reading::accept};
use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::{Command, Conversation, Line, Lines, Patience};
use crate::failure::Failure;

/// Commands that leave command mode or wait for text (at-ftp.md 1.4, at-file.md 2, V.25ter).
/// Their test form, `=?`, is harmless.
const DATA_MODE: [&str; 16] = [
    "+QFUPL",
    "+QFDWL",
    "+QFREAD",
    "+QFWRITE",
    "+QFTPPUT",
    "+QFTPGET",
    "+QFTPLIST",
    "+QFTPNLST",
    "+QFTPMLSD",
    "+CMGS",
    "+CMGW",
    "+QISEND",
    "+QSSLSEND",
    "+QHTTP",
    "+CMUX",
    "ATD",
];

/// A raw line. Reply: its information lines, joined by LF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    line: zeroize::Zeroizing<String>,
    timeout: Duration,
}

impl Raw {
    /// Takes a line, without CR, and how long its final result may take.
    ///
    /// # Errors
    /// InvalidArguments: it does not begin with AT, is too long, has a control character, or
    /// would enter data mode.
    pub fn new(line: &str, timeout: Duration) -> Result<Self, Failure> {
        let refuse = |why: &str| {
            let text = format!("AT line {why}");
            Err(Failure::new(ErrorName::InvalidArguments, text))
        };
        let upper = line.to_ascii_uppercase();
        if !upper.starts_with("AT") {
            return refuse("does not begin with AT");
        }
        if line.len() > LINE_MAX {
            return refuse(&format!("is longer than {LINE_MAX} bytes"));
        }
        if let Some(at) = line.bytes().position(|byte| byte.is_ascii_control()) {
            return refuse(&format!("has a control character at byte {}", at + 1));
        }
        let harmless = upper.contains("=?");
        if let Some(name) = DATA_MODE
            .iter()
            .find(|name| !harmless && upper.contains(**name))
        {
            return refuse(&format!("would leave command mode ({name})"));
        }
        if upper.starts_with("ATO") {
            return refuse("would leave command mode (ATO)");
        }
        Ok(Self {
            line: line.to_owned().into(),
            timeout,
        })
    }
}

impl Command for Raw {
    type Reply = String;
    const NAME: &'static str = "AT line";

    /// What stands in quotes may be a PIN or a password, so it is masked.
    fn compose(&self, line: &mut Line<'_>) {
        for (index, part) in self.line.split('"').enumerate() {
            if index > 0 {
                line.put('"');
            }
            if index % 2 == 1 {
                line.hidden(part);
            } else {
                line.put(part);
            }
        }
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain { lines: Lines::Any }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(self.timeout)
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        accept(self, Sense::Module, answer).map(|answer| answer.lines.join("\n"))
    }
}
