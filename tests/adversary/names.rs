//! Kind 9: names are data.

use crate::watch::Watch;
use modem_ftp_tests::Bench;
use std::fs;
use std::os::unix::ffi::OsStrExt;

#[test]
fn a_name_with_escape_is_listed_and_never_sent_raw() {
    let bench = Bench::plain();
    let name = std::ffi::OsStr::from_bytes(b"red\x1b[31m\xe4");
    fs::write(bench.server.root().join(name), "x").unwrap();
    fs::write(bench.server.root().join("plain"), "x").unwrap();
    let watch = Watch::begin(&bench);
    let listing = bench.ok(&["ls"]);
    assert!(listing.contains("plain"), "{listing}");
    assert!(!listing.contains('\x1b'), "{listing}");
    watch.end();
}
