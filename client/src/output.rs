//! Where results go: standard output, as lines or as JSON; failures go to standard error.
//!
//! A reader that went away (`modem-ftp ls | head -1`) is no failure: what is
//! written after that is dropped in silence.

use std::cell::Cell;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::process::ExitCode;

use modem_ftp_dbus::errors::{ErrorName, exit};
use serde_json::{Value, json};

use crate::failure::{Failure, reason};
use crate::text::printable;

/// The one place that prints.
pub struct Output {
    json: bool,
    /// Standard output carries a file's content; the words go to standard error.
    data: bool,
    closed: Cell<bool>,
}

impl Output {
    /// To standard output.
    pub fn new(json: bool) -> Self {
        Self {
            json,
            data: false,
            closed: Cell::new(false),
        }
    }

    /// The same for a verb whose standard output is a file's content.
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

    /// True when standard output is a terminal that a file's content goes to: no place for a
    /// progress bar in between.
    pub fn shows_data(&self) -> bool {
        self.data && io::stdout().is_terminal()
    }

    /// True once nobody reads any more.
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// One line of text.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// One JSON object on one line.
    pub fn object(&self, value: &Value) -> Result<(), Failure> {
        self.line(&value.to_string())
    }

    /// The object with `--json`, the line without.
    pub fn either(&self, value: &Value, line: &str) -> Result<(), Failure> {
        if self.json {
            self.object(value)
        } else {
            self.line(line)
        }
    }

    /// What a verb without a result prints: nothing, or with `--json` one object that says so.
    pub fn silent(&self) -> Result<(), Failure> {
        if self.json {
            self.object(&json!({ "ok": true }))
        } else {
            Ok(())
        }
    }

    /// Bytes as they are.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.closed.get() {
            return Ok(());
        }
        let written = if self.data {
            io::stderr().lock().write_all(bytes)
        } else {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes).and_then(|()| stdout.flush())
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

    /// Says a failure on standard error: one sentence, or with `--json` one object.
    pub fn failure(&self, failure: &Failure) {
        let line = if self.json {
            json!({
                "error": { "name": failure.name, "text": failure.text },
                "exit": failure.exit,
            })
            .to_string()
        } else {
            format!("modem-ftp: {}", printable(&failure.text))
        };
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Says what is left to say and gives the exit code.
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
