//! Error codes in words, and what each means for the work: its name on the bus, whether to try
//! again, what to rebuild first. Numbers no table lists are survived.

mod file;
mod ftp;
mod general;
mod reply;
mod socket;

use modem_ftp_dbus::ErrorName;

pub use file::FileError;
pub use ftp::FtpError;
pub use general::GeneralError;
pub use reply::ServerReply;
pub use socket::SocketError;

use super::answer::{Answer, Cme, Outcome};
use crate::api::failure::{Failure, Retry, Scope};

/// A code means different things to different commands: 550 is "there is none" to SIZE and
/// "you may not" to MKDIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// Anything about the module itself.
    Module,
    /// The SIM.
    Sim,
    /// Registration, operator, signal.
    Network,
    /// The PDP context.
    PdpContext,
    /// TLS settings.
    Tls,
    /// The module's files.
    File,
    /// The FTP session: settings, login, logout, state.
    Session,
    /// An FTP path that has to exist.
    Find,
    /// An FTP path that is to be written, made, renamed or removed.
    Change,
    /// An FTP directory that is to be made.
    Make,
}

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Name on the bus.
    pub name: ErrorName,
    /// Whether trying again can help.
    pub retry: Retry,
    /// What has to be rebuilt first.
    pub scope: Scope,
}

const fn verdict(name: ErrorName, retry: Retry, scope: Scope) -> Verdict {
    Verdict { name, retry, scope }
}

/// Defines the codes of a table: number, name, words.
macro_rules! codes {
    ($(#[$doc:meta])* $table:ident { $($code:literal $name:ident $words:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $table {
            $(#[doc = concat!(stringify!($code), ": ", $words, ".")] $name = $code,)+
        }

        impl $table {
            /// Every code of the table, in its order.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code of that number; `None` if the table has no such row.
            pub fn from_code(code: u32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// Its number.
            pub const fn code(self) -> u32 {
                self as u32
            }

            /// What it means, in words.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                }
            }
        }
    };
}
use codes;

/// The failure a bad answer to `command` is.
pub fn failure(command: &str, sense: Sense, answer: &Answer) -> Failure {
    let plain = |verdict, words: &str| blame(verdict, format!("{command}: {words}"));
    match &answer.outcome {
        Outcome::Cme(Cme::Number(code)) => coded(command, sense, *code, None),
        Outcome::Cme(Cme::Text(text)) => plain(refused(sense), text),
        Outcome::Error => plain(refused(sense), "the module answered ERROR"),
        Outcome::Restart => plain(
            verdict(ErrorName::ModemReset, Retry::Soon, Scope::Module),
            "the module restarted in the middle",
        ),
        _ => match answer.code() {
            Some(code) => coded(command, sense, code, answer.reply_code()),
            None => plain(
                verdict(ErrorName::Protocol, Retry::Soon, Scope::Session),
                unusable(&answer.outcome),
            ),
        },
    }
}

/// The failure of a command the module may not know: it answered ERROR. Its code is that of a
/// server that does not know it.
pub fn not_known(command: &str) -> Failure {
    let missing = FtpError::NotImplemented;
    blame(
        missing.verdict(Sense::Session),
        format!("{command}: the module answered ERROR; it may not know the command"),
    )
    .code(missing.code())
}

/// The failure of an answer that is good by its outcome and cannot be read.
pub fn unreadable(command: &str) -> Failure {
    blame(
        verdict(ErrorName::Protocol, Retry::Soon, Scope::Command),
        format!("{command}: the answer cannot be read"),
    )
}

/// The failure of a numbered error and, where there is one, the server's reply code.
pub fn coded(command: &str, sense: Sense, code: u32, reply: Option<u32>) -> Failure {
    let error = ModuleError::from_code(code);
    let words = error.map_or("a code no table lists", ModuleError::words);
    let mut text = format!("{command}: {code} {words}");
    if let Some(reply) = reply {
        let mirrored = error.and_then(ModuleError::mirrors) == Some(reply);
        match ServerReply::from_code(reply).filter(|_| !mirrored) {
            Some(known) => text.push_str(&format!(" (server said {reply} {})", known.words())),
            None => text.push_str(&format!(" (server said {reply})")),
        }
    }
    // What the server said outranks the module's class of it (docs/module/quirks.md F5).
    let verdict = reply
        .and_then(|reply| reply::verdict_of(reply, sense))
        .or_else(|| broken_off(error, reply))
        .or_else(|| error.map(|error| error.verdict(sense)))
        .unwrap_or_else(|| unknown(code, sense));
    // The number others decide by follows the same rule: 601 with 502 is 622.
    let mirror = reply.and_then(FtpError::mirroring).map(FtpError::code);
    blame(verdict, text)
        .code(mirror.unwrap_or(code))
        .reply(reply)
}

/// A code that stands for a refusal, beside a preliminary reply: the server had agreed, so it
/// is the transfer that broke (`627,150`, docs/module/quirks.md F6).
fn broken_off(error: Option<ModuleError>, reply: Option<u32>) -> Option<Verdict> {
    let agreed = reply.is_some_and(|reply| (100..200).contains(&reply));
    error
        .and_then(ModuleError::mirrors)
        .filter(|_| agreed)
        .map(|_| verdict(ErrorName::ConnectFailed, Retry::Soon, Scope::Session))
}

fn blame(verdict: Verdict, text: String) -> Failure {
    Failure::new(verdict.name, text)
        .retry(verdict.retry)
        .scope(verdict.scope)
}

/// A code of any table: they share one number space on the port (docs/module/at-network.md §8).
#[derive(Clone, Copy)]
enum ModuleError {
    General(GeneralError),
    File(FileError),
    Socket(SocketError),
    Ftp(FtpError),
}

impl ModuleError {
    fn from_code(code: u32) -> Option<Self> {
        let general = GeneralError::from_code(code).map(Self::General);
        general
            .or_else(|| FileError::from_code(code).map(Self::File))
            .or_else(|| SocketError::from_code(code).map(Self::Socket))
            .or_else(|| FtpError::from_code(code).map(Self::Ftp))
    }

    fn words(self) -> &'static str {
        match self {
            Self::General(error) => error.words(),
            Self::File(error) => error.words(),
            Self::Socket(error) => error.words(),
            Self::Ftp(error) => error.words(),
        }
    }

    fn mirrors(self) -> Option<u32> {
        match self {
            Self::Ftp(error) => error.mirrors().map(ServerReply::code),
            _ => None,
        }
    }

    fn verdict(self, sense: Sense) -> Verdict {
        match self {
            Self::General(error) => error.verdict(sense),
            Self::File(error) => error.verdict(),
            Self::Socket(error) => error.verdict(),
            Self::Ftp(error) => error.verdict(sense),
        }
    }
}

