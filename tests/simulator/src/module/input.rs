//! Where the host's bytes go: to the line reader, to data mode, or nowhere.

use std::time::Instant;

use super::{Mode, Module, Power};
use crate::at::line::Input;
use crate::at::transcript::Side;
use crate::fault::Knob;

/// How much a module takes at once when nothing throttles it.
pub(super) const WINDOW: usize = 4096;

impl Module {
    /// Bytes from the host. All are taken; a transport offers no more than [`Module::input_window`].
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) {
        self.now = now;
        self.settle();
        self.statistics.bytes_in += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.power != Power::On
                || self.asleep()
                || self.faults.text(Knob::Mute, "") == Some("")
            {
                break;
            }
            rest = match &self.mode {
                Mode::Data(_) => self.data_input(rest),
                Mode::Busy => {
                    self.ignore(rest);
                    &[]
                }
                Mode::Command => self.command_input(rest),
            };
        }
        self.settle();
    }

    /// How many bytes the module wants now; 0 is what RTS/CTS would show as "stop".
    pub fn input_window(&self) -> usize {
        match &self.mode {
            Mode::Data(_) => self.data_window(),
            _ => WINDOW,
        }
    }

    /// Reads up to the end of a line; gives back what follows it.
    fn command_input<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (end, erase) = (self.te.profile.end(), self.te.profile.erase());
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if self.te.profile.echo && byte != b'\n' {
                self.te.raw(&[byte]);
            }
            let Some(input) = self.line.push(byte, end, erase) else {
                continue;
            };
            self.garble();
            match input {
                Input::Line(line) => self.run_line(&line),
                Input::Repeat => self.repeat_line(),
                Input::TooLong => self.refuse(super::Refusal::Error),
            }
            break;
        }
        rest
    }

    /// Bytes sent while a command runs are lost: only the final result opens the port again (docs/module/at-serial.md §3).
    fn ignore(&mut self, bytes: &[u8]) {
        if bytes != b"\n" {
            self.te.transcript.data(Side::Host, bytes.len());
            self.te.transcript.note(&format!(
                "{} bytes came while a command was running: lost",
                bytes.len()
            ));
        }
    }

    /// Forgets a half-typed line.
    pub(super) fn forget_line(&mut self) {
        self.line.clear();
        self.waiting.clear();
    }
}
