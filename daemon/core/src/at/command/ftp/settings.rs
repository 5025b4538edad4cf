//! QFTPCFG: the eight settings (docs/module/at-ftp.md §2.1).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, done, fields, readable};
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::Fields;
use crate::at::quote::{Password, User};

/// Prefix of the information lines.
const PREFIX: &str = "+QFTPCFG";

/// One setting with its value. The configuration has checked the range of the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `"account"`: user and password; both must be given.
    Account {
        /// User name; may be empty.
        user: User,
        /// Its password.
        password: Password,
    },
    /// `"filetype"`: 0 binary, 1 ASCII, as in the manual's parameter table; some of its examples
    /// call 1 binary (docs/module/quirks.md F11).
    Ascii(bool),
    /// `"transmode"`: 0 active (the module listens), 1 passive. FTPS requires passive mode.
    Passive(bool),
    /// `"contextid"`: 1–16; the context must be active before QFTPOPEN.
    Context(u8),
    /// `"rsptimeout"`: 20–180 seconds.
    ResponseTimeout(u8),
    /// `"ssltype"`: 0 FTP, 1 implicit, 2 explicit FTPS.
    Security(u8),
    /// `"sslctxid"`: 0–5.
    SslContext(u8),
    /// `"data_address"`: 0 the address that the server announces, 1 that of the control connection.
    ControlAddress(bool),
}

/// The keys of the settings, in the order of the test command.
pub const KEYS: [&str; 8] = [
    "account",
    "filetype",
    "transmode",
    "contextid",
    "rsptimeout",
    "ssltype",
    "sslctxid",
    "data_address",
];

impl Setting {
    /// Its key, without quotes.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Account { .. } => "account",
            Self::Ascii(_) => "filetype",
            Self::Passive(_) => "transmode",
            Self::Context(_) => "contextid",
            Self::ResponseTimeout(_) => "rsptimeout",
            Self::Security(_) => "ssltype",
            Self::SslContext(_) => "sslctxid",
            Self::ControlAddress(_) => "data_address",
        }
    }
}

/// `AT+QFTPCFG="<key>",<value>`.
impl Command for Setting {
    type Reply = ();
    const NAME: &'static str = "QFTPCFG";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPCFG=").quote(self.key()).put(',');
        match self {
            Self::Account { user, password } => {
                line.quote(user.as_str()).put(',').secret(password.expose())
            }
            Self::Ascii(on) | Self::Passive(on) | Self::ControlAddress(on) => {
                line.put(u8::from(*on))
            }
            Self::Context(number)
            | Self::ResponseTimeout(number)
            | Self::Security(number)
            | Self::SslContext(number) => line.put(number),
        };
    }

    fn read(&self, answer: Answer) -> Result<(), Failure> {
        done(self, CommandKind::Session, answer)
    }
}

/// `AT+QFTPCFG="<key>"`. Reply: the value as text. Of the account only the user is returned,
/// because the module may return the password (docs/module/quirks.md F8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingQuery {
    /// One of [`KEYS`].
    pub key: &'static str,
}

impl Command for SettingQuery {
    type Reply = String;
    const NAME: &'static str = "QFTPCFG";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPCFG=").quote(self.key);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed(PREFIX),
        }
    }

    fn read(&self, answer: Answer) -> Result<String, Failure> {
        let answer = accept(self, CommandKind::Session, answer)?;
        let mut lines = answer.lines.iter();
        let value = lines.find_map(|line| {
            let mut fields = Fields::after(line, PREFIX)?;
            (fields.text()? == self.key).then_some(())?;
            fields.text().map(str::to_owned)
        });
        readable(self, value)
    }
}

/// `AT+QFTPCFG=?`. Reply: the keys of the settings, which differ between module families
/// (docs/module/quirks.md F21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingNames;

impl Command for SettingNames {
    type Reply = Vec<String>;
    const NAME: &'static str = "QFTPCFG";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPCFG=?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed(PREFIX),
        }
    }

    fn read(&self, answer: Answer) -> Result<Vec<String>, Failure> {
        let answer = accept(self, CommandKind::Session, answer)?;
        readable(self, fields(&answer, PREFIX))?;
        let keys = answer.lines.iter().filter_map(|line| {
            let mut fields = Fields::after(line, PREFIX)?;
            fields.text().map(str::to_owned)
        });
        Ok(keys.collect())
    }
}
