//! Kind 2: no caller can hold the daemon. A file system that does not answer, named by a caller or by
//! the configuration, holds up nothing but the transfers that use it.

use crate::silent_disk::{Op, SilentDisk};
use crate::watch::Watch;
use modem_ftp_dbus::names::BUS_NAME;
use modem_ftp_dbus::proxies::{ModemFtpProxy, Options};
use modem_ftp_tests::{Bench, Kind, need, payload, within};
use nix::sys::signal::Signal;
use std::fs;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use zbus::Variant;
use zbus::fdo::DBusProxy;

/// Longer than a file may be silent (15 s).
const PATIENCE: Duration = Duration::from_secs(25);
/// What needs no file of the silent disk comes within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// With a silent disk in the root.
fn bench(module: &[&str]) -> Option<(Bench, SilentDisk)> {
    let mut disk = None;
    let bench = Bench::configured(
        Kind::Libunftp,
        modem_ftp_tests::Options::default(),
        module,
        |config| disk = Some(SilentDisk::mount(&config.root().join("silent"))),
    );
    Some((bench?, need(disk.unwrap())?))
}

fn options() -> Options<'static> {
    Options::from([("retries", Variant::from(0_u32))])
}

fn upload(bench: &Bench, local: &str, remote: &str) -> Result<u64, String> {
    number(zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .upload("", local, remote, &options())
            .await
    }))
}

fn number(path: zbus::Result<zbus::OwnedObjectPath>) -> Result<u64, String> {
    let path = path.map_err(|error| error.to_string())?;
    Ok(path.as_str().rsplit('/').next().unwrap().parse().unwrap())
}

fn state(bench: &Bench, number: u64) -> (String, (String, String)) {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        (
            transfer.state().await.unwrap(),
            transfer.error().await.unwrap(),
        )
    })
}

fn cancel(bench: &Bench, number: u64) {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        transfer.cancel().await.unwrap();
    });
}

#[track_caller]
fn at_once<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = act();
    assert!(
        begin.elapsed() < AT_ONCE,
        "{what} took {:?}",
        begin.elapsed()
    );
    result
}

/// Everything that has nothing to do with the silent disk works at once.
#[track_caller]
fn others_are_served(bench: &Bench) {
    at_once("ls", || bench.ok(&["ls"]));
    at_once("reload", || bench.ok(&["reload"]));
    let root = bench.daemon.root();
    let (local, back) = (root.join("other"), root.join("back"));
    fs::write(&local, payload(5_000)).unwrap();
    let number = at_once("upload", || upload(bench, local.to_str().unwrap(), "other")).unwrap();
    let done = |number| within(Duration::from_secs(5), || state(bench, number).0 == "done");
    assert!(done(number), "{:?}", state(bench, number));
    assert!(bench.remote("other") == payload(5_000));
    let back = back.to_str().unwrap();
    let download = self::number(zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .download("", "other", back, &options())
            .await
    }));
    assert!(done(download.unwrap()));
    assert!(fs::read(back).unwrap() == payload(5_000));
}

#[track_caller]
fn fails_as_silent(bench: &Bench, number: u64) {
    let failed = within(PATIENCE, || state(bench, number).0 == "failed");
    let (state, (name, text)) = state(bench, number);
    assert!(failed, "{state}: {text}");
    assert!(name.ends_with("LocalIo"), "{name}");
    assert!(text.contains("the file system does not answer"), "{text}");
}

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

fn transferred(bench: &Bench, number: u64) -> u64 {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        transfer.transferred().await.unwrap()
    })
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
            // Data mode has to be left.
            let begin = Instant::now();
            cancel(&bench, first);
            assert!(begin.elapsed() < Duration::from_secs(4));
            assert!(
                within(AT_ONCE, || disk.asked() > 1),
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
