//! [`Answer`]: everything that came back for one command, complete and in order, uninterpreted.

use std::fmt;

use zeroize::Zeroizing;

/// Information lines that may contain a password; `Debug` shows only their prefix.
const CONFIDENTIAL: [&str; 3] = ["+QFTPCFG", "+QICSGP", "+CGAUTH"];

/// What came back for one command line. Its `Debug` shows no password and no data.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Information lines with their prefix, without line ends. They may contain a password, so they
    /// are wiped when dropped.
    pub lines: Vec<Zeroizing<String>>,
    /// How the exchange ended.
    pub outcome: Outcome,
    /// The result line without its prefix: of `+QFTPSIZE: 0,1000` the `0,1000`.
    pub result: Option<String>,
    /// The data, if it is kept here ([`Length::Trailer`](super::Length::Trailer)).
    pub data: Vec<u8>,
    /// Data bytes received, whether kept here or passed to the sink. After
    /// [`Channel::quiet`](super::Channel::quiet) the sink may have got more: truncate it to this.
    pub received: u64,
    /// The length in `CONNECT <n>` of QFREAD (docs/module/at-file.md §3.8).
    pub announced: Option<u64>,
    /// Whether data mode was entered.
    pub connected: bool,
    /// Whether OK came before the result line: what follows is the outcome of a command that runs.
    pub accepted: bool,
    /// Whether the module answered something else while the host sent payload: it took bytes of it
    /// for commands.
    pub surplus: bool,
}

/// The final result of an exchange (docs/module/at-serial.md §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`.
    Ok,
    /// `ERROR`.
    Error,
    /// `+CME ERROR: …`, and `+CMS ERROR: …`.
    Cme(Cme),
    /// `NO CARRIER`, `BUSY`, `NO ANSWER`, `NO DIALTONE`: data mode ended or was not entered.
    NoCarrier,
    /// The result line came, its `OK` did not.
    Missing,
    /// More was received than may be kept or than was expected; what was kept is incomplete.
    TooMuch,
    /// `CONNECT` to a command that does not use data mode: the module is in data mode, and the host
    /// has to leave it.
    Connect,
    /// The module restarted during the data.
    Restart,
}

/// The value of `+CME ERROR: …` (a number with `AT+CMEE=1`, docs/module/at-ftp.md §1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cme {
    /// The code.
    Number(u32),
    /// A text, as with `AT+CMEE=2`.
    Text(String),
}

impl Answer {
    /// The empty answer, before the first byte.
    pub(super) fn new() -> Self {
        Self {
            lines: Vec::new(),
            outcome: Outcome::Ok,
            result: None,
            data: Vec::new(),
            received: 0,
            announced: None,
            connected: false,
            accepted: false,
            surplus: false,
        }
    }

    /// The answer of a parked exchange ([`Channel::park`](super::Channel::park)).
    pub(super) fn settled(result: &str) -> Self {
        Self {
            result: Some(result.to_owned()),
            ..Self::new()
        }
    }

    /// The answer of an exchange that was broken off because more came than was asked for.
    pub fn too_much() -> Self {
        Self {
            outcome: Outcome::TooMuch,
            connected: true,
            ..Self::new()
        }
    }

    /// The module's error code, from `+CME ERROR: 603` or `+QFTPxxx: 603,0`. `None`: no code, or 0.
    pub fn code(&self) -> Option<u32> {
        match &self.outcome {
            Outcome::Cme(Cme::Number(code)) => Some(*code),
            _ => self.field(0).filter(|code| *code != 0),
        }
    }

    /// The server's reply code, the second field of a failed result; `None` if there is none.
    pub fn reply_code(&self) -> Option<u32> {
        self.field(0).filter(|code| *code != 0)?;
        self.field(1).filter(|code| *code != 0)
    }

    fn field(&self, index: usize) -> Option<u32> {
        let result = self.result.as_deref()?;
        result.split(',').nth(index)?.trim().parse().ok()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |line: &Zeroizing<String>| {
            let prefix = CONFIDENTIAL
                .iter()
                .find(|prefix| line.starts_with(**prefix));
            prefix.map_or_else(|| line.to_string(), |prefix| format!("{prefix}: ***"))
        };
        let lines: Vec<_> = self.lines.iter().map(shown).collect();
        write!(f, "{lines:?} {:?}", self.outcome)?;
        if let Some(result) = &self.result {
            write!(f, " {result:?}")?;
        }
        if self.connected {
            write!(f, " after {} bytes of data", self.received)?;
        }
        Ok(())
    }
}
