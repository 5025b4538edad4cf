//! Kinds 2 and 7: callers that leave while their calls wait take nothing away from others.

use crate::flood::call;
use crate::watch::Watch;
use modem_ftp_dbus::names::{BUS_NAME, ROOT_PATH, TRANSFER_INTERFACE, transfer_path};
use modem_ftp_tests::{Bench, connect};
use zbus::Connection;
use zbus::message::Message;

const PEER: (&str, &str) = (ROOT_PATH, "org.freedesktop.DBus.Peer");

/// A bench with one paused transfer, whose end can be waited for for ever.
fn with_paused() -> Bench {
    let mut bench = Bench::plain();
    bench.local("file", b"content");
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    bench.ok(&["put", "--detach", "file", "remote"]);
    bench.ok(&["pause", "1"]);
    bench.modem.control("replug").unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    bench
}

/// Waits for the transfer so many times, without awaiting the replies.
fn wait(caller: &Connection, times: usize) {
    let path = transfer_path(1);
    for _ in 0..times {
        let call = Message::method_call(path.as_str(), "Wait")
            .destination(BUS_NAME)
            .interface(TRANSFER_INTERFACE)
            .build(&());
        zbus::block_on(caller.send(&call.unwrap())).unwrap();
    }
}

/// So many callers one after the other; the calls of each are being handled when it leaves.
fn come_and_go(bench: &Bench, callers: usize, calls: impl Fn(usize) -> usize) {
    let mut number = 0;
    while number < callers {
        let together: Vec<_> = (number..callers.min(number + 10))
            .map(|number| {
                let caller = connect(bench.bus.address()).unwrap();
                wait(&caller, calls(number));
                caller
            })
            .collect();
        number += together.len();
        // The daemon asks the bus whose each call is.
        for caller in together.iter().chain(&together) {
            call(caller, PEER, "Ping", &()).unwrap();
        }
    }
}

#[test]
fn the_waits_of_callers_that_have_left_keep_nobody_out() {
    let bench = with_paused();
    let calls = |number| if number < 2 { 120 } else { 4 };
    // What the daemon keeps after the first calls must not grow with their number.
    come_and_go(&bench, 20, calls);
    let watch = Watch::begin(&bench);
    come_and_go(&bench, 1100, calls);
    bench.ok(&["ls"]);
    bench.ok(&["show", "1"]);
    watch.end();
    bench.ok(&["resume", "1"]);
    bench.ok(&["wait", "1"]);
}

#[test]
fn whoever_still_waits_is_answered() {
    let bench = with_paused();
    let waiting = bench.cli.start(&["wait", "1"], b"").unwrap();
    come_and_go(&bench, 100, |_| 20);
    bench.ok(&["resume", "1"]);
    let outcome = waiting.finish().unwrap();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
}

/// With `wait`, the call of an upload waits as `Wait` does.
#[test]
fn uploads_are_done_whose_callers_have_left() {
    let mut bench = Bench::plain();
    let file = bench.daemon.root().join("file");
    std::fs::write(&file, b"content").unwrap();
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    let front = (ROOT_PATH, modem_ftp_dbus::names::FRONT_INTERFACE);
    for number in 0..30 {
        let caller = connect(bench.bus.address()).unwrap();
        let options = std::collections::HashMap::from([("wait", zbus::Variant::from(true))]);
        let body = ("", file.to_str().unwrap(), format!("f{number}"), options);
        let upload = Message::method_call(front.0, "Upload")
            .destination(BUS_NAME)
            .interface(front.1)
            .build(&body);
        zbus::block_on(caller.send(&upload.unwrap())).unwrap();
        let listed = || bench.ok(&["--json", "transfers"]).lines().count() > number;
        assert!(modem_ftp_tests::within(
            std::time::Duration::from_secs(10),
            listed
        ));
    }
    bench.modem.control("replug").unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    let done = modem_ftp_tests::within(std::time::Duration::from_secs(30), || {
        bench.remote_names().len() == 30
            && !bench.remote_names().iter().any(|it| it.contains(".part"))
    });
    assert!(done, "{:?}", bench.remote_names());
}
