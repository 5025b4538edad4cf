//! `put` and `get` while the module is away.

use modem_ftp_tests::{Bench, within};
use std::time::{Duration, Instant};

#[test]
fn put_waits_for_a_module_that_comes_back() {
    let mut bench = Bench::plain();
    bench.local("file", b"content");
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    let put = bench.cli.start(&["put", "file"], &[]).unwrap();
    // For longer than the cause is held back.
    std::thread::sleep(Duration::from_secs(2));
    bench.modem.control("replug").unwrap();
    let outcome = put.finish().unwrap();
    assert_eq!(outcome.code, Some(0), "{}", outcome.errors);
    let waiting = "modem-ftp: waiting: the module is absent: ";
    assert!(outcome.errors.starts_with(waiting), "{}", outcome.errors);
    assert_eq!(bench.remote("file"), b"content");
}

#[test]
fn put_gives_up_and_a_detached_put_is_kept() {
    let mut bench = Bench::plain();
    bench.local("file", b"content");
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    let began = Instant::now();
    let outcome = bench.cli.run(&["put", "--wait", "2", "file", "lost"]);
    let outcome = outcome.unwrap();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(outcome.code, Some(4), "{}", outcome.errors);
    let end = "; transfer 1 was cancelled after 2 s (--wait)\n";
    assert!(outcome.errors.ends_with(end), "{}", outcome.errors);
    assert!(bench.ok(&["show", "1"]).contains("cancelled"));

    bench.ok(&["put", "--detach", "file", "kept"]);
    let piped = ["put", "--detach", "-", "piped"];
    let outcome = bench.cli.feed(&piped, b"from a pipe").unwrap();
    assert_eq!(outcome.code, Some(0), "{}", outcome.errors);
    bench.daemon.crash().unwrap();
    bench.modem.control("replug").unwrap();
    let sent = || bench.remote_names() == ["kept", "piped"];
    assert!(
        within(Duration::from_secs(40), sent),
        "{:?}",
        bench.remote_names()
    );
    assert_eq!(bench.remote("piped"), b"from a pipe");
}
