//! Kind 2: no caller can hold the daemon. A file system that does not answer, named by a caller or by
//! the configuration, holds up nothing but the transfers that use it.

use crate::silent_bench::{
    PATIENCE, at_once, bench, cancel, fails_as_silent, number, options, others_are_served, state,
    transferred, upload,
};
use crate::silent_disk::{Op, SilentDisk};
use crate::watch::Watch;
use modem_ftp_dbus::names::BUS_NAME;
use modem_ftp_dbus::proxies::ModemFtpProxy;
use modem_ftp_tests::{Bench, payload, within};
use nix::sys::signal::Signal;
use std::fs;
use std::thread::JoinHandle;
use std::time::Duration;
use zbus::fdo::DBusProxy;

/// A call that names a file of the silent disk, which the daemon looks at before it answers.
fn call(bench: &Bench, local: &str) -> JoinHandle<Result<u64, String>> {
    let (connection, local) = (bench.daemon.connection().clone(), local.to_owned());
    std::thread::spawn(move || {
        number(zbus::block_on(async {
            let front = ModemFtpProxy::new(&connection).await?;
            front.upload("", &local, "remote", &options()).await
        }))
    })
}

/// An upload of the file that has begun to move.
fn moving(bench: &Bench, disk: &SilentDisk) -> u64 {
    let number = upload(bench, &disk.path("file"), "remote").unwrap();
    let moves = within(PATIENCE, || transferred(bench, number) > 10_000);
    assert!(moves, "{:?}", state(bench, number));
    number
}

#[test]
fn a_call_that_names_a_silent_file_holds_up_nobody_else() {
    let Some((bench, disk)) = bench(&[]) else {
        return;
    };
    others_are_served(&bench);
    let watch = Watch::begin(&bench);
    let path = disk.path("file");
    for op in [Op::Open, Op::Look, Op::Attributes] {
        disk.silence(&[op]);
        let call = call(&bench, &path);
        assert!(disk.is_asked(), "{op:?}");
        others_are_served(&bench);
        if op == Op::Open {
            let refused = call.join().unwrap().unwrap_err();
            assert!(refused.contains("LocalIo"), "{refused}");
            assert!(
                refused.contains("the file system does not answer"),
                "{refused}"
            );
            disk.silence(&[]);
        } else {
            disk.silence(&[]);
            let number = call.join().unwrap().unwrap();
            assert!(within(PATIENCE, || state(&bench, number).0 == "done"));
        }
    }
    let number = upload(&bench, &path, "remote").unwrap();
    assert!(within(PATIENCE, || state(&bench, number).0 == "done"));
    assert!(bench.remote("remote") == payload(SilentDisk::SIZE));
    watch.end();
}

#[test]
fn a_transfer_whose_file_falls_silent_fails_and_can_be_cancelled_at_once() {
    let Some((bench, disk)) = bench(&["--baud", "115200"]) else {
        return;
    };
    others_are_served(&bench);
    let watch = Watch::begin(&bench);
    // Between the call and the attempt, and while it moves.
    for cancelled in [true, false] {
        let first = moving(&bench, &disk);
        let second = upload(&bench, &disk.path("file2"), "second").unwrap();
        disk.silence(&[Op::Read, Op::Open]);
        assert!(disk.is_asked());
        if cancelled {
            at_once("cancel", || cancel(&bench, first));
            // Data mode has to be left.
            assert!(
                within(Duration::from_secs(5), || disk.asked() > 1),
                "the second one is opened"
            );
            at_once("ls", || bench.ok(&["ls"]));
            at_once("cancel", || cancel(&bench, second));
            others_are_served(&bench);
            assert_eq!(state(&bench, first).0, "cancelled");
            assert_eq!(state(&bench, second).0, "cancelled");
        } else {
            fails_as_silent(&bench, first);
            at_once("ls", || bench.ok(&["ls"]));
            fails_as_silent(&bench, second);
            others_are_served(&bench);
        }
        disk.silence(&[]);
    }
    assert!(
        !bench
            .remote_names()
            .iter()
            .any(|name| name.ends_with(".part"))
    );
    watch.end();
}

