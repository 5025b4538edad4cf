//! Kind 5: memory is flat, and comes back.

use crate::flood::{call, managed_objects};
use crate::watch::Watch;
use modem_ftp_dbus::names::ROOT_PATH;
use modem_ftp_tests::hostile::{Act, Content};
use modem_ftp_tests::{Bench, connect, process};

/// The module is gone: what is queued waits.
fn with_queued(bench: &mut Bench, count: usize) {
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    bench.local("file", b"content");
    for number in 0..count {
        bench.ok(&["put", "--detach", "file", &format!("file-{number}")]);
    }
}

#[test]
fn ten_thousand_get_managed_objects_in_flight() {
    let mut bench = Bench::plain();
    with_queued(&mut bench, 20);
    bench.modem.control("replug").unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    for number in 1..=20 {
        bench.ok(&["wait", &number.to_string()]);
    }
    let watch = Watch::begin(&bench);
    let before = process::resident(bench.daemon.id()).unwrap();
    let answered = managed_objects(bench.bus.address(), 80, 125);
    assert!(answered >= 80, "only {answered} were answered");
    let peak = process::resident_peak(bench.daemon.id()).unwrap();
    assert!(peak < before + 64 * 1024, "from {before} kB to {peak} kB");
    watch.end();
}

#[test]
fn large_messages_leave_nothing_behind() {
    let bench = Bench::plain();
    let watch = Watch::begin(&bench);
    let connection = connect(bench.bus.address()).unwrap();
    let peer = (ROOT_PATH, "org.freedesktop.DBus.Peer");
    for megabytes in [1, 3, 7, 15, 30, 2, 9] {
        let bytes = vec![b'x'; megabytes << 20];
        assert!(call(&connection, peer, "Ping", &bytes).is_err());
    }
    watch.end();
}

#[test]
fn long_listings_leave_nothing_behind() {
    let bench = Bench::hostile();
    let watch = Watch::begin(&bench);
    let before = process::resident(bench.daemon.id()).unwrap();
    for verb in ["MLSD", "NLST"] {
        bench.script().on(
            verb,
            Act::Send(Content::pieces(|index| {
                (index < 550_000).then(|| b" a\n".to_vec())
            })),
        );
    }
    let rows = |index| format!("-rw-r--r-- 1 user group {index} Nov 22 08:00 file {index}");
    bench
        .script()
        .on("LIST", Act::Send(Content::rows(30_000, rows)));
    for _ in 0..2 {
        bench.fails(&["ls"], 1);
        bench.fails(&["ls", "-1"], 1);
        assert!(bench.ok(&["ls", "--raw", "--json"]).len() > 1_500_000);
    }
    bench.script().behave();
    let peak = process::resident_peak(bench.daemon.id()).unwrap();
    assert!(peak < before + 64 * 1024, "from {before} kB to {peak} kB");
    watch.end();
}

/// What `ls` cannot take goes to a file in flat memory.
#[test]
fn a_listing_of_any_length_goes_to_a_descriptor() {
    let bench = Bench::hostile();
    let watch = Watch::begin(&bench);
    let before = process::resident(bench.daemon.id()).unwrap();
    let row = |index| format!("-rw-r--r-- 1 user group {index} Nov 22 08:00 file {index}");
    let expected: String = (0..70_000).map(|index| row(index) + "\r\n").collect();
    bench
        .script()
        .on("LIST", Act::Send(Content::rows(70_000, row)));
    let listing = bench.ok(&["ls", "--raw"]);
    assert!(
        listing == expected,
        "{} of {} bytes",
        listing.len(),
        expected.len()
    );
    bench.script().behave();
    let peak = process::resident_peak(bench.daemon.id()).unwrap();
    assert!(peak < before + 4 * 1024, "from {before} kB to {peak} kB");
    watch.end();
}
