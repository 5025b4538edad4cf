//! The section TROUBLE of modem-ftp(1) shows the sentences that are really printed: those of the daemon,
//! the serial port and callers, and those of local files. The core's tests have the others.

use crate::other_users_of_the_port::Holder;
use modem_ftp_tests::{
    Bench, Bus, Cli, Config, Daemon, Error, Kind, Modem, Options, Outcome, Scratch, binary, need,
    payload, sentence, trouble, within,
};
use std::process::Command;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

#[track_caller]
fn check(group: &str, said: &[String]) {
    let differences = trouble::differences(group, said);
    assert!(differences.is_empty(), "{group}: {differences:#?}");
}

fn failed(outcome: Result<Outcome, Error>, code: i32) -> String {
    let outcome = outcome.unwrap();
    assert_eq!(outcome.code, Some(code), "{}", outcome.errors);
    sentence(&outcome)
}

/// A daemon for this serial port, without a server.
fn daemon(bus: &Bus, device: &std::path::Path) -> Daemon {
    let mut config = Config::new(device).unwrap();
    config.set("server.plant.host", "127.0.0.1");
    config.set("max_queued", 1);
    Daemon::start(bus, config).unwrap()
}

/// What a call fails with once the serial port could not be opened.
fn port_failure(cli: &Cli, words: &str) -> String {
    let mut last = String::new();
    let shown = within(SOON, || {
        last = failed(cli.run(&["connect"]), 4);
        last.contains(words)
    });
    assert!(shown, "no {words:?} in {last:?}");
    last
}

/// What the check of a configuration prints.
fn check_of_configuration(change: impl FnOnce(&mut Config)) -> String {
    let mut config = Config::new(std::path::Path::new("/dev/modem-ftp")).unwrap();
    config.set("server.plant.host", "ftp.example.net");
    change(&mut config);
    let mut command = Command::new(binary("modem-ftpd").unwrap());
    command
        .arg("--check")
        .arg("--config")
        .arg(config.write().unwrap());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text.trim_end().to_owned()
}

#[test]
fn daemon_port_and_callers() {
    let Some(bus) = need(Bus::system_like()) else {
        return;
    };
    let folder = Scratch::new().unwrap();
    let cli = Cli::new(&bus);
    let stranger = cli.clone().run_by(Bus::STRANGER, Bus::STRANGER, &[]);
    let Some(stranger) = need(stranger) else {
        return;
    };
    let mut said = vec![failed(cli.run(&["status"]), 3)];
    let running = daemon(&bus, &folder.join("ttyUSB2"));
    said.push(port_failure(&cli, "No such file"));
    let refused = failed(stranger.run(&["status"]), 3);
    drop(running);
    let modem = Modem::start(&[]).unwrap();
    let holder = Holder::locking(&modem.device());
    let _running = daemon(&bus, &modem.device());
    said.push(port_failure(&cli, "another process"));
    drop(holder);
    said.push(refused);
    said.push(check_of_configuration(|config| {
        config.set("server.plant.prot", 21);
    }));
    said.push(check_of_configuration(|config| {
        config.set("server.plant.password_file", "/nonexistent/password");
    }));
    check("Daemon, serial port and callers", &said);
}

#[test]
fn local_files_and_the_queue() {
    let bench = Bench::plain();
    bench.local("readings.csv", b"1,2");
    bench.ok(&["put", "readings.csv"]);
    let outside = bench.folder.join("outside").display().to_string();
    let mut said = vec![
        bench.fails(&["put", "missing.csv"], 7),
        bench.fails(&["get", "--detach", "readings.csv", &outside], 7),
        bench.fails(&["get", "readings.csv", "/dev/full"], 7),
    ];
    let bus = Bus::start().unwrap();
    let _daemon = daemon(&bus, &bench.folder.join("ttyUSB2"));
    let cli = Cli::new(&bus).within(bench.folder.path());
    let put = ["put", "--detach", "readings.csv"];
    assert_eq!(cli.run(&put).unwrap().code, Some(0));
    said.push(failed(cli.run(&put), 1));
    let small = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("spool_limit", "2 kB");
    });
    let small = small.unwrap();
    small.local("large.bin", &payload(10_000));
    said.push(small.fails(&["put", "--detach", "large.bin"], 1));
    check("Local files and the queue", &said);
}
