//! Disks that no mount makes: one that takes a second for every fsync, and one that turns read-only
//! while files on it are open. `tests/shims/disk.c` stands between the daemon and the kernel.

use crate::disk_trouble::{LATER, answers, download, number, property, serves, upload, waiting};
use modem_ftp_dbus::proxies::ModemFtpProxy;
use modem_ftp_tests::{Bench, Config, Kind, Options, payload, within};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use zbus::Fd;

const SIZE: usize = 20_000;

/// With a daemon whose disk behaves as these variables say.
fn shimmed(variables: impl FnOnce(&mut Config)) -> Bench {
    let shim = |config: &mut Config| {
        let library = config.scratch().join("disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shims/disk.c");
        let mut compile = Command::new("cc");
        compile
            .args(["-shared", "-fPIC", "-o"])
            .args([&library, &source]);
        assert!(compile.status().unwrap().success(), "{compile:?}");
        config.set_variable("LD_PRELOAD", library.to_str().unwrap());
        variables(config);
    };
    Bench::configured(Kind::Libunftp, Options::default(), &[], shim).unwrap()
}

#[test]
fn a_disk_that_takes_a_second_for_an_fsync_slows_down_transfers_and_nothing_else() {
    let bench = shimmed(|config| {
        config.set_variable("DISK_SLOW", "1");
    });
    let source = File::open(bench.local("local", &payload(SIZE))).unwrap();
    let connection = bench.daemon.connection().clone();
    let copied = std::thread::spawn(move || {
        number(zbus::block_on(async {
            let front = ModemFtpProxy::new(&connection).await?;
            let fd = Fd::from(std::os::fd::OwnedFd::from(source));
            front.upload_fd("", fd, "remote", &waiting()).await
        }))
    });
    // While it is copied into the spool and stored, and while it moves.
    serves(&bench);
    while !copied.is_finished() {
        answers(&bench);
    }
    let copied = copied.join().unwrap().unwrap();
    assert!(bench.remote("remote") == payload(SIZE));
    let local = bench.daemon.root().join("back");
    let received = std::thread::scope(|scope| {
        let running = scope.spawn(|| download(&bench, "remote", &local));
        while !running.is_finished() {
            answers(&bench);
        }
        running.join().unwrap()
    });
    assert_eq!(property(&bench, received.unwrap()).0, "done");
    assert_eq!(property(&bench, copied).0, "done");
    assert!(fs::read(&local).unwrap() == payload(SIZE));
    serves(&bench);
    assert_eq!(bench.remote_names(), ["remote"]);
}

#[test]
fn a_state_directory_that_turns_read_only_refuses_transfers_until_it_is_writable_again() {
    let mut bench = shimmed(|config| {
        let state = config.scratch().join("state");
        let flag = config.scratch().join("read-only");
        config.set_variable("DISK_DIRECTORY", state.to_str().unwrap());
        config.set_variable("DISK_READ_ONLY", flag.to_str().unwrap());
    });
    let flag = bench.daemon.config().scratch().join("read-only");
    let local = bench.daemon.root().join("local");
    fs::write(&local, payload(SIZE)).unwrap();
    upload(&bench, &local, "first", &waiting()).unwrap();

    fs::write(&flag, "").unwrap();
    let failure = upload(&bench, &local, "second", &waiting()).unwrap_err();
    assert!(failure.contains("LocalIo"), "{failure}");
    assert!(failure.contains("the store failed"), "{failure}");
    let source = File::open(bench.local("source", &payload(SIZE))).unwrap();
    let failure = zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        let fd = Fd::from(std::os::fd::OwnedFd::from(source));
        front
            .upload_fd("", fd, "third", &waiting())
            .await
            .unwrap_err()
    });
    let failure = failure.to_string();
    assert!(
        failure.contains("LocalDenied") || failure.contains("LocalIo"),
        "{failure}"
    );
    assert!(failure.contains("Read-only"), "{failure}");
    answers(&bench);
    serves(&bench);
    assert_eq!(bench.remote_names(), ["first"]);

    fs::remove_file(&flag).unwrap();
    let accepted = || upload(&bench, &local, "fourth", &waiting()).is_ok();
    assert!(within(LATER, accepted), "{}", bench.daemon.tail());
    assert!(bench.remote("fourth") == payload(SIZE));
    bench.daemon.crash().unwrap();
    assert_eq!(property(&bench, 1).0, "done");
    assert_eq!(bench.remote_names(), ["first", "fourth"]);
}
