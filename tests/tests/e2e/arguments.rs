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

#[test]
fn a_local_file_that_exists_is_no_destination() {
    let bench = Bench::plain();
    bench.local("a.csv", b"A");
    bench.local("b.csv", b"B");
    // The last of several that a shell expanded is not the REMOTE that was forgotten.
    let sentence = bench.fails(&["put", "a.csv", "b.csv"], 2);
    assert!(sentence.contains("b.csv"), "{sentence}");
    assert!(sentence.contains("--to"), "{sentence}");
    assert_eq!(bench.remote_names(), [""; 0]);
    bench.ok(&["put", "a.csv", "b.csv", "--to", "."]);
    assert_eq!(bench.remote_names(), ["a.csv", "b.csv"]);
}

#[test]
fn one_directory_and_one_missing_file_do_not_stop_the_others() {
    let bench = Bench::plain();
    bench.local("a.csv", b"A");
    bench.local("z.csv", b"Z");
    fs::create_dir(bench.folder.join("folder.csv")).unwrap();
    let all = ["put", "a.csv", "folder.csv", "gone.csv", "z.csv", "."];
    let outcome = bench.cli.run(&all).unwrap();
    assert_eq!(outcome.code, Some(7), "{}", outcome.errors);
    let told: Vec<&str> = outcome.errors.lines().collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("folder.csv"), "{told:?}");
    assert!(told[1].contains("gone.csv"), "{told:?}");
    assert_eq!(bench.remote_names(), ["a.csv", "z.csv"]);
}
