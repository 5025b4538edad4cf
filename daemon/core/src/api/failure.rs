//! [`Failure`]: every failure has a name of the contract, a sentence, and knows whether
//! trying again can help and what must be rebuilt first.

use modem_ftp_dbus::errors::ErrorName;

/// Why something did not work. The text stands alone: it quotes the command, the module's
/// code in words and, where there is one, the server's reply code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name on the bus; it also decides the client's exit code.
    pub name: ErrorName,
    /// One sentence for a person.
    pub text: String,
    /// Whether the same thing may work at another time.
    pub retry: Retry,
    /// How much of the path to the server can no longer be trusted.
    pub scope: Scope,
    /// The module's code behind it, if there is one: 601–631 (docs/module/at-ftp.md §4) and the other
    /// ranges of `+CME ERROR`.
    pub code: Option<u32>,
    /// The server's reply code behind it, if it said one (docs/module/at-ftp.md §5).
    pub reply: Option<u32>,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Never by itself: somebody has to change something first.
    Never,
    /// At once, after what [`Scope`] names was rebuilt.
    Soon,
    /// After a pause that grows.
    Later,
}

/// The smallest part that has to be rebuilt before anything else is tried
/// (the ladder of docs/module/quirks.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Only the command failed; the session goes on.
    Command,
    /// The FTP session: close it, open it again.
    Session,
    /// The PDP context: deactivate, activate.
    Context,
    /// The module: it was reset or has to be.
    Module,
    /// The serial line itself.
    Line,
}

impl Failure {
    /// A failure that trying again cannot mend and that damages nothing.
    pub fn new(name: ErrorName, text: impl Into<String>) -> Self {
        Self {
            name,
            text: text.into(),
            retry: Retry::Never,
            scope: Scope::Command,
            code: None,
            reply: None,
        }
    }

    /// The same failure with the module's code behind it.
    #[must_use]
    pub fn code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// The same failure with another answer to "can trying again help?".
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The same failure, blamed on a larger or smaller part.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// The same failure with the server's reply code behind it.
    #[must_use]
    pub fn reply(mut self, reply: Option<u32>) -> Self {
        self.reply = reply;
        self
    }

    /// Whether the server does not know the command (500, 502, 504 as 620, 622, 624): another
    /// way may work.
    pub fn is_missing_feature(&self) -> bool {
        matches!(self.code, Some(620 | 622 | 624))
    }

    /// The same failure with words put before its text (`upload of a.csv: …`).
    #[must_use]
    pub fn context(mut self, words: impl std::fmt::Display) -> Self {
        self.text = format!("{words}: {}", self.text);
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}
