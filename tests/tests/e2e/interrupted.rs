//! Transfers that are stopped: by Ctrl-C, by `cancel`, by the module, by the line, by the server.

use crate::bench::{Bench, payload, sentence};
use modem_ftp_tests::{Bus, Kind, Options, need, within};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn transfer(bench: &Bench, number: u32) -> Value {
    serde_json::from_str(&bench.ok(&["--json", "show", &number.to_string()])).unwrap()
}

fn moving(bench: &Bench, number: u32) -> bool {
    let outcome = bench
        .cli
        .run(&["--json", "show", &number.to_string()])
        .unwrap();
    let Ok(value) = serde_json::from_str::<Value>(&outcome.text()) else {
        return false;
    };
    value["transferred"].as_u64().is_some_and(|bytes| bytes > 0)
}

/// Paced at 115200 baud a transfer of 1 MB takes a minute and a half: time enough to stop it.
fn slow() -> Bench {
    Bench::with_module(&["--baud", "115200"])
}

#[test]
fn control_c_cancels_an_upload_and_waits() {
    let bench = slow();
    bench.local("large", &payload(1_000_000));
    let running = bench.cli.start(&["put", "large"], &[]).unwrap();
    assert!(within(SOON, || moving(&bench, 1)), "nothing moves");
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
    the_line_is_clean(&bench);
    assert_eq!(
        bench.remote_names(),
        ["after"],
        "something of the cancelled upload is left"
    );
}

#[test]
fn a_cancelled_download_leaves_no_byte_on_the_line() {
    let bench = slow();
    fs::write(bench.server.root().join("large"), payload(1_000_000)).unwrap();
    let running = bench.cli.start(&["get", "large"], &[]).unwrap();
    assert!(within(SOON, || moving(&bench, 1)), "nothing moves");
    bench.ok(&["cancel", "1"]);
    let outcome = running.finish().unwrap();
    assert_eq!(outcome.code, Some(8), "{}", outcome.errors);
    the_line_is_clean(&bench);
    assert_eq!(bench.remote_names(), ["after", "large"]);
    assert_eq!(
        fs::read_dir(bench.desk.path()).unwrap().count(),
        2,
        "a half-fetched file is left"
    );
}

/// Other transfers and commands work afterwards.
#[track_caller]
fn the_line_is_clean(bench: &Bench) {
    bench.ok(&["ls"]);
    bench.local("after", b"after");
    bench.ok(&["put", "after"]);
    assert_eq!(bench.remote("after"), b"after");
    bench.ok(&["get", "after", "back"]);
    assert_eq!(fs::read(bench.desk.join("back")).unwrap(), b"after");
}

#[test]
fn a_paused_transfer_waits_for_resume() {
    let bench = slow();
    bench.local("large", &payload(60_000));
    bench.ok(&["put", "--detach", "large"]);
    assert!(within(SOON, || moving(&bench, 1)), "nothing moves");
    bench.ok(&["pause", "1"]);
    assert_eq!(transfer(&bench, 1)["state"], "paused");
    the_line_is_clean(&bench);
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
    assert!(within(SOON, || moving(&bench, 1)), "nothing moves");
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
fn the_module_restarts_in_the_middle() {
    let bench = Bench::with_module(&["--fault", "reset-after=20000"]);
    bench.local("file", &payload(100_000));
    bench.ok(&["put", "file"]);
    assert!(bench.remote("file") == payload(100_000));
    assert!(
        bench.modem.written("AT+QFTPPUT").len() >= 2,
        "it was sent in one go"
    );
    assert_eq!(bench.remote_names(), ["file"]);
}

#[test]
fn the_network_drops_the_context() {
    let bench = Bench::with_module(&["--fault", "pdpdeact-after=20000"]);
    fs::write(bench.server.root().join("file"), payload(100_000)).unwrap();
    bench.ok(&["get", "file"]);
    assert!(fs::read(bench.desk.join("file")).unwrap() == payload(100_000));
}

#[test]
fn the_tty_goes_away_and_comes_back() {
    let mut bench = Bench::plain();
    bench.ok(&["connect"]);
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    bench.fails(&["ls"], 4);
    bench.modem.control("replug").unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    the_line_is_clean(&bench);
}

#[test]
fn the_server_goes_away() {
    let mut bench = Bench::plain();
    bench.ok(&["ls"]);
    bench.server.stop().unwrap();
    bench.fails(&["ls"], 5);
    bench.daemon.wait_for_state("online").unwrap();
}

/// A machine that hangs keeps its connections and says nothing: the transfer still has an end,
/// after `response_timeout`, and so have all calls after it.
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
    assert!(within(SOON, || moving(&bench, 1)), "nothing moves");
    bench.server.freeze().unwrap();
    let begin = Instant::now();
    let outcome = running.finish().unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(60),
        "it took {:?}",
        begin.elapsed()
    );
    assert!(
        [1, 5].contains(&outcome.code.unwrap()),
        "{:?}: {}",
        outcome.code,
        outcome.errors
    );
    let sentence = sentence(&outcome);
    assert!(
        sentence.contains("QFTPPUT") && !sentence.contains("answered ERROR"),
        "{sentence}"
    );
}

/// systemd restarts a daemon that ends because its bus went away.
#[test]
fn the_bus_goes_away() {
    if need(Bus::system_like()).is_none() {
        return; // busd's connections outlive it
    }
    let mut bench = Bench::plain();
    bench.bus.stop().unwrap();
    bench.bus = Bus::start().unwrap();
    let ended = within(SOON, || bench.daemon.ended().unwrap().is_some());
    assert!(ended, "the daemon stays without a bus");
}
