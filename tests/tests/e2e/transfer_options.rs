//! The options of `UploadFd` and `DownloadFd`: accepted and refused values, and their effects.

use crate::descriptors::{download, refusal, upload, wait};
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, payload};
use std::fs::{self, File};
use zbus::Variant;

#[test]
fn invalid_options_are_refused() {
    let bench = Bench::plain();
    let source = File::open(bench.local("source", b"x")).unwrap();
    let wrong = [
        ("colour", Variant::from("blue")),
        ("if-exists", Variant::from("sometimes")),
        ("wait", Variant::from("yes")),
        ("verify", Variant::from("hope")),
        ("via", Variant::from("carrier pigeon")),
        ("retries", Variant::from(-1)),
    ];
    for (name, value) in wrong {
        let options = Options::from([(name, value)]);
        assert_eq!(
            refusal(upload(&bench, &source, "remote", &options)),
            "InvalidArguments",
            "{name}"
        );
    }
    assert_eq!(
        refusal(upload(&bench, &source, "a\"b", &wait())),
        "InvalidArguments"
    );
    assert_eq!(bench.remote_names(), [""; 0]);
}

fn options(via: &'static str, verify: &'static str, atomic: bool) -> Options<'static> {
    let mut options = wait();
    options.insert("via", Variant::from(via));
    options.insert("verify", Variant::from(verify));
    options.insert("atomic", Variant::from(atomic));
    options
}

/// With every combination the bytes arrive, and no file is left on the module.
#[test]
fn every_combination_of_via_verify_and_atomic() {
    let bench = Bench::plain();
    let bytes = payload(9000);
    let source = File::open(bench.local("source", &bytes)).unwrap();
    for via in ["auto", "com", "ufs"] {
        for (verify, atomic) in [
            ("size", true),
            ("size", false),
            ("none", true),
            ("none", false),
            ("content", true),
            ("content", false),
        ] {
            let options = options(via, verify, atomic);
            let what = format!("via {via}, verify {verify}, atomic {atomic}");
            upload(&bench, &source, "remote", &options)
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(bench.remote("remote") == bytes, "{what}");
            let sink = File::create(bench.folder.join("sink")).unwrap();
            download(&bench, "remote", &sink, &options)
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(
                fs::read(bench.folder.join("sink")).unwrap() == bytes,
                "{what}"
            );
        }
    }
    assert_eq!(bench.remote_names(), ["remote"]);
    assert_eq!(
        fs::read_dir(bench.modem.ufs()).unwrap().count(),
        0,
        "a file is left on the module"
    );
}

/// A check that cannot be made is refused before anything is sent.
#[test]
fn checks_that_cannot_be_made_are_refused() {
    let bench = Bench::plain();
    let source = File::open(bench.local("source", &payload(9000))).unwrap();
    bench.ok(&["connect"]);
    // The module computes checksums only of files in its UFS.
    let before = bench.modem.dialogue();
    let result = upload(&bench, &source, "remote", &options("com", "checksum", true));
    assert_eq!(refusal(result), "InvalidArguments");
    assert_eq!(bench.modem.dialogue(), before, "something was sent");
    assert_eq!(bench.remote_names(), [""; 0]);
    upload(&bench, &source, "remote", &options("ufs", "checksum", true)).unwrap();
    assert_eq!(bench.modem.written("AT+QFUPL").len(), 1);
    assert!(bench.remote("remote") == payload(9000));
}

/// With `verify=checksum` a byte that changes between host and module is detected, and the upload
/// to the module is repeated.
#[test]
fn a_byte_that_changes_on_the_serial_line_is_detected() {
    let bench = Bench::plain();
    let source = File::open(bench.local("source", &payload(9000))).unwrap();
    bench.ok(&["connect"]);
    bench.modem.control("fault corrupt-file=1").unwrap();
    upload(&bench, &source, "remote", &options("ufs", "checksum", true)).unwrap();
    assert_eq!(
        bench.modem.written("AT+QFUPL").len(),
        2,
        "it was not repeated"
    );
    assert!(bench.remote("remote") == payload(9000));
}
