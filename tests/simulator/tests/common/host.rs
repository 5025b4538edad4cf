//! A host at the port: sends lines, waits for what must come, counts data.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::sys::termios::{BaudRate, SetArg, cfmakeraw, cfsetspeed, tcgetattr, tcsetattr};

/// The open tty and what was read but not yet looked at.
pub struct Host {
    tty: File,
    seen: Vec<u8>,
}

impl Host {
    pub fn open(path: &Path) -> Self {
        Self::after(path, "PB DONE\r\n")
    }

    /// With a SIM that wants its PIN there is less to wait for.
    pub fn open_locked(path: &Path) -> Self {
        Self::after(path, "+QUSIM: 1\r\n")
    }

    fn after(path: &Path, last: &str) -> Self {
        let flags = (OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits();
        let tty = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open(path)
            .unwrap();
        let mut raw = tcgetattr(&tty).unwrap();
        cfmakeraw(&mut raw);
        tcsetattr(&tty, SetArg::TCSANOW, &raw).unwrap();
        let mut host = Self {
            tty,
            seen: Vec::new(),
        };
        host.wait_for("RDY");
        host.wait_for(last);
        host.expect_answer("ATE0", "OK");
        host
    }

    fn read(&mut self) -> usize {
        let mut piece = [0; 65536];
        match self.tty.read(&mut piece) {
            Ok(count) => {
                self.seen.extend(&piece[..count]);
                count
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => panic!("reading the tty: {error}"),
        }
    }

    /// Sends bytes, reading meanwhile.
    pub fn send(&mut self, mut bytes: &[u8]) {
        let end = Instant::now() + super::SOON;
        while !bytes.is_empty() {
            match self.tty.write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(Instant::now() < end, "the module takes nothing");
                    if self.read() == 0 {
                        std::thread::sleep(std::time::Duration::from_millis(1));
                    }
                }
                Err(error) => panic!("writing the tty: {error}"),
            }
        }
    }

    /// Sets the rate of the line.
    pub fn set_rate(&mut self, rate: BaudRate) {
        let mut settings = tcgetattr(&self.tty).unwrap();
        cfsetspeed(&mut settings, rate).unwrap();
        tcsetattr(&self.tty, SetArg::TCSANOW, &settings).unwrap();
    }

    /// What comes within a time; for what must not come.
    pub fn read_for(&mut self, time: std::time::Duration) -> String {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.read();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        String::from_utf8_lossy(&std::mem::take(&mut self.seen)).into_owned()
    }

    /// The port is gone.
    pub fn send_fails(&mut self) {
        assert!(self.tty.write(b"AT\r").is_err());
    }

    /// Waits until `text` came; gives everything up to and with it.
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_bytes(text.as_bytes(), text)
    }

    fn wait_bytes(&mut self, wanted: &[u8], what: &str) -> String {
        let end = Instant::now() + super::SOON;
        loop {
            if let Some(at) = self
                .seen
                .windows(wanted.len())
                .position(|window| window == wanted)
            {
                let found: Vec<u8> = self.seen.drain(..at + wanted.len()).collect();
                return String::from_utf8_lossy(&found).into_owned();
            }
            assert!(
                Instant::now() < end,
                "no {what:?} in {:?}",
                String::from_utf8_lossy(&self.seen)
            );
            if self.read() == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
    }

    /// Exactly `count` bytes of data.
    pub fn data(&mut self, count: usize) -> Vec<u8> {
        let end = Instant::now() + super::SOON;
        while self.seen.len() < count {
            assert!(
                Instant::now() < end,
                "only {} of {count} bytes",
                self.seen.len()
            );
            if self.read() == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        self.seen.drain(..count).collect()
    }

    /// A command and the line that must answer it.
    pub fn expect_answer(&mut self, command: &str, answer: &str) -> String {
        self.send(format!("{command}\r").as_bytes());
        self.wait_bytes(format!("\r\n{answer}\r\n").as_bytes(), answer)
    }

    /// A command that says OK first and its result later.
    pub fn expect_result(&mut self, command: &str, result: &str) {
        self.expect_answer(command, "OK");
        self.wait_bytes(format!("\r\n{result}\r\n").as_bytes(), result);
    }

    /// Up to the open session.
    pub fn log_in(&mut self, port: u16, user: &str, password: &str) {
        self.expect_answer("AT+QICSGP=1,1,\"UNINET\",\"\",\"\",1", "OK");
        self.expect_answer("AT+QIACT=1", "OK");
        self.expect_answer(
            &format!("AT+QFTPCFG=\"account\",\"{user}\",\"{password}\""),
            "OK",
        );
        self.expect_result(
            &format!("AT+QFTPOPEN=\"127.0.0.1\",{port}"),
            "+QFTPOPEN: 0,0",
        );
    }
}
