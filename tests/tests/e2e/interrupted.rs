//! Transfers that are interrupted: by Ctrl-C, `cancel`, the module, the serial line, the server.

use modem_ftp_tests::{Bench, Bus, Kind, Options, need, payload, sentence, within};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn transfer(bench: &Bench, number: u32) -> Value {
    serde_json::from_str(&bench.ok(&["--json", "show", &number.to_string()])).unwrap()
}

fn has_started(bench: &Bench, number: u32) -> bool {
    let outcome = bench
        .cli
        .run(&["--json", "show", &number.to_string()])
        .unwrap();
    let Ok(value) = serde_json::from_str::<Value>(&outcome.text()) else {
        return false;
    };
    value["transferred"].as_u64().is_some_and(|bytes| bytes > 0)
}

/// At 115200 baud a transfer of 1 MB takes 90 s, so that there is time to stop it.
fn slow() -> Bench {
    Bench::with_module(&["--baud", "115200"])
}

#[test]
fn control_c_cancels_an_upload_and_waits_for_its_end() {
    let bench = slow();
    bench.local("large", &payload(1_000_000));
    let running = bench.cli.start(&["put", "large"], &[]).unwrap();
    assert!(
        within(SOON, || has_started(&bench, 1)),
        "no byte was transferred"
    );
    running.signal(Signal::SIGINT).unwrap();
    let asked = Instant::now();
    let outcome = running.finish().unwrap();
    assert_eq!(outcome.code, Some(8), "{}", outcome.errors);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "it took {:?} to stop",
        asked.elapsed()
    );
    assert_eq!(transfer(&bench, 1)["state"], "cancelled");
    commands_and_transfers_work(&bench);
    assert_eq!(
        bench.remote_names(),
        ["after"],
        "a file of the cancelled upload is left"
    );
}

#[test]
fn after_a_cancelled_download_the_line_is_in_command_mode() {
    let bench = slow();
    fs::write(bench.server.root().join("large"), payload(1_000_000)).unwrap();
    let running = bench.cli.start(&["get", "large"], &[]).unwrap();
    assert!(
        within(SOON, || has_started(&bench, 1)),
        "no byte was transferred"
    );
    bench.ok(&["cancel", "1"]);
    let outcome = running.finish().unwrap();
    assert_eq!(outcome.code, Some(8), "{}", outcome.errors);
    commands_and_transfers_work(&bench);
    assert_eq!(bench.remote_names(), ["after", "large"]);
    assert_eq!(
        fs::read_dir(bench.folder.path()).unwrap().count(),
        2,
        "an incomplete file is left"
    );
}

/// Checks that commands and transfers work.
#[track_caller]
fn commands_and_transfers_work(bench: &Bench) {
    bench.ok(&["ls"]);
    bench.local("after", b"after");
    bench.ok(&["put", "after"]);
    assert_eq!(bench.remote("after"), b"after");
    bench.ok(&["get", "after", "back"]);
    assert_eq!(fs::read(bench.folder.join("back")).unwrap(), b"after");
}

#[test]
fn a_paused_transfer_continues_after_resume() {
    let bench = slow();
    bench.local("large", &payload(60_000));
    bench.ok(&["put", "--detach", "large"]);
    assert!(
        within(SOON, || has_started(&bench, 1)),
        "no byte was transferred"
    );
    bench.ok(&["pause", "1"]);
    assert_eq!(transfer(&bench, 1)["state"], "paused");
    commands_and_transfers_work(&bench);
    bench.ok(&["resume", "1"]);
    assert!(within(
        Duration::from_secs(60),
        || transfer(&bench, 1)["state"] == "done"
    ));
    assert!(bench.remote("large") == payload(60_000));
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_sent_again_as_it_is_then() {
    let bench = slow();
    let path = bench.daemon.root().join("log");
    fs::write(&path, payload(400_000)).unwrap();
    let local = path.to_str().unwrap();
    zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        let options = modem_ftp_dbus::proxies::Options::new();
        front.upload("", local, "log", &options).await.unwrap();
    });
    assert!(within(SOON, || has_started(&bench, 1)), "nothing moves");
    let changed = Instant::now();
    fs::write(&path, payload(30_000)).unwrap();
    assert!(
        within(SOON, || transfer(&bench, 1)["state"] == "done"),
        "{}",
        transfer(&bench, 1)
    );
    // All of the first state would have taken 35 s.
    assert!(changed.elapsed() < Duration::from_secs(25));
    assert!(bench.remote("log") == payload(30_000));
    assert_eq!(transfer(&bench, 1)["attempts"], 2);
    assert_eq!(bench.remote_names(), ["log"]);
}

