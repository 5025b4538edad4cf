//! Kind 8: files are what they were. What others do to names and files while a transfer uses them
//! changes neither what is received nor what is sent nor what can be reached.

use crate::watch::Watch;
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, Kind, need, payload, within};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::path::Path;
use std::time::Duration;
use zbus::Variant;

const SIZE: usize = 60_000;
const PATIENCE: Duration = Duration::from_secs(30);

fn waiting() -> Options<'static> {
    Options::from([
        ("wait", Variant::from(true)),
        ("retries", Variant::from(0_u32)),
    ])
}

fn upload(bench: &Bench, local: &Path) -> Result<(), String> {
    let local = local.to_str().unwrap();
    zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .upload("", local, "remote", &waiting())
            .await
    })
    .map(drop)
    .map_err(|error| error.to_string())
}

fn download(bench: &Bench, local: &Path) -> Result<(), String> {
    let local = local.to_str().unwrap();
    zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .download("", "source", local, &waiting())
            .await
    })
    .map(drop)
    .map_err(|error| error.to_string())
}

#[test]
fn a_download_has_no_name_that_could_be_replaced() {
    let bench = Bench::with_module(&["--baud", "115200"]);
    let root = bench.daemon.root();
    fs::write(bench.server.root().join("source"), payload(SIZE)).unwrap();
    bench.ok(&["get", "source", root.join("warm").to_str().unwrap()]);
    fs::remove_file(root.join("warm")).unwrap();
    let watch = Watch::begin(&bench);
    for existing in [false, true] {
        let target = root.join("target");
        if existing {
            fs::write(&target, "old").unwrap();
        }
        let running = {
            let (connection, local) = (bench.daemon.connection().clone(), target.clone());
            std::thread::spawn(move || {
                zbus::block_on(async {
                    let front = modem_ftp_dbus::proxies::ModemFtpProxy::new(&connection).await?;
                    front
                        .download("", "source", local.to_str().unwrap(), &waiting())
                        .await
                })
            })
        };
        // Whatever appears beside it is replaced by a forgery.
        while !running.is_finished() {
            for entry in fs::read_dir(&root).unwrap().flatten() {
                if entry.file_name() == "target" {
                    continue;
                }
                let moved = root.join(format!("{}.moved", entry.file_name().display()));
                if fs::rename(entry.path(), moved).is_ok() {
                    let _ = fs::write(entry.path(), "forged");
                }
            }
        }
        running.join().unwrap().unwrap();
        assert!(fs::read(&target).unwrap() == payload(SIZE), "{existing}");
        for entry in fs::read_dir(&root).unwrap().flatten() {
            let _ = fs::remove_file(entry.path());
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    watch.end();
}

#[test]
fn a_source_rewritten_in_place_with_its_time_put_back_is_not_sent_torn() {
    let bench = Bench::with_module(&["--baud", "115200"]);
    let local = bench.daemon.root().join("local");
    fs::write(&local, vec![b'a'; 150_000]).unwrap();
    let before = fs::metadata(&local).unwrap().modified().unwrap();
    let path = zbus::block_on(async {
        let front = bench.daemon.front().await?;
        front
            .upload("", local.to_str().unwrap(), "remote", &Options::new())
            .await
    });
    let path = path.unwrap();
    let transfer = || zbus::block_on(bench.daemon.transfer(path.as_str())).unwrap();
    let moves = || zbus::block_on(transfer().transferred()).unwrap() > 20_000;
    assert!(within(PATIENCE, moves));
    let file = File::options().write(true).open(&local).unwrap();
    file.write_all_at(&vec![b'b'; 150_000], 0).unwrap();
    file.set_modified(before).unwrap();
    let done = || zbus::block_on(transfer().state()).unwrap() == "done";
    assert!(
        within(Duration::from_secs(90), done),
        "{}",
        bench.daemon.tail()
    );
    assert!(bench.remote("remote") == vec![b'b'; 150_000]);
}

#[test]
fn a_root_that_becomes_a_link_or_another_directory_is_not_followed() {
    let bench = Bench::plain();
    let root = bench.daemon.root();
    fs::write(bench.server.root().join("source"), payload(100)).unwrap();
    let secret = bench.local("secret", b"not to be sent");
    let outside = secret.parent().unwrap();
    let old = root.with_extension("old");
    let watch = Watch::begin(&bench);
    fs::rename(&root, &old).unwrap();
    symlink(outside, &root).unwrap();
    for _ in 0..2 {
        let refused = upload(&bench, &root.join("secret")).unwrap_err();
        assert!(refused.contains("LocalDenied"), "{refused}");
        let refused = download(&bench, &root.join("new")).unwrap_err();
        assert!(refused.contains("LocalDenied"), "{refused}");
        assert!(!outside.join("new").exists());
        assert_eq!(bench.remote_names(), ["source"]);
        // The other way round.
        let _ = fs::remove_file(&root);
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("secret"), "x").unwrap();
    }
    fs::remove_dir_all(&root).unwrap();
    fs::rename(&old, &root).unwrap();
    download(&bench, &root.join("new")).unwrap();
    fs::remove_file(root.join("new")).unwrap();
    watch.end();
}

#[test]
fn the_daemons_own_directories_are_not_reached_by_a_mount_or_a_link_in_a_root() {
    let mut mounted = None;
    let bench = Bench::configured(
        Kind::Libunftp,
        modem_ftp_tests::Options::default(),
        &[],
        |config| {
            let (root, state) = (config.root(), config.scratch().join("state"));
            let (bound, file) = (root.join("bound"), root.join("file"));
            fs::create_dir(&bound).unwrap();
            fs::write(&file, "").unwrap();
            fs::write(state.join("kept"), "secret").unwrap();
            symlink("bound", root.join("link")).unwrap();
            let none: Option<&str> = None;
            let bind = MsFlags::MS_BIND;
            mounted = Some(
                unshare(CloneFlags::CLONE_NEWNS)
                    .and_then(|()| {
                        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
                    })
                    .and_then(|()| mount(Some(&state), &bound, none, bind, none))
                    .and_then(|()| mount(Some(&state.join("kept")), &file, none, bind, none))
                    .map_err(|error| modem_ftp_tests::Error::missing(format!("root ({error})"))),
            );
        },
    );
    let (Some(bench), Some(())) = (bench, need(mounted.unwrap())) else {
        return;
    };
    fs::write(bench.server.root().join("source"), payload(100)).unwrap();
    let root = bench.daemon.root();
    for path in [
        "bound/queue.db",
        "bound/kept",
        "link/kept",
        "link/../bound/kept",
        "file",
    ] {
        let refused = upload(&bench, &root.join(path)).unwrap_err();
        assert!(refused.contains("LocalDenied"), "{path}: {refused}");
    }
    for path in ["bound/queue.db", "link/new", "bound/new"] {
        let refused = download(&bench, &root.join(path)).unwrap_err();
        assert!(refused.contains("LocalDenied"), "{path}: {refused}");
    }
    assert!(!root.join("bound/new").exists());
    assert_eq!(bench.remote_names(), ["source"]);
}
