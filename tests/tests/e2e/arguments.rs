//! One bad argument is one failure: the other files are sent or deleted.

use modem_ftp_tests::Bench;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

#[test]
fn a_local_name_that_is_not_utf_8_does_not_stop_the_others() {
    let bench = Bench::plain();
    bench.local("a.csv", b"A");
    bench.local("z.csv", b"Z");
    let bad = OsStr::from_bytes(b"\xffzz.csv");
    fs::write(bench.folder.join(bad), b"B").unwrap();
    // As a shell sorts what *.csv matches.
    let [put, a, z] = ["put", "a.csv", "z.csv"].map(OsStr::new);
    let outcome = bench.cli.run(&[put, a, z, bad]).unwrap();
    assert_eq!(outcome.code, Some(7), "{}", outcome.errors);
    let told: Vec<&str> = outcome.errors.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains(r"xffzz.csv"), "{told:?}");
    assert_eq!(bench.remote_names(), ["a.csv", "z.csv"]);
}

#[test]
fn a_remote_name_that_cannot_be_sent_does_not_stop_the_others() {
    let bench = Bench::plain();
    for name in ["a", "b"] {
        fs::write(bench.server.root().join(name), b"x").unwrap();
    }
    let outcome = bench.cli.run(&["rm", "a", "no\"name", "b"]).unwrap();
    assert_eq!(outcome.code, Some(2), "{}", outcome.errors);
    assert_eq!(bench.remote_names(), [""; 0]);
}