#[test]
fn the_module_restarts_during_an_upload() {
    let bench = Bench::with_module(&["--fault", "reset-after=20000"]);
    bench.local("file", &payload(100_000));
    bench.ok(&["put", "file"]);
    assert!(bench.remote("file") == payload(100_000));
    assert!(
        bench.modem.written("AT+QFTPPUT").len() >= 2,
        "the module did not restart"
    );
    assert_eq!(bench.remote_names(), ["file"]);
}

#[test]
fn the_network_deactivates_the_pdp_context() {
    let bench = Bench::with_module(&["--fault", "pdpdeact-after=20000"]);
    fs::write(bench.server.root().join("file"), payload(100_000)).unwrap();
    bench.ok(&["get", "file"]);
    assert!(fs::read(bench.folder.join("file")).unwrap() == payload(100_000));
    assert!(
        bench.modem.written("AT+QFTPGET").len() >= 2 && bench.modem.written("AT+QIACT=").len() >= 2,
        "the PDP context was not deactivated: {}",
        bench.modem.dialogue()
    );
}

#[test]
fn the_serial_port_disappears_and_comes_back() {
    let mut bench = Bench::plain();
    bench.ok(&["connect"]);
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    bench.fails(&["ls"], 4);
    bench.modem.control("replug").unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    commands_and_transfers_work(&bench);
}

#[test]
fn the_server_goes_away() {
    let mut bench = Bench::plain();
    bench.ok(&["ls"]);
    bench.server.stop().unwrap();
    bench.fails(&["ls"], 5);
    bench.daemon.wait_for_state("online").unwrap();
}

/// A server that hangs keeps its connections open and sends nothing: the transfer ends after
/// `response_timeout`, and later calls end too.
#[test]
fn the_server_hangs() {
    let module = ["--baud", "115200"];
    let bench = Bench::configured(Kind::Pyftpdlib, Options::default(), &module, |config| {
        config.set("server.plant.response_timeout", 20);
    });
    let Some(bench) = bench else { return };
    bench.local("file", &payload(60_000));
    let running = bench
        .cli
        .start(&["put", "--retries", "0", "file"], &[])
        .unwrap();
    assert!(
        within(SOON, || has_started(&bench, 1)),
        "no byte was transferred"
    );
    bench.server.freeze().unwrap();
    let begin = Instant::now();
    let outcome = running.finish().unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(60),
        "it took {:?}",
        begin.elapsed()
    );
    // The module reports only a time-out (609), without a cause: exit code 1.
    assert_eq!(outcome.code, Some(1), "{}", outcome.errors);
    let sentence = sentence(&outcome);
    assert!(
        sentence.contains("QFTPPUT") && !sentence.contains("answered ERROR"),
        "{sentence}"
    );
}

/// The daemon ends when its bus goes away, and systemd restarts it.
#[test]
fn the_bus_goes_away() {
    if need(Bus::system_like()).is_none() {
        return; // busd leaves its connections open
    }
    let mut bench = Bench::plain();
    bench.bus.stop().unwrap();
    bench.bus = Bus::start().unwrap();
    let mut ended = None;
    let stops = within(SOON, || {
        ended = bench.daemon.ended().unwrap();
        ended.is_some()
    });
    assert!(stops, "the daemon keeps running without a bus");
    // The unit has Restart=on-failure and RestartPreventExitStatus=2 78.
    let code = ended.unwrap().code().unwrap();
    assert!(![0, 2, 78].contains(&code), "exit code {code}");
}
