//! Another process uses the serial port: it is named, once, and the port is taken as soon as it is free.

use modem_ftp_tests::{
    Bench, Bus, Child, Cli, Config, Daemon, Kind, Modem, Options, Scratch, within,
};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// A process that uses a serial port; it ends when this is dropped.
pub struct Holder {
    process: Child,
    _scratch: Scratch,
}

impl Holder {
    /// One that has the port locked, as programs do that know of flock(2).
    pub fn locking(device: &Path) -> Self {
        let script = "exec 9<>\"$0\"; flock -n 9 || exit 1; echo ready; exec sleep 600 9<&9";
        Self::start(script, device)
    }

    /// One that has it open, as programs do that lock nothing.
    fn opening(device: &Path) -> Self {
        Self::start("exec 9<>\"$0\"; echo ready; exec sleep 600 9<&9", device)
    }

    fn start(script: &str, device: &Path) -> Self {
        let scratch = Scratch::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(device);
        let log = scratch.join("log");
        let mut process = Child::start("holder", &command, &log).unwrap();
        let ready = || {
            std::fs::read_to_string(&log)
                .ok()?
                .contains("ready")
                .then_some(())
        };
        process.wait_until("holder", SOON, ready).unwrap();
        Self {
            process,
            _scratch: scratch,
        }
    }

    /// How it is named: `sleep (process 812)`.
    fn name(&self) -> String {
        format!("sleep (process {})", self.process.id())
    }
}

fn lines_with(daemon: &Daemon, words: &str) -> usize {
    daemon
        .log()
        .lines()
        .filter(|line| line.contains(words))
        .count()
}

#[test]
fn who_has_locked_the_port_is_named_and_the_port_taken_when_it_is_free() {
    let bus = Bus::start().unwrap();
    let modem = Modem::start(&[]).unwrap();
    let holder = Holder::locking(&modem.device());
    let device = modem.device().display().to_string();
    let mut config = Config::new(&modem.device()).unwrap();
    config.set("server.plant.host", "127.0.0.1");
    let mut daemon = Daemon::start(&bus, config).unwrap();
    let cli = Cli::new(&bus);
    let words = format!("{device}: another process uses the port: {}", holder.name());
    let status = || cli.run(&["status"]).unwrap().text();
    assert!(within(SOON, || status().contains(&words)), "{}", status());
    // Some more attempts, which are not logged.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(lines_with(&daemon, "trying again until"), 1);
    drop(holder);
    daemon.wait_for_state("online").unwrap();
    assert_eq!(lines_with(&daemon, "trying again until"), 1);
}

#[test]
fn who_has_the_port_open_as_well_is_warned_of_once() {
    let mut opener = None;
    let mut bench = Bench::started(Kind::Libunftp, Options::default(), &[], |config| {
        let device = config.device();
        opener = Some(Holder::opening(Path::new(&device)));
    })
    .unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    let words = format!(
        "another process has the port open as well: {}",
        opener.as_ref().unwrap().name()
    );
    assert_eq!(
        lines_with(&bench.daemon, &words),
        1,
        "{}",
        bench.daemon.log()
    );
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    assert_eq!(bench.remote("file"), b"x");
    assert_eq!(lines_with(&bench.daemon, "as well"), 1);
}

/// The simulated module has both ends of its pseudo terminal open.
#[test]
fn the_other_end_of_a_pseudo_terminal_is_no_rival() {
    let bench = Bench::plain();
    let log = bench.daemon.log();
    assert!(!log.contains("another process"), "{log}");
}
