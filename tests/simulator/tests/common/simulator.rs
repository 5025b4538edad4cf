//! The program as a child process with a temporary folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// A running virtual-bg96; killed when dropped.
pub struct Simulator {
    child: Child,
    folder: TempDir,
}

impl Simulator {
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut child = Command::new(env!("CARGO_BIN_EXE_virtual-bg96"))
            .args(["--boot-delay", "0"])
            .arg("--link")
            .arg(at("tty"))
            .arg("--control")
            .arg(at("control"))
            .arg("--log")
            .arg(at("log"))
            .arg("--ufs")
            .arg(at("ufs"))
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        assert_eq!(
            ready,
            format!("virtual-bg96 ready on {}\n", at("tty").display())
        );
        Self { child, folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    /// Sends a command on the control socket; returns the answer.
    pub fn control(&self, line: &str) -> String {
        let mut stream = UnixStream::connect(self.path("control")).unwrap();
        stream.set_read_timeout(Some(super::SOON)).unwrap();
        writeln!(stream, "{line}").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    /// The number with this key in the answer to `stats` or `state`.
    pub fn number(&self, line: &str, key: &str) -> u64 {
        let answer = self.control(line);
        let value = answer
            .split([' ', '='])
            .skip_while(|word| *word != key)
            .nth(1);
        value
            .unwrap_or_else(|| panic!("{key} in {answer}"))
            .parse()
            .unwrap()
    }

    /// Sends SIGTERM and waits for the exit.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        kill(
            Pid::from_raw(i32::try_from(self.child.id()).unwrap()),
            Signal::SIGTERM,
        )
        .unwrap();
        self.child.wait().unwrap()
    }

    /// The number with this key in /proc/PID/status.
    pub fn status(&self, key: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .unwrap();
        line.trim_start_matches(':')
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Processor time used, in clock ticks of 10 ms.
    pub fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
