//! `put` and `get` while the module is away: they wait for `--wait` seconds and tell why.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::fake::Fake;
use crate::fake::run::json_lines;

const NO_PORT: &str = "/dev/ttyUSB2: No such file or directory";

fn cancelled(fake: &Fake) -> bool {
    fake.script.calls().contains(&"Cancel(1)".to_owned())
}

#[test]
fn a_module_that_comes_back_gets_the_file() {
    let fake = Fake::start();
    fake.set_module("absent", NO_PORT);
    fake.local("module", b"content");
    let put = fake.spawn(&["put", "module"]);
    fake.wait_for_call("Wait(1)");
    // For longer than the reason is held back.
    std::thread::sleep(Duration::from_millis(1500));
    fake.set_module("starting", "");
    fake.set_module("online", "");
    let (exit, out, err) = put.end();
    assert_eq!(exit, 0, "{err}");
    assert!(out.starts_with("module -> module: "), "{out}");
    let first = format!("modem-ftp: waiting: the module is absent: {NO_PORT}\n");
    assert!(err.starts_with(&first), "{err}");
    assert_eq!(fake.script.file("module").unwrap(), b"content");
    assert!(!cancelled(&fake));
}

#[test]
fn a_module_that_stays_away_is_exit_4_and_the_transfer_is_cancelled() {
    let fake = Fake::start();
    fake.set_module("absent", NO_PORT);
    fake.local("module", b"content");
    let began = Instant::now();
    let outcome = fake.run(&["put", "module", "--wait", "2"]);
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert_eq!(outcome.exit, 4, "{outcome:?}");
    let lines: Vec<_> = outcome.err.lines().collect();
    assert_eq!(
        lines,
        [
            format!("modem-ftp: waiting: the module is absent: {NO_PORT}"),
            format!(
                "modem-ftp: the module is absent: {NO_PORT}; transfer 1 was cancelled after 2 s \
                 (--wait)"
            ),
        ]
    );
    assert!(cancelled(&fake));
    assert_eq!(outcome.text(), "");

    let json = fake.run(&["get", "module", "new", "--wait", "2", "--json"]);
    let errors = json_lines(&json.err);
    assert_eq!(json.exit, 4);
    assert!(errors[0]["waiting"].as_str().unwrap().contains(NO_PORT));
    assert_eq!(
        errors[1]["error"]["name"],
        "org.example.ModemFtp.Error.ModemUnavailable"
    );
    assert_eq!(fake.names(), ["module"]);
}

#[test]
fn a_locked_sim_is_exit_4_and_without_a_wait_at_once() {
    let fake = Fake::start();
    fake.set_module("locked", "SIM PIN required");
    fake.local("module", b"content");
    let outcome = fake
        .run(&["put", "module", "--wait", "0", "--json"])
        .expect(4, "the module is locked: SIM PIN required; transfer 1");
    let error = &json_lines(&outcome.err)[0]["error"];
    assert_eq!(error["name"], "org.example.ModemFtp.Error.SimNotReady");
    fake.run(&["get", "module", "new", "--wait", "0"])
        .expect(4, "SIM PIN required");
    assert_eq!(fake.names(), ["module"]);
    // The other files would fail for the same reason.
    fake.local("module2", b"content");
    fake.run(&["put", "module", "module2", ".", "--wait", "0"])
        .expect(4, "transfer 3 was cancelled");
}

#[test]
fn a_module_that_searches_for_a_network_has_no_time_limit() {
    let fake = Fake::start();
    fake.local("module", b"content");
    let put = fake.spawn(&["put", "module", "--wait", "0"]);
    fake.wait_for_call("Wait(1)");
    std::thread::sleep(Duration::from_millis(1500));
    fake.set_module("online", "");
    let (exit, _, err) = put.end();
    assert_eq!(exit, 0, "{err}");
    assert_eq!(
        err,
        "modem-ftp: waiting: the module is searching: +CEREG: 2, not registered\n"
    );
}

#[test]
fn each_absence_has_the_whole_time_limit() {
    let fake = Fake::start();
    fake.local("module", b"content");
    let put = fake.spawn(&["put", "module", "--wait", "2"]);
    fake.wait_for_call("Wait(1)");
    for _ in 0..3 {
        fake.set_module("absent", NO_PORT);
        std::thread::sleep(Duration::from_millis(1000));
        fake.set_module("searching", "");
    }
    fake.set_module("online", "");
    let (exit, _, err) = put.end();
    assert_eq!(exit, 0, "{err}");
}

#[test]
fn with_detach_the_state_of_the_module_does_not_matter() {
    let fake = Fake::start();
    fake.set_module("absent", NO_PORT);
    fake.local("module", b"content");
    let put = fake.run(&["put", "module", "--detach"]).expect(0, "");
    assert_eq!(put.text(), "/org/example/ModemFtp/transfer/1\n");
    fake.run(&["get", "module", "new", "--detach"])
        .expect(0, "");
    fake.run(&["put", "module", "--detach", "--wait", "5"])
        .expect_usage("--wait");
}

#[test]
fn a_signal_ends_the_wait() {
    let fake = Fake::start();
    fake.set_module("failed", "no answer");
    fake.local("module", b"content");
    let put = fake.spawn(&["put", "module"]);
    fake.wait_for_call("Wait(1)");
    put.signal(Signal::SIGINT);
    assert_eq!(put.end().0, 8);
    assert!(cancelled(&fake));
}
