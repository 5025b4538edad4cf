//! Lines of an exchange: echo, information, result line, final result.

use super::{Exchange, Phase};
use crate::at::answer::Outcome;
use crate::at::command::{Conversation, Lines};
use crate::at::ending::is_failure;
use crate::at::fields::strip_prefix;
use crate::at::results::Final;
use crate::at::urc::{Registration, Urc};

/// Most bytes of information lines that are kept; more is an answer that cannot be used.
const INFORMATION_LIMIT: usize = 64 * 1024;

/// What a line is to the exchange.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::at) enum LineRole {
    /// It belongs to it.
    Taken,
    /// It ends it.
    Finished(Outcome),
    /// It is not its business, or not its alone.
    Foreign,
}

impl Exchange {
    /// Whether a line is the echo that may come.
    pub(in crate::at) fn is_echo(&self, text: &str) -> bool {
        self.echo.as_ref().is_some_and(|echo| echo.as_str() == text)
    }

    /// Takes a line, which is not data.
    pub(in crate::at) fn line(&mut self, text: &str) -> LineRole {
        if self.echo.take_if(|echo| echo.as_str() == text).is_some() {
            return LineRole::Taken;
        }
        match Final::parse(text) {
            Some(Final::End(outcome)) => self.end(outcome, text),
            Some(Final::Connect(announced)) => self.connect(announced),
            None => match self.conversation {
                Conversation::Plain { lines } => self.information(lines, text),
                _ => self.result(text),
            },
        }
    }

    fn end(&mut self, outcome: Outcome, text: &str) -> LineRole {
        if self.conversation == (Conversation::Plain { lines: Lines::Any }) {
            self.answer.lines.push(text.to_owned());
        }
        let lacks_result = self.is_deferred() && self.answer.result.is_none();
        // Of an upload that ended early the module takes the bytes still on their way for commands,
        // and refuses them; the upload's own result is still to come.
        let is_surplus = matches!(outcome, Outcome::Error | Outcome::Cme(_))
            && self.is_send()
            && self.answer.connected;
        if lacks_result && (outcome == Outcome::Ok || is_surplus) {
            self.ok = true;
            return LineRole::Taken;
        }
        LineRole::Finished(outcome)
    }

    fn connect(&mut self, announced: Option<u64>) -> LineRole {
        match self.conversation {
            Conversation::Plain { .. } | Conversation::Deferred { .. } => {
                LineRole::Finished(Outcome::Connect)
            }
            _ if self.answer.connected => LineRole::Foreign,
            _ => {
                self.phase = Phase::Connecting(announced);
                LineRole::Taken
            }
        }
    }

    fn result(&mut self, text: &str) -> LineRole {
        let prefix = self.prefix();
        let Some(result) = strip_prefix(text, prefix).filter(|_| !prefix.is_empty()) else {
            return LineRole::Foreign;
        };
        self.answer.result.get_or_insert_with(|| result.to_owned());
        if self.ok {
            return LineRole::Finished(Outcome::Ok);
        }
        // A failure in the middle of the sending: every further byte would be a command.
        let sending = self.is_send() && self.answer.connected && !self.interrupted;
        if sending && self.is_deferred() && is_failure(result) {
            return LineRole::Finished(Outcome::Missing);
        }
        LineRole::Taken
    }

    fn information(&mut self, lines: Lines, text: &str) -> LineRole {
        let is_urc = Urc::parse(text).is_some();
        let (take, step) = match lines {
            Lines::None => (false, LineRole::Foreign),
            // A line that begins with AT is a late or second echo, one with a prefix is a URC,
            // known or not.
            Lines::Bare if is_urc || text.starts_with("AT") || has_prefix(text) => {
                (false, LineRole::Foreign)
            }
            Lines::Prefixed(prefix) if !self.is_answer(prefix, text) => (false, LineRole::Foreign),
            Lines::Any if is_urc => (true, LineRole::Foreign),
            Lines::Bare | Lines::Prefixed(_) | Lines::Any => (true, LineRole::Taken),
        };
        if take {
            self.information = self.information.saturating_add(text.len());
            self.too_much |= self.information > INFORMATION_LIMIT;
            if !self.too_much {
                self.answer.lines.push(text.to_owned());
            }
        }
        step
    }

    /// Whether a line is the answer to the command, and not a URC of the same name.
    fn is_answer(&self, prefix: &str, line: &str) -> bool {
        let Some(text) = strip_prefix(line, prefix) else {
            return false;
        };
        match prefix {
            "+CREG" | "+CGREG" | "+CEREG" => Registration::is_answer(text),
            // NOT READY is never an answer: without a SIM, CPIN? is refused with CME 10 or 13.
            "+CPIN" => self.answer.lines.is_empty() && text != "NOT READY",
            "+CFUN" => self.answer.lines.is_empty(),
            _ => true,
        }
    }
}

/// Whether a line has the form `+NAME: …` or `^NAME: …`.
fn has_prefix(line: &str) -> bool {
    let name = line
        .strip_prefix(['+', '^'])
        .and_then(|it| it.split_once(':'));
    name.is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase()))
}
