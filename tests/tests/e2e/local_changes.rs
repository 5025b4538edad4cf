//! Local files and folders that change while a transfer uses them: what is sent is whole, or the
//! failure has a name.

use crate::disk_trouble::{
    LATER, SOON, answers, download, number, property, serves, started, wait_until_done,
};
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, payload, within};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use zbus::Variant;

/// Sends a file, changes it meanwhile, and returns what is on the server when it is done.
fn changed(change: impl FnOnce(&Path)) -> Vec<u8> {
    let bench = Bench::with_module(&["--baud", "115200"]);
    let local = bench.daemon.root().join("local");
    fs::write(&local, payload(150_000)).unwrap();
    let number = started(&bench, &local, "remote");
    change(&local);
    answers(&bench);
    let begin = Instant::now();
    wait_until_done(&bench, number);
    assert!(begin.elapsed() < Duration::from_secs(60));
    serves(&bench);
    assert_eq!(bench.remote_names(), ["remote"]);
    bench.remote("remote")
}

#[test]
fn a_file_that_is_truncated_while_it_moves_is_sent_as_it_is_then() {
    let truncate = |local: &Path| {
        let file = File::options().write(true).open(local).unwrap();
        file.set_len(5_000).unwrap();
    };
    assert!(changed(truncate) == payload(5_000));
}

#[test]
fn a_file_that_grows_while_it_moves_is_sent_with_what_was_added() {
    let mut wanted = payload(150_000);
    wanted.extend(b"more");
    let grow = |local: &Path| {
        let mut file = File::options().append(true).open(local).unwrap();
        file.write_all(b"more").unwrap();
    };
    assert!(changed(grow) == wanted);
}

#[test]
fn a_file_that_is_replaced_while_it_moves_is_sent_whole() {
    let replacement = vec![0x5a; 60_000];
    let replace = |local: &Path| {
        let other = local.with_extension("new");
        fs::write(&other, vec![0x5a; 60_000]).unwrap();
        fs::rename(&other, local).unwrap();
    };
    // The file that was opened is complete as well, though it has no name any more.
    let sent = changed(replace);
    assert!(
        sent == replacement || sent == payload(150_000),
        "{} bytes",
        sent.len()
    );
}

#[test]
fn a_root_that_is_removed_while_a_file_moves_fails_the_download() {
    let bench = Bench::with_module(&["--baud", "115200"]);
    let root = bench.daemon.root();
    fs::write(bench.server.root().join("source"), payload(60_000)).unwrap();
    let local = root.join("local").to_str().unwrap().to_owned();
    let options = Options::from([("retries", Variant::from(0_u32))]);
    let number = number(zbus::block_on(async {
        let front = bench.daemon.front().await?;
        front.download("", "source", &local, &options).await
    }));
    let number = number.unwrap();
    assert!(within(SOON, || property(&bench, number).1 > 10_000));
    fs::remove_dir_all(&root).unwrap();
    answers(&bench);
    assert!(within(LATER, || property(&bench, number).0 == "failed"));
    let (_, _, (name, text)) = property(&bench, number);
    assert!(name.ends_with("LocalNotFound"), "{name}: {text}");
    serves(&bench);
    let failure = download(&bench, "source", &root.join("other")).unwrap_err();
    assert!(failure.contains("LocalNotFound"), "{failure}");
    assert!(!root.exists());
    serves(&bench);
}
