//! Kind 4: limits on amount and total time, not only on silence. What takes minutes is tested in virtual
//! time (daemon/core/tests/pair/amounts.rs).

use crate::watch::Watch;
use modem_ftp_tests::hostile::{Act, Content};
use modem_ftp_tests::{Bench, payload};
use std::fs;
use std::time::{Duration, Instant};

/// Breaking off takes no longer.
const SOON: Duration = Duration::from_secs(20);

/// Runs a verb that must fail with this exit code, soon.
#[track_caller]
fn fails_soon(bench: &Bench, arguments: &[&str], code: i32) -> String {
    let begin = Instant::now();
    let text = bench.fails(arguments, code);
    let took = begin.elapsed();
    assert!(took < SOON, "{took:?}: {text}");
    text
}

/// Forgets every transfer: a failed one keeps its descriptor for a retry.
fn forget(bench: &Bench, transfers: u32) {
    for number in 1..=transfers {
        bench.ok(&["forget", &number.to_string()]);
    }
}

#[test]
fn a_listing_without_an_end() {
    let bench = Bench::hostile();
    let attack = |verb: &str, arguments: &[&str], code: i32, reason: &str| {
        bench.script().on(verb, Act::Send(Content::mlsd(u64::MAX)));
        let text = fails_soon(&bench, arguments, code);
        assert!(text.contains(reason), "{text}");
        bench.script().behave();
        assert_eq!(bench.ok(&["ls"]).trim(), "");
    };
    // The allocator keeps the room of the longest listing, once.
    let too_long = "the listing has more than";
    attack("MLSD", &["ls"], 1, too_long);
    bench
        .script()
        .on("LIST", Act::Send(Content::mlsd(u64::MAX)));
    // What came before it is broken off is printed.
    let outcome = bench.cli.run(&["ls", "--raw"]).unwrap();
    assert_eq!(outcome.code, Some(5), "{}", outcome.errors);
    assert!(
        outcome.errors.contains("more was received"),
        "{}",
        outcome.errors
    );
    bench.script().behave();
    let watch = Watch::begin(&bench);
    attack("NLST", &["ls", "-1"], 1, too_long);
    watch.end();
}

#[test]
fn bytes_behind_the_announced_length() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("a"), payload(5000)).unwrap();
    let watch = Watch::begin(&bench);
    for arguments in [&["get", "a"][..], &["get", "--via", "ufs", "a"]] {
        bench.modem.control("fault surplus=1000000").unwrap();
        let mut arguments = arguments.to_vec();
        arguments.extend(["--retries", "0"]);
        let text = fails_soon(&bench, &arguments, 5);
        assert!(text.contains("more was received"), "{text}");
        assert!(!bench.folder.join("a").exists());
        bench.modem.control("clear surplus").unwrap();
        assert_eq!(bench.ok(&["ls"]).trim(), "a");
    }
    forget(&bench, 2);
    watch.end();
}

#[test]
fn an_announced_length_beyond_what_was_asked_for() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("a"), payload(5000)).unwrap();
    let watch = Watch::begin(&bench);
    bench.modem.control("fault announce=4294967296").unwrap();
    let arguments = ["get", "--via", "ufs", "a", "--retries", "0"];
    let text = fails_soon(&bench, &arguments, 5);
    assert!(text.contains("more was received"), "{text}");
    assert!(!bench.folder.join("a").exists());
    bench.modem.control("clear announce").unwrap();
    bench.ok(&["get", "--via", "ufs", "a"]);
    assert!(fs::read(bench.folder.join("a")).unwrap() == payload(5000));
    forget(&bench, 2);
    watch.end();
}

/// The module's own storage is no place for a file without an end either.
#[test]
fn a_file_without_an_end() {
    let bench = Bench::hostile();
    fs::write(bench.server.root().join("a"), payload(5000)).unwrap();
    let watch = Watch::begin(&bench);
    bench
        .script()
        .on("RETR", Act::Send(Content::bytes(u64::MAX)));
    let arguments = ["get", "--via", "ufs", "a", "--retries", "0"];
    // Its storage is full, or the count is seen first.
    let begin = Instant::now();
    assert_ne!(bench.cli.run(&arguments).unwrap().code, Some(0));
    assert!(begin.elapsed() < SOON);
    assert!(!bench.folder.join("a").exists());
    bench.script().behave();
    bench.ok(&["get", "--via", "ufs", "a"]);
    assert!(fs::read(bench.folder.join("a")).unwrap() == payload(5000));
    forget(&bench, 2);
    watch.end();
}
