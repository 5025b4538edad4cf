//! What was accepted survives the daemon: it is killed, and the next one goes on.

use crate::history::{history, number};
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, payload, within};
use serde_json::Value;
use std::fs;
use std::time::Duration;
use zbus::Variant;

const SOON: Duration = Duration::from_secs(30);
const LATER: Duration = Duration::from_secs(120);

/// Paced at 115200 baud a transfer of 300 kB takes half a minute: time enough to kill the daemon.
fn slow() -> Bench {
    Bench::with_module(&["--baud", "115200"])
}

fn show(bench: &Bench, number: u32) -> Option<Value> {
    let outcome = bench
        .cli
        .run(&["--json", "show", &number.to_string()])
        .unwrap();
    serde_json::from_str(&outcome.text()).ok()
}

fn state(bench: &Bench, number: u32) -> String {
    let shown = show(bench, number);
    shown.map_or_else(String::new, |it| it["state"].as_str().unwrap().to_owned())
}

#[track_caller]
fn wait_for(bench: &Bench, number: u32, wanted: &str) {
    assert!(
        within(LATER, || state(bench, number) == wanted),
        "transfer {number}: {:?}\n{}",
        show(bench, number),
        bench.daemon.tail()
    );
}

fn moves(bench: &Bench, number: u32) -> bool {
    let moved = |it: Value| {
        it["transferred"]
            .as_u64()
            .is_some_and(|bytes| bytes > 20_000)
    };
    show(bench, number).is_some_and(moved)
}

/// Queues a transfer on the bus and returns its number.
fn queue(bench: &Bench, upload: bool, local: &str, remote: &str) -> u32 {
    let options = Options::new();
    let path = zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        match upload {
            true => front.upload("", local, remote, &options).await,
            false => front.download("", remote, local, &options).await,
        }
    });
    let path = path.unwrap();
    path.as_str().rsplit('/').next().unwrap().parse().unwrap()
}

#[test]
fn a_killed_daemon_goes_on_with_its_queue() {
    let mut bench = slow();
    bench.local("large", &payload(300_000));
    bench.ok(&["put", "--detach", "large"]);
    let second = bench.daemon.root().join("second");
    fs::write(&second, payload(5000)).unwrap();
    assert_eq!(queue(&bench, true, second.to_str().unwrap(), "second"), 2);
    bench.local("third", b"third");
    bench.ok(&["put", "--detach", "third"]);
    bench.ok(&["cancel", "3"]);
    // The descriptor is gone, and the file as well.
    fs::remove_file(bench.folder.join("large")).unwrap();
    assert!(within(SOON, || moves(&bench, 1)), "nothing moves");
    bench.daemon.crash().unwrap();

    assert_eq!(state(&bench, 3), "cancelled");
    wait_for(&bench, 1, "done");
    wait_for(&bench, 2, "done");
    assert!(bench.remote("large") == payload(300_000));
    assert!(bench.remote("second") == payload(5000));
    assert_eq!(bench.remote_names(), ["large", "second"]);
    assert_eq!(state(&bench, 3), "cancelled");
    bench.local("fourth", b"fourth");
    assert!(bench.ok(&["put", "--detach", "fourth"]).contains('4'));
    wait_for(&bench, 4, "done");
    // A forgotten number is not used again.
    bench.ok(&["forget", "4"]);
    bench.daemon.crash().unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    bench.ok(&["put", "fourth", "fifth"]);
    assert_eq!(state(&bench, 5), "done");

    // Only the cancelled one can be tried again: its copy is kept.
    let spool = || {
        fs::read_dir(bench.daemon.state().join("spool"))
            .unwrap()
            .count()
    };
    assert!(within(SOON, || spool() == 1), "{} files", spool());
    bench.ok(&["forget", "3"]);
    assert!(within(SOON, || spool() == 0), "{} files", spool());
}

#[test]
fn a_killed_download_leaves_no_staging_file() {
    let mut bench = slow();
    fs::write(bench.server.root().join("large"), payload(200_000)).unwrap();
    let local = bench.daemon.root().join("back");
    assert_eq!(queue(&bench, false, local.to_str().unwrap(), "large"), 1);
    assert!(within(SOON, || moves(&bench, 1)), "nothing moves");
    let names = |bench: &Bench| {
        let entries = fs::read_dir(bench.daemon.root()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        names.collect::<Vec<_>>()
    };
    assert!(names(&bench).is_empty(), "it has no name yet");
    bench.daemon.kill().unwrap();
    assert!(names(&bench).is_empty());
    // What is left of a daemon that was killed while it replaced a file.
    let left = bench.daemon.root().join(".back.01234567.part");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("file"), "half").unwrap();
    bench.daemon.launch_again().unwrap();
    assert!(within(SOON, || !left.exists()), "{left:?} is left");
    wait_for(&bench, 1, "done");
    assert!(fs::read(&local).unwrap() == payload(200_000));
    assert_eq!(names(&bench), ["back"]);
}