/// A number of no table. Above 600 it is still the FTP layer that speaks.
fn unknown(code: u32, sense: Sense) -> Verdict {
    match code {
        600..=699 => verdict(ErrorName::Protocol, Retry::Soon, Scope::Session),
        _ => refused(sense),
    }
}

/// What a refusal without a known code means.
fn refused(sense: Sense) -> Verdict {
    match sense {
        Sense::Module | Sense::File => verdict(ErrorName::Failed, Retry::Soon, Scope::Command),
        Sense::Sim => verdict(ErrorName::SimNotReady, Retry::Later, Scope::Command),
        Sense::Network => verdict(ErrorName::NotRegistered, Retry::Later, Scope::Command),
        Sense::PdpContext => verdict(ErrorName::BearerFailed, Retry::Later, Scope::Command),
        Sense::Tls => verdict(ErrorName::TlsFailed, Retry::Never, Scope::Command),
        // docs/module/at-ftp.md §6: plain ERROR to an FTP command is a matter of the SIM or the line.
        Sense::Session | Sense::Find | Sense::Change | Sense::Make => {
            verdict(ErrorName::Protocol, Retry::Soon, Scope::Session)
        }
    }
}

fn unusable(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NoCarrier => "data mode ended (NO CARRIER)",
        Outcome::TooMuch => "more came than was to come",
        Outcome::Connect => "the module entered data mode unasked",
        _ => "the answer has no result",
    }
}

#[cfg(test)]
mod tests;
