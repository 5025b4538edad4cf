//! Local disks that are full or read-only: the failure has a name, nothing is damaged, and the module
//! is served meanwhile.

use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, Config, Error, Kind, need, payload, within};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use zbus::{Fd, Variant};

/// A disk that could not store is tried again after 30 s.
pub const LATER: Duration = Duration::from_secs(90);
pub const SOON: Duration = Duration::from_secs(20);
const NONE: Option<&str> = None;

/// Mounts a disk in a mount namespace of this thread, and of the processes that it starts from now
/// on.
fn mount_disk(target: &Path, options: &str) -> Result<(), Error> {
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    unshare(CloneFlags::CLONE_NEWNS)
        .and_then(|()| mount(NONE, "/", NONE, private, NONE))
        .map_err(|error| Error::missing(format!("root, to mount a file system ({error})")))?;
    let kind = Some("tmpfs");
    mount(kind, target, kind, MsFlags::empty(), Some(options))
        .map_err(|error| Error::failed(format!("cannot mount a file system: {error}")))
}

fn remount(target: &Path, flags: MsFlags) {
    mount(NONE, target, NONE, MsFlags::MS_REMOUNT | flags, NONE).unwrap();
}

/// With a disk of its own at the folder that `place` chooses.
fn with_disk(
    module: &[&str],
    options: &str,
    place: impl FnOnce(&Config) -> std::path::PathBuf,
) -> Option<Bench> {
    let mut mounted = Ok(());
    let bench = Bench::configured(
        Kind::Libunftp,
        modem_ftp_tests::Options::default(),
        module,
        |config| mounted = mount_disk(&place(config), options),
    );
    need(mounted)?;
    bench
}

/// Fills a disk.
fn fill(folder: &Path) {
    let mut filler = File::create(folder.join("filler")).unwrap();
    while filler.write_all(&[0; 1024]).is_ok() {}
}

/// Makes room again on a disk that [`fill`] has filled.
fn free(folder: &Path) {
    fs::remove_file(folder.join("filler")).unwrap();
}

/// The daemon answers on the bus within a second.
#[track_caller]
pub fn answers(bench: &Bench) {
    let begin = Instant::now();
    bench.ok(&["status"]);
    let time = begin.elapsed();
    assert!(time < Duration::from_secs(1), "status took {time:?}");
}

/// The module is served: a listing comes within a second.
#[track_caller]
pub fn serves(bench: &Bench) {
    let begin = Instant::now();
    bench.ok(&["ls"]);
    let time = begin.elapsed();
    assert!(time < Duration::from_secs(1), "ls took {time:?}");
}

pub fn waiting() -> Options<'static> {
    Options::from([
        ("wait", Variant::from(true)),
        ("retries", Variant::from(0_u32)),
    ])
}

pub fn upload(
    bench: &Bench,
    local: &Path,
    remote: &str,
    options: &Options<'_>,
) -> Result<u64, String> {
    let local = local.to_str().unwrap();
    number(zbus::block_on(async {
        let front = bench.daemon.front().await?;
        front.upload("", local, remote, options).await
    }))
}

pub fn download(bench: &Bench, remote: &str, local: &Path) -> Result<u64, String> {
    let local = local.to_str().unwrap();
    number(zbus::block_on(async {
        let front = bench.daemon.front().await?;
        front.download("", remote, local, &waiting()).await
    }))
}

pub fn number(path: zbus::Result<zbus::OwnedObjectPath>) -> Result<u64, String> {
    let path = path.map_err(|error| error.to_string())?;
    Ok(path.as_str().rsplit('/').next().unwrap().parse().unwrap())
}

pub fn property(bench: &Bench, number: u64) -> (String, u64, (String, String)) {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        let state = transfer.state().await.unwrap();
        let transferred = transfer.transferred().await.unwrap();
        (state, transferred, transfer.error().await.unwrap())
    })
}

#[track_caller]
pub fn wait_until_done(bench: &Bench, number: u64) {
    let done = within(LATER, || property(bench, number).0 == "done");
    assert!(
        done,
        "{:?}\n{}",
        property(bench, number),
        bench.daemon.tail()
    );
}

