//! The AT log (`--log`): written line by line, so that a test can read it while the program runs.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::port::Port;

/// A file, standard error, or nothing.
pub(super) struct Log(Option<Box<dyn Write>>);

impl Log {
    /// Opens the log; `-` is standard error.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        Ok(Self(match path {
            None => None,
            Some(path) if path == Path::new("-") => Some(Box::new(io::stderr())),
            Some(path) => Some(Box::new(File::create(path)?)),
        }))
    }

    /// Writes the transcript lines finished since the last call.
    pub(super) fn write_new_lines(&mut self, port: &mut Port) -> io::Result<()> {
        while let Some(mut line) = port.poll_transcript() {
            if let Some(out) = &mut self.0 {
                line.push('\n');
                out.write_all(line.as_bytes())?;
            }
        }
        Ok(())
    }
}
