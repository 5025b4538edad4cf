//! The simulated module: `virtual-bg96` as a process, with its pty and its control socket.

use crate::{Child, Error, Scratch, binary};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const START: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(10);

/// A running `virtual-bg96`.
#[derive(Debug)]
pub struct Modem {
    // Dropped in this order: the process before its files.
    child: Child,
    scratch: Scratch,
}

impl Modem {
    /// Starts it with more options (`--baud`, `--fault`, …) and waits until its pty exists.
    ///
    /// # Errors
    ///
    /// If it does not start; with its output.
    pub fn start(options: &[&str]) -> Result<Self, Error> {
        let scratch = Scratch::new()?;
        let mut command = Command::new(binary("virtual-bg96")?);
        command.arg("--link").arg(scratch.join("tty"));
        command.arg("--control").arg(scratch.join("control"));
        command.arg("--log").arg(scratch.join("dialogue"));
        command.arg("--ufs").arg(scratch.folder("ufs")?);
        command.args(options);
        let log = scratch.join("log");
        let mut child = Child::start("virtual-bg96", &command, &log)?;
        child.wait_until("virtual-bg96", START, || {
            fs::read_to_string(&log)
                .ok()?
                .contains("virtual-bg96 ready on ")
                .then_some(())
        })?;
        Ok(Self { child, scratch })
    }

    /// The serial port: a symbolic link to the pty.
    #[must_use]
    pub fn device(&self) -> PathBuf {
        self.scratch.join("tty")
    }

    /// The folder with the module's files (UFS).
    #[must_use]
    pub fn ufs(&self) -> PathBuf {
        self.scratch.join("ufs")
    }

    /// The AT dialogue so far: `> AT…` from the daemon, `< …` from the module.
    #[must_use]
    pub fn dialogue(&self) -> String {
        let bytes = fs::read(self.scratch.join("dialogue")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The command lines of the daemon that begin with `start`.
    #[must_use]
    pub fn written(&self, start: &str) -> Vec<String> {
        let dialogue = self.dialogue();
        let lines = dialogue.lines().filter_map(|line| line.strip_prefix("> "));
        lines
            .filter(|line| line.starts_with(start))
            .map(str::to_owned)
            .collect()
    }

    /// Sends one line to the control socket and gives what follows `ok` in its answer.
    ///
    /// # Errors
    ///
    /// If the answer is not `ok`; with the answer.
    pub fn control(&self, line: &str) -> Result<String, Error> {
        let mut socket = UnixStream::connect(self.scratch.join("control"))?;
        socket.set_read_timeout(Some(ANSWER))?;
        socket.write_all(format!("{line}\n").as_bytes())?;
        let mut answer = String::new();
        BufReader::new(socket).read_line(&mut answer)?;
        match answer.trim_end().strip_prefix("ok") {
            Some(rest) => Ok(rest.trim_start().to_owned()),
            None => Err(Error::failed(format!(
                "virtual-bg96 answered `{line}` with: {}",
                answer.trim_end()
            ))),
        }
    }

    /// Ends the module; its pty disappears.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say how it ended.
    pub fn stop(&mut self) -> Result<(), Error> {
        self.child.stop().map(|_| ())
    }
}
