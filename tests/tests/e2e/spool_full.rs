//! Uploads for which the spool has no room.

use modem_ftp_tests::{Bench, Kind, Options, payload};

#[test]
fn a_put_that_waits_needs_no_room_in_the_spool() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("spool_limit", "2 kB");
    });
    let bench = bench.unwrap();
    let content = payload(10_000);
    bench.local("large", &content);
    let error = bench.fails(&["put", "--detach", "large"], 1);
    assert!(error.contains("(spool_limit)"), "{error}");
    let piped = ["put", "--detach", "-", "piped"];
    let outcome = bench.cli.feed(&piped, &content).unwrap();
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.errors.contains("spool_limit"), "{}", outcome.errors);
    bench.ok(&["put", "large"]);
    assert!(bench.remote("large") == content);
    assert_eq!(bench.remote_names(), ["large"]);
}