#[test]
fn a_pipe_ends_with_the_daemon_unless_it_is_spooled() {
    let mut bench = slow();
    let source = bench.local("source", &payload(100_000));
    let send = |spool: bool, remote: &str| {
        let mut file = fs::File::open(&source).unwrap();
        let (reader, mut writer) = std::io::pipe().unwrap();
        let feeder = std::thread::spawn(move || {
            // An error means that the daemon was killed.
            let _ = std::io::copy(&mut file, &mut writer);
        });
        let options = Options::from([("spool", Variant::from(spool))]);
        zbus::block_on(async {
            let front = bench.daemon.front().await.unwrap();
            let fd = zbus::Fd::from(std::os::fd::OwnedFd::from(reader));
            front.upload_fd("", fd, remote, &options).await.unwrap();
        });
        feeder
    };
    let streamed = send(false, "streamed");
    let spooled = send(true, "spooled");
    spooled.join().unwrap();
    assert!(within(SOON, || moves(&bench, 1)), "nothing moves");
    bench.daemon.crash().unwrap();
    streamed.join().unwrap();
    assert_eq!(state(&bench, 1), "failed");
    let shown = show(&bench, 1).unwrap().to_string();
    assert!(shown.contains("LocalIo"), "{shown}");
    wait_for(&bench, 2, "done");
    assert!(bench.remote("spooled") == payload(100_000));
    assert!(
        within(SOON, || bench.remote_names() == ["spooled"]),
        "{:?}",
        bench.remote_names()
    );
}

#[test]
fn state_and_spool_cannot_be_reached_through_a_root() {
    let bench = Bench::plain();
    let database = bench.daemon.state().join("queue.db");
    assert!(database.exists());
    std::os::unix::fs::symlink(bench.daemon.state(), bench.daemon.root().join("link")).unwrap();
    for path in [database, bench.daemon.root().join("link/queue.db")] {
        let path = path.to_str().unwrap();
        let refused = zbus::block_on(async {
            let front = bench.daemon.front().await.unwrap();
            let up = front.upload("", path, "x", &Options::new()).await;
            let down = front.download("", "x", path, &Options::new()).await;
            (up.unwrap_err().to_string(), down.unwrap_err().to_string())
        });
        assert!(refused.0.contains("LocalDenied"), "{refused:?}");
        assert!(refused.1.contains("LocalDenied"), "{refused:?}");
    }
}

#[test]
fn a_damaged_database_is_set_aside() {
    let mut bench = Bench::plain();
    bench.local("file", b"content");
    bench.ok(&["put", "file"]);
    bench.daemon.stop().unwrap();
    let state = bench.daemon.state();
    fs::write(state.join("queue.db"), vec![0x55; 10_000]).unwrap();
    bench.daemon.launch_again().unwrap();
    let warnings = zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        front.warnings().await.unwrap()
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("queue.db."), "{warnings:?}");
    assert!(bench.daemon.log().contains(&warnings[0]));
    let aside = fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.starts_with("queue.db.damaged-") && name.ends_with('Z'));
    let aside = fs::read(state.join(aside.unwrap())).unwrap();
    assert!(aside == vec![0x55; 10_000]);
    bench.daemon.wait_for_state("online").unwrap();
    bench.ok(&["put", "file", "again"]);
    assert_eq!(bench.remote("again"), b"content");
    let receipts = history(&bench, &Options::new());
    assert!(number(&receipts[0], "Id") > 1, "a number was used again");
}

#[test]
fn without_a_state_directory_everything_but_transfers_works() {
    let bench = Bench::configured(
        modem_ftp_tests::Kind::Libunftp,
        modem_ftp_tests::Options::default(),
        &[],
        |config| {
            config.set("state_directory", "/proc/no/such/directory");
        },
    )
    .unwrap();
    bench.local("file", b"content");
    let sentence = bench.fails(&["put", "file"], 7);
    assert!(sentence.contains("/proc/no/such/directory"), "{sentence}");
    fs::write(bench.server.root().join("there"), b"x").unwrap();
    assert!(bench.ok(&["ls"]).contains("there"));
    let local = bench.daemon.root().join("back");
    let failure = zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        let warnings = front.warnings().await.unwrap();
        assert!(
            warnings[0].contains("/proc/no/such/directory"),
            "{warnings:?}"
        );
        let local = local.to_str().unwrap();
        front.download("", "there", local, &Options::new()).await
    });
    let failure = failure.unwrap_err().to_string();
    assert!(failure.contains("LocalIo"), "{failure}");
}
