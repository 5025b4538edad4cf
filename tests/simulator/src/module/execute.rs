//! Executes the commands of a command line in order and prints one final result code per line
//! (docs/module/at-serial.md §3).

use super::{Mode, Module};
use crate::at::parse::{self, Command};
use crate::at::results::{ResultCode, cme_text};
use crate::at::transcript::Side;
use crate::cmd;
use crate::fault::Knob;

/// The outcome of a command that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done; the next command of the line is executed.
    Ok,
    /// The result comes later, by [`Module::complete_command`]; until then no input is accepted.
    Deferred,
    /// The port has entered data mode.
    DataMode,
    /// OK; the rest of the line is ignored (ATZ).
    OkAndStop,
    /// No result code is printed.
    NoAnswer,
}

/// The error of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandError {
    /// Plain ERROR.
    Error,
    /// `+CME ERROR: <code>`, in the format set by AT+CMEE.
    Cme(u16),
    /// NO CARRIER
    NoCarrier,
}

/// The result of a command handler.
pub(crate) type CommandResult = Result<Outcome, CommandError>;

impl Module {
    /// Executes a command line.
    pub(super) fn run_line(&mut self, line: &[u8]) {
        self.dce.transcript.line(Side::Host, line);
        if line.trim_ascii().is_empty() {
            return;
        }
        let Some(commands) = parse::split(line) else {
            return self.send_error(CommandError::Error);
        };
        self.last_line = line.to_vec();
        self.line_commands = commands.into();
        self.run_commands();
    }

    /// `A/`: executes the last line again.
    pub(super) fn repeat_line(&mut self) {
        let line = std::mem::take(&mut self.last_line);
        self.run_line(&line);
        self.last_line = line;
    }

    fn run_commands(&mut self) {
        while let Some(command) = self.line_commands.pop_front() {
            let result = self.execute(&command);
            if result != Ok(Outcome::Ok) {
                return self.end_line(result);
            }
        }
        self.end_line(Ok(Outcome::Ok));
    }

    /// Completes a command whose outcome was [`Outcome::Deferred`].
    pub(crate) fn complete_command(&mut self, result: CommandResult) {
        self.mode = Mode::Command;
        if result == Ok(Outcome::Ok) {
            self.run_commands()
        } else {
            self.end_line(result)
        }
    }

    fn end_line(&mut self, result: CommandResult) {
        match result {
            Ok(Outcome::Deferred) => {
                self.mode = Mode::Busy;
                return;
            }
            Ok(Outcome::Ok | Outcome::OkAndStop) => self.send_ok(),
            Ok(Outcome::DataMode | Outcome::NoAnswer) => {}
            Err(error) => self.send_error(error),
        }
        self.line_commands.clear();
    }

    /// Prints OK.
    pub(crate) fn send_ok(&mut self) {
        self.send_urc_between();
        self.dce.result(ResultCode::Ok);
    }

    /// Prints an error in the format set by AT+CMEE.
    pub(crate) fn send_error(&mut self, error: CommandError) {
        self.send_urc_between();
        match (error, self.dce.profile.cmee) {
            (CommandError::NoCarrier, _) => self.dce.result(ResultCode::NoCarrier),
            (CommandError::Error, _) | (_, 0) => self.dce.result(ResultCode::Error),
            (CommandError::Cme(code), level) => match cme_text(code).filter(|_| level == 2) {
                Some(text) => self.dce.result_text(&format!("+CME ERROR: {text}")),
                None => self.dce.result_text(&format!("+CME ERROR: {code}")),
            },
        }
    }

    /// The fault `urc-between`.
    fn send_urc_between(&mut self) {
        if let Some(text) = self
            .faults
            .text(Knob::UrcBetween, "+QIND: \"csq\",20,99")
            .map(str::to_owned)
        {
            self.dce.urc(&text);
        }
    }

    fn execute(&mut self, command: &Command) -> CommandResult {
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
                    return Ok(Outcome::NoAnswer);
                }
                if let Some(code) = self.faults.take_refusal(name) {
                    return Err(CommandError::Cme(code));
                }
                match cmd::handler(name) {
                    Some(handler) => handler(self, form),
                    None => Err(CommandError::Error),
                }
            }
            Command::Malformed => Err(CommandError::Error),
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
