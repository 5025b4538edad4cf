//! [`Failure`]: its name on the bus, a sentence, whether a retry can help, and what has to be
//! rebuilt before it.

use modem_ftp_dbus::errors::ErrorName;

use super::sentence::Sentence;

/// Why something failed. The text is complete in itself: it has the command, the meaning of the
/// module's code and, if there is one, the server's reply code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name on the bus; it also decides the client's exit code.
    pub name: ErrorName,
    /// One sentence for a person.
    pub text: Sentence,
    /// Whether a retry can help.
    pub retry: Retry,
    /// What has to be rebuilt before a retry.
    pub scope: Scope,
    /// The module's error code, if there is one: 601–631 (docs/module/at-ftp.md §4) or one of the
    /// other ranges of `+CME ERROR` (docs/module/at-network.md §8).
    pub code: Option<u32>,
    /// The server's reply code, if there is one (docs/module/at-ftp.md §5).
    pub reply: Option<u32>,
    /// Whether the module refused the command before it began: nothing was done, so that doing it
    /// again is safe whatever it is.
    pub is_unaccepted: bool,
}

/// Whether a retry can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No: somebody has to change something first.
    Never,
    /// Yes, as soon as what [`Scope`] names has been rebuilt.
    Soon,
    /// Yes, after a back-off that grows.
    Later,
    /// Perhaps, after long pauses and not often: what is refused has worked before, or the server
    /// may still hold what a session that was cut had.
    Slowly,
}

/// The smallest part that has to be rebuilt before the next attempt (recovery steps of
/// docs/module/quirks.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// None: only the command failed, the session stays open.
    Command,
    /// The FTP session: close it, open it again.
    Session,
    /// The PDP context: deactivate it, activate it again.
    Context,
    /// The module: it was restarted or has to be.
    Module,
    /// The serial line itself.
    Line,
}

impl Failure {
    /// A failure that a retry cannot mend and that affects nothing but the command.
    pub fn new(name: ErrorName, text: impl Into<Sentence>) -> Self {
        Self {
            name,
            text: text.into(),
            retry: Retry::Never,
            scope: Scope::Command,
            code: None,
            reply: None,
            is_unaccepted: false,
        }
    }

    /// The module refused the command before it began.
    #[must_use]
    pub fn unaccepted(mut self) -> Self {
        self.is_unaccepted = true;
        self
    }

    /// Sets the module's error code.
    #[must_use]
    pub fn code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// Sets whether a retry can help.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets what has to be rebuilt.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Sets the server's reply code.
    #[must_use]
    pub fn reply(mut self, reply: Option<u32>) -> Self {
        self.reply = reply;
        self
    }

    /// Whether the server lacks the command (500, 502, 504 as 620, 622, 624), so that another
    /// command may work.
    pub fn is_missing_feature(&self) -> bool {
        matches!(self.code, Some(620 | 622 | 624))
    }

    /// Whether the server or the module refused the command, in whatever words, and the connections
    /// work: an optional command that is refused is missing, and another one may tell as much.
    pub fn is_refusal(&self) -> bool {
        // Preliminary replies show a transfer that broke off; 522 and 53x are about TLS, 421, 425,
        // 426 and 530 about connections and the login (docs/module/at-ftp.md §5).
        let of_command = match self.reply {
            Some(100..=199 | 421 | 425 | 426 | 431 | 522 | 530 | 533..=537) => false,
            Some(_) | None => true,
        };
        let by_code = match self.code {
            // Connections, the login, TLS (docs/module/at-ftp.md §4).
            Some(602..=609 | 614..=616 | 625 | 631) => false,
            // Every other code of the FTP layer; and of the general ones: operation not allowed or
            // supported, wrong parameters, unknown (3GPP TS 27.007 §9.2).
            Some(600..=699 | 3 | 4 | 50..=61 | 100) => true,
            Some(_) => false,
            None => self.is_unaccepted,
        };
        of_command && by_code
    }

    /// Whether it is what the server answered: its reply, or the module's code for one.
    pub fn is_of_server(&self) -> bool {
        // docs/module/at-ftp.md §4
        self.reply.is_some() || matches!(self.code, Some(614..=630))
    }

    /// Puts words before the text (`upload of a.csv: …`).
    #[must_use]
    pub fn context(mut self, words: impl std::fmt::Display) -> Self {
        self.text = format!("{words}: {}", self.text).into();
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}