/// Queues an upload, and returns when some of its bytes are sent.
#[track_caller]
pub fn started(bench: &Bench, local: &Path, remote: &str) -> u64 {
    let number = upload(bench, local, remote, &Options::new()).unwrap();
    let moves = within(SOON, || property(bench, number).1 > 10_000);
    assert!(moves, "{:?}", property(bench, number));
    number
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_download_to_a_full_disk_fails_and_leaves_nothing() {
    let Some(bench) = with_disk(&[], "size=256k", Config::root) else {
        return;
    };
    let root = bench.daemon.root();
    fs::write(bench.server.root().join("large"), payload(1_000_000)).unwrap();
    fs::write(bench.server.root().join("small"), payload(10_000)).unwrap();
    fs::write(root.join("file"), b"as before").unwrap();
    let failure = download(&bench, "large", &root.join("file")).unwrap_err();
    assert!(failure.contains("LocalIo"), "{failure}");
    assert!(failure.contains("No space left"), "{failure}");
    serves(&bench);
    assert_eq!(names(&root), ["file"]);
    assert_eq!(fs::read(root.join("file")).unwrap(), b"as before");
    download(&bench, "small", &root.join("file")).unwrap();
    assert!(fs::read(root.join("file")).unwrap() == payload(10_000));
}

#[test]
fn a_full_state_directory_refuses_transfers_and_nothing_else() {
    let Some(bench) = with_disk(&[], "size=2m", |config| config.scratch().join("state")) else {
        return;
    };
    let state = bench.daemon.state();
    let local = bench.daemon.root().join("local");
    fs::write(&local, payload(20_000)).unwrap();
    upload(&bench, &local, "first", &waiting()).unwrap();
    fill(&state);

    let mut refused = 0;
    for _ in 0..50 {
        // Until the room in the database's own files is used up.
        match upload(&bench, &local, "second", &waiting()) {
            Ok(_) => {}
            Err(failure) => {
                assert!(failure.contains("LocalIo"), "{failure}");
                assert!(failure.contains("full"), "{failure}");
                refused += 1;
                if refused == 3 {
                    break;
                }
            }
        }
    }
    assert_eq!(refused, 3, "the disk never was full");
    let source = File::open(bench.local("source", &payload(20_000))).unwrap();
    let failure = zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        let fd = Fd::from(std::os::fd::OwnedFd::from(source));
        let result = front.upload_fd("", fd, "third", &waiting()).await;
        result.unwrap_err().to_string()
    });
    assert!(failure.contains("LocalIo"), "{failure}");
    assert!(failure.contains("No space left"), "{failure}");
    answers(&bench);
    serves(&bench);

    free(&state);
    let accepted = || upload(&bench, &local, "fourth", &waiting()).is_ok();
    assert!(within(LATER, accepted), "{}", bench.daemon.tail());
    assert!(bench.remote("fourth") == payload(20_000));
    let names = bench.remote_names();
    assert!(!names.contains(&"third".to_owned()), "{names:?}");
    assert!(!names.iter().any(|it| it.ends_with(".part")), "{names:?}");
}

#[test]
fn a_state_directory_that_fills_up_while_a_file_moves_damages_nothing() {
    let line = ["--baud", "115200"];
    let Some(mut bench) = with_disk(&line, "size=2m", |config| config.scratch().join("state"))
    else {
        return;
    };
    let state = bench.daemon.state();
    let local = bench.daemon.root().join("local");
    fs::write(&local, payload(120_000)).unwrap();
    let number = started(&bench, &local, "remote");
    fill(&state);
    answers(&bench);
    // Its end cannot be stored, or just so.
    std::thread::sleep(Duration::from_secs(12));
    answers(&bench);
    free(&state);
    wait_until_done(&bench, number);
    assert!(bench.remote("remote") == payload(120_000));
    bench.daemon.crash().unwrap();
    assert_eq!(property(&bench, number).0, "done");
    assert_eq!(bench.remote_names(), ["remote"]);
}

#[test]
fn a_read_only_state_directory_refuses_transfers_and_nothing_else() {
    let Some(mut bench) = with_disk(&[], "size=4m", |config| config.scratch().join("state")) else {
        return;
    };
    let state = bench.daemon.state();
    let local = bench.daemon.root().join("local");
    fs::write(&local, payload(20_000)).unwrap();
    upload(&bench, &local, "first", &waiting()).unwrap();
    bench.daemon.kill().unwrap();
    let before = fs::read(state.join("queue.db")).unwrap();
    remount(&state, MsFlags::MS_RDONLY);
    bench.daemon.launch_again().unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    let failure = upload(&bench, &local, "second", &waiting()).unwrap_err();
    assert!(failure.contains("LocalIo"), "{failure}");
    assert!(failure.contains("Read-only"), "{failure}");
    answers(&bench);
    serves(&bench);
    assert!(fs::read(state.join("queue.db")).unwrap() == before);

    bench.daemon.kill().unwrap();
    remount(&state, MsFlags::empty());
    bench.daemon.launch_again().unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    assert_eq!(property(&bench, 1).0, "done");
    upload(&bench, &local, "third", &waiting()).unwrap();
    assert_eq!(bench.remote_names(), ["first", "third"]);
}
