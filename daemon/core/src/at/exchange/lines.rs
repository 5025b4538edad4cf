//! Lines of an exchange: echo, information lines, result line, final result code.

use super::{Exchange, Phase};
use crate::at::answer::Outcome;
use crate::at::command::{Conversation, Lines};
use crate::at::ending::is_failure;
use crate::at::fields::strip_prefix;
use crate::at::results::Final;
use crate::at::urc::{Registration, Urc};

/// Most bytes of information lines that are kept; an answer with more cannot be used.
const INFORMATION_LIMIT: usize = 64 * 1024;

/// What a line is for the exchange.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::at) enum LineRole {
    /// Part of the exchange.
    Part,
    /// The end of the exchange.
    End(Outcome),
    /// A URC or an unexpected line. With [`Lines::Any`] it is in the answer as well.
    Foreign,
}

impl Exchange {
    /// Whether a line is the echo of the command line.
    pub(in crate::at) fn is_echo(&self, text: &str) -> bool {
        self.echo.as_ref().is_some_and(|echo| echo.expose() == text)
    }

    /// Handles a line that is not data.
    pub(in crate::at) fn line(&mut self, text: &str) -> LineRole {
        if self.echo.take_if(|echo| echo.expose() == text).is_some() {
            return LineRole::Part;
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
            self.answer.lines.push(text.to_owned().into());
        }
        let lacks_result = self.is_deferred() && self.answer.result.is_none();
        // After an upload that ended early the module reads the bytes still in transit as commands
        // and refuses them; the result line of the upload follows.
        let is_surplus = matches!(outcome, Outcome::Error | Outcome::Cme(_))
            && self.is_send()
            && self.answer.connected;
        if lacks_result && (outcome == Outcome::Ok || is_surplus) {
            self.answer.surplus |= is_surplus;
            self.ok = true;
            self.answer.accepted = true;
            return LineRole::Part;
        }
        LineRole::End(outcome)
    }

    fn connect(&mut self, announced: Option<u64>) -> LineRole {
        match self.conversation {
            Conversation::Plain { .. } | Conversation::Deferred { .. } => {
                LineRole::End(Outcome::Connect)
            }
            _ if self.answer.connected => LineRole::Foreign,
            _ => {
                self.phase = Phase::Connecting(announced);
                LineRole::Part
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
            return LineRole::End(Outcome::Ok);
        }
        // A failure while the host sends: every further byte would be read as a command.
        let sending = self.is_send() && self.answer.connected && !self.interrupted;
        if sending && self.is_deferred() && is_failure(result) {
            return LineRole::End(Outcome::Missing);
        }
        LineRole::Part
    }

    fn information(&mut self, lines: Lines, text: &str) -> LineRole {
        let is_urc = Urc::parse(text).is_some();
        let (kept, role) = match lines {
            Lines::None => (false, LineRole::Foreign),
            // A line that begins with AT is a late or second echo, one with the sign of another
            // command is a URC, known or not.
            Lines::Bare(own) if is_urc || is_foreign(text, own) => (false, LineRole::Foreign),
            Lines::Prefixed(prefix) if !self.is_answer(prefix, text) => (false, LineRole::Foreign),
            Lines::Any if is_urc => (true, LineRole::Foreign),
            Lines::Bare(_) | Lines::Prefixed(_) | Lines::Any => (true, LineRole::Part),
        };
        if kept {
            self.information = self.information.saturating_add(text.len());
            self.too_much |= self.information > INFORMATION_LIMIT;
            if !self.too_much {
                self.answer.lines.push(text.to_owned().into());
            }
        }
        role
    }

    /// Whether a line is the answer to the command, and not a URC of the same name.
    fn is_answer(&self, prefix: &str, line: &str) -> bool {
        let Some(text) = strip_prefix(line, prefix) else {
            return false;
        };
        match prefix {
            "+CREG" | "+CGREG" | "+CEREG" => Registration::is_answer(text),
            // NOT READY is never an answer: without a SIM, CPIN? is refused with CME error 10 or
            // 13.
            "+CPIN" => self.answer.lines.is_empty() && text != "NOT READY",
            "+CFUN" => self.answer.lines.is_empty(),
            _ => true,
        }
    }
}

/// Whether a line is none of the texts that the command with this prefix is answered with: text never
/// begins with one of the signs of commands.
fn is_foreign(line: &str, own: &str) -> bool {
    let sign = line.starts_with(['+', '^', '$', '*', '#', '%', '!', '&']);
    line.starts_with("AT") || (sign && strip_prefix(line, own).is_none())
}
