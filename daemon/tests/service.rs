//! The daemon as a service: notifications to systemd, a second daemon, and reloading of the
//! configuration, on a private bus and without a module.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Waiting for longer is a failure.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// A process that is killed at the end of its test.
struct Running(Child);

impl Running {
    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.0.id().try_into().unwrap()), signal).unwrap();
    }

    fn code(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A directory with a configuration and a private bus.
struct TestBus {
    folder: TempDir,
    _bus: Running,
}

impl TestBus {
    /// `None`, with a message, if there is no dbus-daemon; with `MODEM_FTP_REQUIRE_ALL=1` the test
    /// fails instead.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("--address=unix:path={}/bus", folder.path().display());
        let bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(address)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut bus) = bus.map(Running) else {
            let required = std::env::var_os("MODEM_FTP_REQUIRE_ALL").is_some();
            assert!(!required, "dbus-daemon is missing");
            eprintln!("SKIPPED: dbus-daemon is missing, the daemon is not tested as a service");
            return None;
        };
        // dbus-daemon prints its address when it accepts connections.
        let mut line = String::new();
        BufReader::new(bus.0.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.starts_with("unix:"), "{line}");
        let bus = Self { folder, _bus: bus };
        bus.configure(&bus.path().join("none"));
        Some(bus)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn configure(&self, device: &Path) {
        let text = format!(
            "state_directory = \"{}\"\n[modem]\ndevice = \"{}\"\n[server.a]\nhost = \"h\"\n",
            self.path().join("state").display(),
            device.display()
        );
        fs::write(self.path().join("c.toml"), text).unwrap();
    }

    fn daemon(&self, environment: &[(&str, &str)]) -> Running {
        let bus = format!("unix:path={}/bus", self.path().display());
        let child = Command::new(env!("CARGO_BIN_EXE_modem-ftpd"))
            .args(["--config", "c.toml", "--bus", &bus])
            .current_dir(self.path())
            .env_remove("RUST_LOG")
            .env_remove("JOURNAL_STREAM")
            .env_remove("NOTIFY_SOCKET")
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn();
        Running(child.unwrap())
    }
}

/// The socket to which the daemon sends its notifications.
struct NotifySocket(UnixDatagram);

impl NotifySocket {
    fn new(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(TIME_LIMIT)).unwrap();
        Self(socket)
    }

    fn wait_for(&self, wanted: &str) {
        let mut received = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let Ok(count) = self.0.recv(&mut buffer) else {
                panic!("{wanted} was not sent, but {received:?}");
            };
            let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
            if text.lines().any(|line| line == wanted) {
                return;
            }
            received.push(text);
        }
    }
}

/// The log of a daemon, line by line.
struct Log(Receiver<String>);

impl Log {
    fn of(daemon: &mut Running) -> Self {
        let lines = BufReader::new(daemon.0.stderr.take().unwrap()).lines();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self(receiver)
    }

    fn wait_for(&self, wanted: &str) {
        let mut read = Vec::new();
        loop {
            let Ok(line) = self.0.recv_timeout(TIME_LIMIT) else {
                panic!("{wanted:?} was not logged, but {read:#?}");
            };
            if line.contains(wanted) {
                return;
            }
            read.push(line);
        }
    }
}

#[test]
fn systemd_is_notified_of_ready_watchdog_and_stopping() {
    let Some(bus) = TestBus::new() else { return };
    let socket = bus.path().join("notify");
    let notifications = NotifySocket::new(&socket);
    let mut daemon = bus.daemon(&[
        ("NOTIFY_SOCKET", socket.to_str().unwrap()),
        ("WATCHDOG_USEC", "300000"),
    ]);
    notifications.wait_for("READY=1");
    for _ in 0..3 {
        notifications.wait_for("WATCHDOG=1");
    }
    daemon.signal(Signal::SIGTERM);
    notifications.wait_for("STOPPING=1");
    assert_eq!(daemon.code(), Some(0));
}

#[test]
fn a_second_daemon_exits() {
    let Some(bus) = TestBus::new() else { return };
    let socket = bus.path().join("notify");
    let notifications = NotifySocket::new(&socket);
    let _first = bus.daemon(&[("NOTIFY_SOCKET", socket.to_str().unwrap())]);
    notifications.wait_for("READY=1");
    let mut second = bus.daemon(&[]);
    assert_eq!(second.code(), Some(1));
    let mut text = String::new();
    let mut stderr = second.0.stderr.take().unwrap();
    stderr.read_to_string(&mut text).unwrap();
    let expected = format!(
        "error: org.example.ModemFtp is taken on unix:path={}/bus: another modem-ftpd is running\n",
        bus.path().display()
    );
    assert_eq!(text, expected);
}

#[test]
fn another_port_is_used_after_a_reload() {
    use nix::fcntl::OFlag;
    use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};

    let Some(bus) = TestBus::new() else { return };
    let mut daemon = bus.daemon(&[]);
    let log = Log::of(&mut daemon);
    log.wait_for("none: No such file or directory; trying again");

    fs::write(bus.path().join("c.toml"), "[modem]\n").unwrap();
    daemon.signal(Signal::SIGHUP);
    log.wait_for("error: the configuration is invalid, the old one stays in force");
    log.wait_for("error: c.toml:1:2: modem.device is missing");

    let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let device = ptsname_r(&master).unwrap();
    bus.configure(Path::new(&device));
    daemon.signal(Signal::SIGHUP);
    log.wait_for("the configuration was read again");
    log.wait_for(&format!("{device} is open"));
    log.wait_for(&format!("no modem control lines on {device}"));
    // And the first command is sent to it.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut first = [0; 3];
        (&master).read_exact(&mut first).and_then(|()| {
            let sent = sender.send(first);
            sent.map_err(std::io::Error::other)
        })
    });
    assert_eq!(&receiver.recv_timeout(TIME_LIMIT).unwrap(), b"AT\r");
}
