//! [`Raw`]: a command line from a user, checked to be one line and to stay in command mode.

use std::time::Duration;

use modem_ftp_dbus::ErrorName;
use zeroize::Zeroizing;

use super::LINE_MAX;
use crate::api::failure::Failure;
use crate::api::secret::Secret;
use crate::at::answer::{Answer, Outcome};
use crate::at::codes::{self, CommandKind};
use crate::at::command::{Command, CommandLine, Conversation, Lines, Patience};

/// Commands that leave command mode or wait for text (docs/module/at-ftp.md §1.4,
/// docs/module/at-file.md §2), including those for sockets, which can be opened in transparent
/// access mode. Their test form, `=?`, is allowed.
const DATA_MODE: [&str; 22] = [
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
    "+QIOPEN",
    "+QSSLOPEN",
    "+QISWTMD",
    "+QCMGS",
    "+QMTPUB",
    "+CNMA",
    "+CGDATA",
];

/// A raw line. Reply: its information lines and its final result code, good or bad, joined by LF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    line: Secret,
    timeout: Duration,
}

impl Raw {
    /// Accepts a line, without CR, and the time-out of its final result code.
    ///
    /// # Errors
    /// InvalidArguments: the line does not begin with AT, is too long, has a control character or a
    /// quote that is not closed, or would enter data mode.
    pub fn new(line: &str, timeout: Duration) -> Result<Self, Failure> {
        let refuse = |why: &str| {
            let text = format!("AT line {why}");
            Err(Failure::new(ErrorName::InvalidArguments, text))
        };
        // The module ignores blanks outside of quotes (V.25ter).
        let mut bare = Zeroizing::new(line.replace(' ', ""));
        bare.make_ascii_uppercase();
        if !line
            .get(..2)
            .is_some_and(|at| at.eq_ignore_ascii_case("AT"))
        {
            return refuse("does not begin with AT");
        }
        if line.len() > LINE_MAX {
            return refuse(&format!("is longer than {LINE_MAX} bytes"));
        }
        if let Some(at) = line.bytes().position(|byte| byte.is_ascii_control()) {
            return refuse(&format!("has a control character at byte {}", at + 1));
        }
        if !line.matches('"').count().is_multiple_of(2) {
            return refuse("has a quote that is not closed");
        }
        if let Some(name) = data_mode(&bare).or_else(|| connection(&bare)) {
            return refuse(&format!("would leave command mode ({name})"));
        }
        Ok(Self {
            line: Secret::new(line.to_owned()),
            timeout,
        })
    }
}

/// The command of [`DATA_MODE`] in a line, which is in upper case and without blanks.
fn data_mode(line: &str) -> Option<&'static str> {
    let is_test = line
        .strip_suffix("=?")
        .is_some_and(|name| !name.contains(['=', ';', '"']));
    if is_test {
        return None;
    }
    DATA_MODE.into_iter().find(|name| line.contains(name))
}

/// The basic command, alone or after others, that makes or resumes a connection (V.25ter).
fn connection(line: &str) -> Option<&'static str> {
    let mut rest = line.strip_prefix("AT")?.chars().peekable();
    let (mut quoted, mut basic) = (false, true);
    while let Some(character) = rest.next() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            ';' => basic = true,
            _ if !basic => {}
            // The letter is part of the command's name: `AT&D1`.
            '&' | '\\' => drop(rest.next_if(char::is_ascii_alphabetic)),
            '+' | '$' | '%' | '^' | '*' | '#' | '!' | '@' => basic = false,
            'A' => return Some("ATA"),
            'D' => return Some("ATD"),
            'O' => return Some("ATO"),
            _ => {}
        }
    }
    None
}

impl Command for Raw {
    type Reply = String;
    const NAME: &'static str = "AT line";
    const CONFIDENTIAL: bool = true;

    /// Any parameter may be a PIN or a password, with or without quotes: only the name is shown.
    fn compose(&self, line: &mut CommandLine<'_>) {
        let ends = |c: char| !c.is_ascii_alphanumeric() && !"+&?;".contains(c);
        let whole = self.line.expose();
        let name = whole.split_inclusive(ends).next().unwrap_or_default();
        line.put(name);
        if let Some(rest) = whole.strip_prefix(name).filter(|rest| !rest.is_empty()) {
            line.hidden(rest);
        }
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain { lines: Lines::Any }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(self.timeout)
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        match answer.outcome {
            Outcome::Ok | Outcome::Error | Outcome::Cme(_) | Outcome::NoCarrier => {
                let lines: Vec<&str> = answer.lines.iter().map(|line| line.as_str()).collect();
                Ok(lines.join("\n"))
            }
            _ => Err(codes::failure(self.name(), CommandKind::Module, &answer)),
        }
    }
}
