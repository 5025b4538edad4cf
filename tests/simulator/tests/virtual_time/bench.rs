//! The test bench: a module, a server in memory, and a virtual clock.

use std::time::{Duration, Instant};

use virtual_bg96::module::{Config, Injection, Module};
use virtual_bg96::port::Port;
use virtual_bg96::remote::memory::MemoryServer;
use virtual_bg96::ufs::memory::MemoryStorage;

/// How the module receives the host's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    Whole,
    ByteByByte,
}

/// The test bench.
pub struct Bench {
    pub port: Port,
    pub server: MemoryServer,
    pub now: Instant,
    arrival: Arrival,
    /// The host reads nothing while this is set.
    pub host_paused: bool,
}

/// Lines as they are framed on the serial line (docs/module/at-ftp.md §1.1).
pub fn framed(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("\r\n{line}\r\n")).collect()
}

impl Bench {
    /// A module that has just been switched on.
    pub fn cold(config: Config) -> Self {
        let server = MemoryServer::new("test", "test");
        let now = Instant::now();
        let module = Module::new(now, config, Box::new(MemoryStorage::default()));
        let port = Port::new(module, Box::new(server.connect()));
        Self {
            port,
            server,
            now,
            arrival: Arrival::Whole,
            host_paused: false,
        }
    }

    /// A module that has started, with echo off.
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    /// As [`Bench::new`], with a configuration.
    pub fn with(config: Config) -> Self {
        let mut bench = Self::cold(config);
        bench.advance(Duration::from_secs(1));
        bench.output();
        assert_eq!(bench.send("ATE0\r"), "ATE0\r\r\nOK\r\n");
        bench
    }

    /// As [`Bench::new`], with an active PDP context and an account.
    pub fn online() -> Self {
        let mut bench = Self::new();
        bench.expect_lines("AT+QICSGP=1,1,\"UNINET\",\"\",\"\",1", &["OK"]);
        bench.expect_lines("AT+QIACT=1", &["OK"]);
        bench.expect_lines("AT+QFTPCFG=\"account\",\"test\",\"test\"", &["OK"]);
        bench
    }

    /// As [`Bench::online`], logged in to the server.
    pub fn logged_in() -> Self {
        let mut bench = Self::online();
        bench.expect_lines(
            "AT+QFTPOPEN=\"quectel.3322.org\",21",
            &["OK", "+QFTPOPEN: 0,0"],
        );
        bench
    }

    /// Sets how the module receives the host's bytes.
    pub fn arriving(mut self, arrival: Arrival) -> Self {
        self.arrival = arrival;
        self
    }

    /// Sends bytes to the module.
    pub fn input(&mut self, bytes: &[u8]) {
        match self.arrival {
            Arrival::Whole => self.port.input(self.now, bytes),
            Arrival::ByteByByte => bytes
                .chunks(1)
                .for_each(|byte| self.port.input(self.now, byte)),
        }
    }

    /// Reads all bytes that the module has for the host now.
    pub fn output_bytes(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        while !self.host_paused && !self.port.output().is_empty() {
            let piece = self.port.output().to_vec();
            self.port.sent(self.now, piece.len());
            all.extend(piece);
        }
        all
    }

    /// As [`Bench::output_bytes`], as text.
    pub fn output(&mut self) -> String {
        String::from_utf8(self.output_bytes()).unwrap()
    }

    /// Advances the clock, stopping at every deadline; returns the output.
    pub fn advance_bytes(&mut self, time: Duration) -> Vec<u8> {
        let end = self.now + time;
        let mut output = self.output_bytes();
        while let Some(at) = self.port.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.port.tick(self.now);
            output.extend(self.output_bytes());
        }
        self.now = end;
        self.port.tick(end);
        output.extend(self.output_bytes());
        output
    }

    /// As [`Bench::advance_bytes`], as text.
    pub fn advance(&mut self, time: Duration) -> String {
        String::from_utf8(self.advance_bytes(time)).unwrap()
    }

    /// Sends text; returns the output of the next 0.9 s, which is less than any time-out.
    pub fn send(&mut self, text: &str) -> String {
        self.send_bytes(text.as_bytes())
    }

    /// As [`Bench::send`], for bytes.
    pub fn send_bytes(&mut self, bytes: &[u8]) -> String {
        self.input(bytes);
        self.advance(Duration::from_millis(900))
    }

    /// Sends a command line and checks the exact output.
    #[track_caller]
    pub fn expect_bytes(&mut self, command: &str, output: &str) {
        assert_eq!(
            self.send(&format!("{command}\r")),
            output,
            "after {command}"
        );
    }

    /// Sends a command line and checks the output, given as lines to be framed.
    #[track_caller]
    pub fn expect_lines(&mut self, command: &str, lines: &[&str]) {
        self.expect_bytes(command, &framed(lines));
    }

    /// Sends a command line and checks that the output is these information lines and OK.
    #[track_caller]
    pub fn expect_info(&mut self, command: &str, lines: &[&str]) {
        let output = format!("\r\n{}\r\n\r\nOK\r\n", lines.join("\r\n"));
        self.expect_bytes(command, &output);
    }

    /// Applies an event; returns the output.
    pub fn inject(&mut self, injection: Injection) -> String {
        self.port.inject(self.now, injection);
        self.output()
    }

    /// Switches a fault on.
    pub fn fault(&mut self, fault: &str) {
        assert_eq!(self.inject(Injection::Fault(fault.parse().unwrap())), "");
    }

    /// Sends the escape sequence with its guard times; returns the output.
    pub fn send_escape(&mut self) -> String {
        let mut output = self.advance(Duration::from_millis(1000));
        self.input(b"+++");
        output += &self.advance(Duration::from_millis(1000));
        output
    }

    /// Deasserts DTR for 100 ms; returns the output.
    pub fn pulse_dtr(&mut self) -> String {
        self.port.set_dtr(self.now, false);
        let mut output = self.advance(Duration::from_millis(100));
        self.port.set_dtr(self.now, true);
        output += &self.advance(Duration::from_millis(100));
        output
    }
}
