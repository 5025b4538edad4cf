//! A host with the tty open: sends lines and data, and waits for expected output.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::sys::termios::{BaudRate, SetArg, cfmakeraw, cfsetspeed, tcgetattr, tcsetattr};

/// The open tty, and bytes that were read but not consumed by a method yet.
pub struct Host {
    tty: File,
    received: Vec<u8>,
}

impl Host {
    /// Opens the tty and waits for the end of the boot URCs.
    pub fn open(path: &Path) -> Self {
        Self::open_after(path, "PB DONE\r\n")
    }

    /// As [`Host::open`], for a SIM that requires its PIN: fewer boot URCs are printed.
    pub fn open_locked(path: &Path) -> Self {
        Self::open_after(path, "+QUSIM: 1\r\n")
    }

    fn open_after(path: &Path, last: &str) -> Self {
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
            received: Vec::new(),
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
                self.received.extend(&piece[..count]);
                count
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => panic!("reading the tty: {error}"),
        }
    }

    /// Sends bytes, and reads while the tty accepts no more.
    pub fn send(&mut self, mut bytes: &[u8]) {
        let end = Instant::now() + super::SOON;
        while !bytes.is_empty() {
            match self.tty.write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(Instant::now() < end, "the module accepts no input");
                    if self.read() == 0 {
                        std::thread::sleep(std::time::Duration::from_millis(1));
                    }
                }
                Err(error) => panic!("writing the tty: {error}"),
            }
        }
    }

    /// Sets the rate of the tty.
    pub fn set_rate(&mut self, rate: BaudRate) {
        let mut settings = tcgetattr(&self.tty).unwrap();
        cfsetspeed(&mut settings, rate).unwrap();
        tcsetattr(&self.tty, SetArg::TCSANOW, &settings).unwrap();
    }

    /// Reads for this time and returns the output.
    pub fn read_for(&mut self, time: std::time::Duration) -> String {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.read();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        String::from_utf8_lossy(&std::mem::take(&mut self.received)).into_owned()
    }

    /// Checks that writing fails because the port is unplugged.
    pub fn send_fails(&mut self) {
        assert!(self.tty.write(b"AT\r").is_err());
    }

    /// Waits for `text`; returns the output up to its end.
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_bytes(text.as_bytes(), text)
    }

    fn wait_bytes(&mut self, wanted: &[u8], what: &str) -> String {
        let end = Instant::now() + super::SOON;
        loop {
            if let Some(at) = self
                .received
                .windows(wanted.len())
                .position(|window| window == wanted)
            {
                let found: Vec<u8> = self.received.drain(..at + wanted.len()).collect();
                return String::from_utf8_lossy(&found).into_owned();
            }
            assert!(
                Instant::now() < end,
                "no {what:?} in {:?}",
                String::from_utf8_lossy(&self.received)
            );
            if self.read() == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
    }

    /// Reads exactly `count` bytes.
    pub fn data(&mut self, count: usize) -> Vec<u8> {
        let end = Instant::now() + super::SOON;
        while self.received.len() < count {
            assert!(
                Instant::now() < end,
                "only {} of {count} bytes",
                self.received.len()
            );
            if self.read() == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        self.received.drain(..count).collect()
    }

    /// Sends a command and waits for this line.
    pub fn expect_answer(&mut self, command: &str, answer: &str) -> String {
        self.send(format!("{command}\r").as_bytes());
        self.wait_bytes(format!("\r\n{answer}\r\n").as_bytes(), answer)
    }

    /// Sends a command and waits for OK and then for this line.
    pub fn expect_result(&mut self, command: &str, result: &str) {
        self.expect_answer(command, "OK");
        self.wait_bytes(format!("\r\n{result}\r\n").as_bytes(), result);
    }

    /// Activates the PDP context and opens a session.
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
