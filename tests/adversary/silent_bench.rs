//! A bench with a silent disk in its root: what is asked of the daemon, and how soon it has to answer.

use crate::silent_disk::SilentDisk;
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, Config, Kind, need, payload, within};
use std::fs;
use std::time::{Duration, Instant};
use zbus::Variant;

/// Longer than a file may be silent (15 s).
pub const PATIENCE: Duration = Duration::from_secs(25);
/// What needs no file of the silent disk comes within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// With a silent disk in the root.
pub fn bench(module: &[&str]) -> Option<(Bench, SilentDisk)> {
    configured(module, |_| {})
}

/// The same, with changes to the configuration.
pub fn configured(
    module: &[&str],
    change: impl FnOnce(&mut Config),
) -> Option<(Bench, SilentDisk)> {
    let mut disk = None;
    let bench = Bench::configured(
        Kind::Libunftp,
        modem_ftp_tests::Options::default(),
        module,
        |config| {
            disk = Some(SilentDisk::mount(&config.root().join("silent")));
            change(config);
        },
    );
    Some((bench?, need(disk.unwrap())?))
}

pub fn options() -> Options<'static> {
    Options::from([("retries", Variant::from(0_u32))])
}

pub fn upload(bench: &Bench, local: &str, remote: &str) -> Result<u64, String> {
    number(zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .upload("", local, remote, &options())
            .await
    }))
}

pub fn number(path: zbus::Result<zbus::OwnedObjectPath>) -> Result<u64, String> {
    let path = path.map_err(|error| error.to_string())?;
    Ok(path.as_str().rsplit('/').next().unwrap().parse().unwrap())
}

pub fn state(bench: &Bench, number: u64) -> (String, (String, String)) {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        (
            transfer.state().await.unwrap(),
            transfer.error().await.unwrap(),
        )
    })
}

pub fn cancel(bench: &Bench, number: u64) {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        transfer.cancel().await.unwrap();
    });
}

#[track_caller]
pub fn at_once<T>(what: &str, act: impl FnOnce() -> T) -> T {
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
pub fn others_are_served(bench: &Bench) {
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
pub fn fails_as_silent(bench: &Bench, number: u64) {
    let failed = within(PATIENCE, || state(bench, number).0 == "failed");
    let (state, (name, text)) = state(bench, number);
    assert!(failed, "{state}: {text}");
    assert!(name.ends_with("LocalIo"), "{name}");
    assert!(text.contains("the file system does not answer"), "{text}");
}

pub fn transferred(bench: &Bench, number: u64) -> u64 {
    zbus::block_on(async {
        let path = modem_ftp_dbus::names::transfer_path(number);
        let transfer = bench.daemon.transfer(&path).await.unwrap();
        transfer.transferred().await.unwrap()
    })
}