#[test]
fn a_download_to_a_disk_that_falls_silent_can_be_cancelled_and_is_not_named_later() {
    let Some((bench, disk)) = bench(&[]) else {
        return;
    };
    others_are_served(&bench);
    let watch = Watch::begin(&bench);
    let download = |name: &str| {
        let local = disk.path(name);
        number(zbus::block_on(async {
            let front = bench.daemon.front().await?;
            front.download("", "other", &local, &options()).await
        }))
        .unwrap()
    };
    let done = download("done");
    assert!(
        within(PATIENCE, || state(&bench, done).0 == "done"),
        "{:?}",
        state(&bench, done)
    );
    assert!(fs::read(disk.path("done")).unwrap() == payload(5_000));
    for op in [Op::Sync, Op::Write, Op::Create, Op::MakeDirectory] {
        disk.silence(&[op]);
        let silent = download("new");
        assert!(disk.is_asked(), "{op:?}");
        at_once("cancel", || cancel(&bench, silent));
        assert_eq!(state(&bench, silent).0, "cancelled", "{op:?}");
        others_are_served(&bench);
        disk.silence(&[]);
        others_are_served(&bench);
        assert!(!std::path::Path::new(&disk.path("new")).exists(), "{op:?}");
    }
    watch.end();
}

#[test]
fn silent_files_of_one_user_are_limited_and_the_daemon_can_be_stopped() {
    let Some((mut bench, disk)) = bench(&[]) else {
        return;
    };
    others_are_served(&bench);
    disk.silence(&[Op::Open]);
    let calls: Vec<_> = (0..20)
        .map(|number| call(&bench, &disk.path(&format!("file{number}"))))
        .collect();
    assert!(
        within(Duration::from_secs(70), || disk.asked() == 8),
        "{}",
        disk.asked()
    );
    assert!(modem_ftp_tests::process::threads(bench.daemon.id()).unwrap() < 15);
    for call in calls {
        assert!(call.join().unwrap().unwrap_err().contains("LocalIo"));
    }
    let refused = at_once("upload", || upload(&bench, &disk.path("file"), "remote"));
    assert!(
        refused
            .unwrap_err()
            .contains("not used while 8 other files")
    );
    assert_eq!(disk.asked(), 8);
    at_once("ls", || bench.ok(&["ls"]));
    // Its threads end when the kernel lets them; the bus name and the port are free before.
    bench.daemon.signal(Signal::SIGTERM).unwrap();
    let is_gone = || {
        zbus::block_on(async {
            let bus = DBusProxy::new(bench.daemon.connection()).await.unwrap();
            let name = BUS_NAME.try_into().unwrap();
            !bus.name_has_owner(name).await.unwrap()
        })
    };
    assert!(within(Duration::from_secs(5), is_gone));
    disk.silence(&[]);
    assert_eq!(bench.daemon.stop().unwrap(), Some(0));
}

#[test]
fn a_file_that_the_configuration_names_and_that_is_silent_fails_the_reload_only() {
    let Some((bench, disk)) = bench(&[]) else {
        return;
    };
    others_are_served(&bench);
    let config = bench.daemon.config().write().unwrap();
    let good = fs::read_to_string(&config).unwrap();
    let with = |path: &str| {
        let mut table: toml::Table = good.parse().unwrap();
        table["server"]["plant"]["password_file"] = path.into();
        fs::write(&config, toml::to_string(&table).unwrap()).unwrap();
    };
    let watch = Watch::begin(&bench);
    let fifo = bench.daemon.root().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    for path in [fifo.to_str().unwrap(), "/dev/zero", "/dev/ptmx", "/dev"] {
        with(path);
        let failure = at_once("reload", || bench.fails(&["reload"], 1));
        assert!(failure.contains("not a regular file"), "{failure}");
    }
    disk.silence(&[Op::Open]);
    with(&disk.path("file"));
    let silent = bench.cli.start(&["reload"], b"").unwrap();
    assert!(disk.is_asked());
    at_once("ls", || bench.ok(&["ls"]));
    let outcome = silent.finish().unwrap();
    assert!(outcome.errors.contains("does not answer"), "{outcome:?}");
    // Another file can be named meanwhile.
    fs::write(&config, &good).unwrap();
    others_are_served(&bench);
    disk.silence(&[]);
    watch.end();
}
