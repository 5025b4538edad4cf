//! Runs the real client against the fake daemon.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::{Fake, wait_until};

/// The exit code and the output of a client that has ended.
#[derive(Debug)]
pub struct Outcome {
    pub exit: i32,
    pub out: Vec<u8>,
    pub err: String,
}

/// A running client; killed when dropped.
pub struct Running {
    pub child: Child,
    out: BufReader<ChildStdout>,
}

impl Fake {
    /// The client, with `arguments`, in the test's folder, with default signal dispositions and an
    /// empty signal mask: the test itself may have been started with SIGINT ignored.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        self.command_with_ignored(None, arguments)
    }

    /// The same, with one signal ignored.
    pub fn command_with_ignored<A: AsRef<OsStr>>(
        &self,
        ignored: Option<Signal>,
        arguments: &[A],
    ) -> Command {
        let mut command = Command::new("env");
        command.arg("--default-signal");
        command.args(ignored.map(|signal| format!("--ignore-signal={signal}")));
        command.arg(env!("CARGO_BIN_EXE_modem-ftp"));
        command.arg("--bus").arg(self.bus.address()).args(arguments);
        command.current_dir(self.folder()).stdin(Stdio::null());
        command.env("XDG_RUNTIME_DIR", self.folder());
        command
    }

    /// Runs it to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Outcome {
        finished(self.command(arguments))
    }

    /// Runs it with `input` on standard input, a pipe.
    pub fn run_with_input<A: AsRef<OsStr>>(&self, arguments: &[A], input: &[u8]) -> Outcome {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut command = self.command(arguments);
        command.stdin(reader);
        let input = input.to_vec();
        let writing = std::thread::spawn(move || writer.write_all(&input));
        let outcome = finished(command);
        let _ = writing.join();
        outcome
    }

    /// Starts it and leaves it running.
    pub fn spawn<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Running {
        let mut command = self.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Running { child, out }
    }
}

/// Runs `command` to its end.
pub fn finished(mut command: Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        exit: output.status.code().unwrap_or(-1),
        out: output.stdout,
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Outcome {
    /// Standard output as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    /// The JSON values on standard output, one per line.
    pub fn json(&self) -> Vec<Value> {
        json_lines(self.text())
    }

    /// Fails the test unless the exit code is `exit` and standard error is one line that contains
    /// `words`; with exit code 0, nothing at all.
    #[track_caller]
    pub fn expect(self, exit: i32, words: &str) -> Self {
        assert_eq!(self.exit, exit, "{self:?}");
        assert_eq!(self.err.lines().count(), usize::from(exit != 0), "{self:?}");
        assert!(self.err.contains(words), "{words:?} is not in {self:?}");
        self
    }
}

impl Outcome {
    /// Fails the test unless the arguments were refused with a message that contains `words`.
    #[track_caller]
    pub fn expect_usage(self, words: &str) {
        assert_eq!(self.exit, 2, "{self:?}");
        assert!(self.err.contains(words), "{words:?} is not in {self:?}");
    }
}

/// The JSON values of a text, one per line.
pub fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

impl Running {
    /// Starts `command`, with pipes on its standard output and error.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// Reads the next line of standard output; "" at its end.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Reads lines until one contains `words`, and gives that one.
    pub fn line_with(&mut self, words: &str) -> String {
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "the client ended before {words:?}");
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Waits until it has ended, and gives exit code, the rest of standard output, standard error.
    pub fn end(mut self) -> (i32, String, String) {
        let mut exit = None;
        wait_until("the client's end", || {
            exit = self.child.try_wait().unwrap();
            exit.is_some()
        });
        let (mut out, mut err) = (String::new(), String::new());
        std::io::Read::read_to_string(&mut self.out, &mut out).unwrap();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut err).unwrap();
        (exit.unwrap().code().unwrap_or(-1), out, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
