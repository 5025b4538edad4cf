//! Dispatches the host's bytes to the command line reader or to data mode, or discards them.

use std::time::Instant;

use super::{Mode, Module, Power};
use crate::at::command_line::TypedLine;
use crate::at::transcript::Side;
use crate::fault::Knob;

/// How many bytes the module accepts at once in command mode.
pub(super) const WINDOW: usize = 4096;

impl Module {
    /// Processes bytes of the host, all of them; a transport must not pass more than
    /// [`Module::input_window`].
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) {
        self.now = now;
        self.settle();
        self.statistics.bytes_in += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.power != Power::On
                || self.is_asleep()
                || self.faults.text(Knob::Mute, "") == Some("")
            {
                break;
            }
            rest = match &self.mode {
                Mode::Data(_) => self.data_input(rest),
                Mode::Busy => {
                    self.discard(rest);
                    &[]
                }
                Mode::Command => self.command_input(rest),
            };
        }
        self.settle();
    }

    /// How many bytes the module accepts now; 0 means that flow control (RTS/CTS) stops the host.
    pub fn input_window(&self) -> usize {
        match &self.mode {
            Mode::Data(_) => self.data_window(),
            _ => WINDOW,
        }
    }

    /// Processes bytes up to the end of a command line; returns those that follow it.
    fn command_input<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (end, erase) = (self.dce.profile.end(), self.dce.profile.erase());
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if self.dce.profile.echo && byte != b'\n' {
                self.dce.raw(&[byte]);
            }
            let Some(input) = self.line_reader.push(byte, end, erase) else {
                continue;
            };
            self.send_noise();
            match input {
                TypedLine::Line(line) => self.run_line(&line),
                TypedLine::Repeat => self.repeat_line(),
                TypedLine::TooLong => self.send_error(super::CommandError::Error),
            }
            break;
        }
        rest
    }

    /// Discards bytes that are received before the final result code of the running command
    /// (docs/module/at-serial.md §3).
    fn discard(&mut self, bytes: &[u8]) {
        if bytes != b"\n" {
            self.dce.transcript.data(Side::Host, bytes.len());
            self.dce.transcript.note(&format!(
                "{} bytes came while a command was running: lost",
                bytes.len()
            ));
        }
    }

    /// Discards an incomplete command line and the commands not yet executed.
    pub(super) fn discard_line(&mut self) {
        self.line_reader.clear();
        self.line_commands.clear();
    }
}
