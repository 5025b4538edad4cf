//! Runs the commands of a line one after the other; one final result a line (docs/module/at-serial.md §3).

use super::{Mode, Module};
use crate::at::cme;
use crate::at::parse::{self, Command};
use crate::at::terminal::ResultCode;
use crate::at::transcript::Side;
use crate::cmd;
use crate::fault::Knob;

/// How a command ended, if it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The next command of the line may run.
    Ok,
    /// Its result comes later; until then nothing is accepted.
    Later,
    /// The port is in data mode now.
    Connected,
    /// The rest of the line is ignored, the result is OK (ATZ).
    OkAndStop,
    /// Nothing is answered at all.
    Silent,
}

/// How a command failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Plain ERROR.
    Error,
    /// `+CME ERROR: <code>`, as AT+CMEE has it.
    Cme(u16),
    /// NO CARRIER
    NoCarrier,
}

/// What a command handler returns.
pub(crate) type Answer = Result<Outcome, Refusal>;

impl Module {
    /// Runs a whole line.
    pub(super) fn run_line(&mut self, line: &[u8]) {
        self.te.transcript.line(Side::Host, line);
        if line.trim_ascii().is_empty() {
            return;
        }
        let Some(commands) = parse::split(line) else {
            return self.refuse(Refusal::Error);
        };
        self.last_line = line.to_vec();
        self.waiting = commands.into();
        self.run_waiting();
    }

    /// `A/`: the last line again.
    pub(super) fn repeat_line(&mut self) {
        let line = std::mem::take(&mut self.last_line);
        self.run_line(&line);
        self.last_line = line;
    }

    fn run_waiting(&mut self) {
        while let Some(command) = self.waiting.pop_front() {
            let answer = self.execute(&command);
            if answer != Ok(Outcome::Ok) {
                return self.end_line(answer);
            }
        }
        self.end_line(Ok(Outcome::Ok));
    }

    /// The end of a command that had said [`Outcome::Later`].
    pub(crate) fn complete(&mut self, answer: Answer) {
        self.mode = Mode::Command;
        if answer == Ok(Outcome::Ok) {
            self.run_waiting()
        } else {
            self.end_line(answer)
        }
    }

    fn end_line(&mut self, answer: Answer) {
        match answer {
            Ok(Outcome::Later) => {
                self.mode = Mode::Busy;
                return;
            }
            Ok(Outcome::Ok | Outcome::OkAndStop) => self.say_ok(),
            Ok(Outcome::Connected | Outcome::Silent) => {}
            Err(refusal) => self.refuse(refusal),
        }
        self.waiting.clear();
    }

    /// Prints OK.
    pub(crate) fn say_ok(&mut self) {
        self.interleave();
        self.te.result(ResultCode::Ok);
    }

    /// Prints a failure as AT+CMEE wants it.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.interleave();
        match (refusal, self.te.profile.cmee) {
            (Refusal::NoCarrier, _) => self.te.result(ResultCode::NoCarrier),
            (Refusal::Error, _) | (_, 0) => self.te.result(ResultCode::Error),
            (Refusal::Cme(code), level) => match cme::text(code).filter(|_| level == 2) {
                Some(text) => self.te.result_text(&format!("+CME ERROR: {text}")),
                None => self.te.result_text(&format!("+CME ERROR: {code}")),
            },
        }
    }

    fn interleave(&mut self) {
        if let Some(text) = self
            .faults
            .text(Knob::UrcBetween, "+QIND: \"csq\",20,99")
            .map(str::to_owned)
        {
            self.te.urc(&text);
        }
    }

    fn execute(&mut self, command: &Command) -> Answer {
        match command {
            Command::Basic { amp, letter, value } => {
                cmd::basic::execute(self, *amp, *letter, *value)
            }
            Command::RegisterRead(index) => cmd::basic::read_register(self, *index),
            Command::RegisterWrite(index, value) => {
                cmd::basic::write_register(self, *index, *value)
            }
            Command::Extended { name, form } => {
                if self.is_muted(name) {
                    return Ok(Outcome::Silent);
                }
                if let Some(code) = self.faults.refusal(name) {
                    return Err(Refusal::Cme(code));
                }
                match cmd::handler(name) {
                    Some(handler) => handler(self, form),
                    None => Err(Refusal::Error),
                }
            }
            Command::Malformed => Err(Refusal::Error),
        }
    }

    fn is_muted(&self, name: &str) -> bool {
        self.faults.text(Knob::Mute, "").is_some_and(|muted| {
            !muted.is_empty()
                && muted
                    .trim_start_matches('+')
                    .eq_ignore_ascii_case(name.trim_start_matches('+'))
        })
    }
}
