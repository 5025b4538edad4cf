//! Error codes: their texts, and for each its name on the bus, whether to retry, and what has to be
//! rebuilt first. Unknown codes get a default.

mod file;
mod ftp;
mod general;
mod reply;
mod socket;
mod table;
mod verdict;

use modem_ftp_dbus::ErrorName;

pub use file::FileError;
pub use ftp::FtpError;
pub use general::GeneralError;
pub use reply::ServerReply;
pub use socket::SocketError;
pub use verdict::CommandKind;
use verdict::{Verdict, refused, verdict};

use super::answer::{Answer, Cme, Outcome};
use crate::api::failure::{Failure, Retry, Scope};

/// The failure for an unsuccessful answer to `command`.
pub fn failure(command: &str, kind: CommandKind, answer: &Answer) -> Failure {
    let failure = failure_of(command, kind, answer);
    let refused = matches!(answer.outcome, Outcome::Cme(_) | Outcome::Error);
    let begun = answer.accepted || answer.connected || answer.result.is_some();
    match refused && !begun {
        true => failure.unaccepted(),
        false => failure,
    }
}

fn failure_of(command: &str, kind: CommandKind, answer: &Answer) -> Failure {
    let plain = |verdict, words: &str| with_verdict(verdict, format!("{command}: {words}"));
    match &answer.outcome {
        Outcome::Cme(Cme::Number(code)) => coded(command, kind, *code, None),
        Outcome::Cme(Cme::Text(text)) => plain(refused(kind), text),
        Outcome::Error => plain(refused(kind), "the module answered ERROR"),
        Outcome::Restart => plain(
            verdict(ErrorName::ModemReset, Retry::Soon, Scope::Module),
            "the module restarted during the command",
        ),
        _ => match answer.code() {
            Some(code) => coded(command, kind, code, answer.reply_code()),
            None => plain(
                verdict(ErrorName::Protocol, Retry::Soon, Scope::Session),
                unusable(&answer.outcome),
            ),
        },
    }
}

/// The failure for `ERROR` to a command that the module may not have. Its code is that of a server
/// that does not have it.
pub fn not_known(command: &str) -> Failure {
    let missing = FtpError::NotImplemented;
    with_verdict(
        missing.verdict(CommandKind::Session),
        format!("{command}: the module answered ERROR; it may not have the command"),
    )
    .code(missing.code())
    .unaccepted()
}

/// The failure for a successful answer that cannot be read.
pub fn unreadable(command: &str) -> Failure {
    with_verdict(
        verdict(ErrorName::Protocol, Retry::Soon, Scope::Command),
        format!("{command}: the answer cannot be read"),
    )
}

/// The failure for an error code and, if there is one, the server's reply code.
pub fn coded(command: &str, kind: CommandKind, code: u32, reply: Option<u32>) -> Failure {
    let error = ModuleError::from_code(code);
    let words = error.map_or("unknown code", ModuleError::words);
    let mut text = format!("{command}: {code} {words}");
    if let Some(reply) = reply {
        let same = error.and_then(ModuleError::server_reply) == Some(reply);
        match ServerReply::from_code(reply).filter(|_| !same) {
            Some(known) => text.push_str(&format!(" (server said {reply} {})", known.words())),
            None => text.push_str(&format!(" (server said {reply})")),
        }
    }
    // The server's reply takes precedence over the module's code (docs/module/quirks.md F5).
    let verdict = reply
        .and_then(|reply| reply::verdict_of(reply, kind))
        .or_else(|| broken_off(error, reply))
        .or_else(|| error.map(|error| error.verdict(kind)))
        .unwrap_or_else(|| unknown(code, kind));
    // The same for the code of the failure: 601 with reply 502 becomes 622.
    let equivalent = reply.and_then(FtpError::for_reply).map(FtpError::code);
    with_verdict(verdict, text)
        .code(equivalent.unwrap_or(code))
        .reply(reply)
}

/// The verdict for a refusal code with a preliminary reply (`627,150`, docs/module/quirks.md F6):
/// the server had accepted the command, so the transfer was broken off.
fn broken_off(error: Option<ModuleError>, reply: Option<u32>) -> Option<Verdict> {
    let agreed = reply.is_some_and(|reply| (100..200).contains(&reply));
    error
        .and_then(ModuleError::server_reply)
        .filter(|_| agreed)
        .map(|_| verdict(ErrorName::ConnectFailed, Retry::Soon, Scope::Session))
}

fn with_verdict(verdict: Verdict, text: String) -> Failure {
    Failure::new(verdict.name, text)
        .retry(verdict.retry)
        .scope(verdict.scope)
}

/// A code of any table; their ranges do not overlap (docs/module/at-network.md §8).
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

    fn server_reply(self) -> Option<u32> {
        match self {
            Self::Ftp(error) => error.server_reply().map(ServerReply::code),
            _ => None,
        }
    }

    fn verdict(self, kind: CommandKind) -> Verdict {
        match self {
            Self::General(error) => error.verdict(kind),
            Self::File(error) => error.verdict(),
            Self::Socket(error) => error.verdict(),
            Self::Ftp(error) => error.verdict(kind),
        }
    }
}

/// The verdict for an unknown code. Codes from 600 on are from the FTP layer.
fn unknown(code: u32, kind: CommandKind) -> Verdict {
    match code {
        600..=699 => verdict(ErrorName::Protocol, Retry::Soon, Scope::Session),
        _ => refused(kind),
    }
}

fn unusable(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NoCarrier => "data mode ended (NO CARRIER)",
        Outcome::TooMuch => "more was received than expected",
        Outcome::Connect => "the module entered data mode unexpectedly",
        _ => "the answer has no result",
    }
}

#[cfg(test)]
mod tests;
