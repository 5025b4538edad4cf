//! Prints results to standard output, as text or as JSON, and failures to standard error.
//!
//! Nothing controls a terminal: whatever is printed on one goes through [`Visible`].
//!
//! A closed pipe on standard output (`modem-ftp ls | head -1`) is not a failure: whatever is
//! printed after that is discarded.

use std::cell::Cell;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use modem_ftp_dbus::errors::{ErrorName, exit};
use serde_json::{Value, json};

use crate::failure::{Failure, reason};
use crate::terminal::Visible;
use crate::text::local_name::spelled;
use crate::text::{json_line, printable};

/// The only place that prints.
pub struct Output {
    json: bool,
    /// Standard output carries a file's content; results go to standard error.
    data: bool,
    closed: Cell<bool>,
}

impl Output {
    /// Prints to standard output.
    pub fn new(json: bool) -> Self {
        Self {
            json,
            data: false,
            closed: Cell::new(false),
        }
    }

    /// Prints to standard error, for a verb whose standard output is a file's content.
    pub fn beside_data(&self) -> Self {
        Self {
            json: self.json,
            data: true,
            closed: Cell::new(false),
        }
    }

    /// True with `--json`.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// True when a file's content goes to standard output and that is a terminal: a progress bar
    /// would be drawn in the middle of it.
    pub fn shows_data(&self) -> bool {
        self.data && io::stdout().is_terminal()
    }

    /// True once the reader of the output has closed it.
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Prints one line of text.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// Prints one JSON object on one line.
    pub fn object(&self, value: &Value) -> Result<(), Failure> {
        self.line(&json_line(value))
    }

    /// Prints the object with `--json`, the line without.
    pub fn either(&self, value: &Value, line: &str) -> Result<(), Failure> {
        if self.json {
            self.object(value)
        } else {
            self.line(line)
        }
    }

    /// Prints the result of a verb that has none: nothing, or `{"ok":true}` with `--json`.
    pub fn ok(&self) -> Result<(), Failure> {
        if self.json {
            self.object(&json!({ "ok": true }))
        } else {
            Ok(())
        }
    }

    /// Prints bytes: unchanged, unless on a terminal.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.closed.get() {
            return Ok(());
        }
        let written = match self.data {
            true => print(io::stderr().lock(), bytes),
            false => print(io::stdout().lock(), bytes),
        };
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed.set(true);
                Ok(())
            }
            Err(error) => Err(Failure::new(
                ErrorName::Failed,
                format!("standard output: {}", reason(&error)),
            )),
            Ok(()) => Ok(()),
        }
    }

    /// Prints a failure on standard error: one sentence, or one object with `--json`.
    pub fn failure(&self, failure: &Failure) {
        let line = if self.json {
            json_line(&json!({
                "error": { "name": failure.name, "text": spelled(&failure.text) },
                "exit": failure.exit,
            }))
        } else {
            format!("modem-ftp: {}", printable(&failure.text))
        };
        let _ = print(io::stderr().lock(), format!("{line}\n").as_bytes());
    }

    /// Prints on standard error why nothing happens at present.
    pub fn waiting(&self, reason: &str) {
        let line = if self.json {
            json_line(&json!({ "waiting": reason }))
        } else {
            format!("modem-ftp: waiting: {}", printable(reason))
        };
        let _ = print(io::stderr().lock(), format!("{line}\n").as_bytes());
    }

    /// Prints on standard error what is to be known about the result.
    pub fn note(&self, note: &str) {
        let line = if self.json {
            json!({ "note": note }).to_string()
        } else {
            format!("modem-ftp: {}", printable(note))
        };
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Prints the failure, if there is one, and gives the exit code.
    pub fn exit(&self, result: Result<(), Failure>) -> ExitCode {
        match result {
            Ok(()) => ExitCode::from(exit::DONE),
            Err(failure) => {
                self.failure(&failure);
                ExitCode::from(failure.exit)
            }
        }
    }
}

/// Prints a usage error: it quotes what was typed, or what a shell's pattern found.
pub fn usage(text: &str) {
    let _ = print(io::stderr().lock(), text.as_bytes());
}

fn print(mut to: impl Write + IsTerminal, bytes: &[u8]) -> io::Result<()> {
    if to.is_terminal() {
        let mut visible = Visible::new(to);
        return visible.write_all(bytes).and_then(|()| visible.finish());
    }
    to.write_all(bytes).and_then(|()| to.flush())
}
