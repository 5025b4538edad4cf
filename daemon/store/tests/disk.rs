//! A disk that is full, read-only or missing: a named error, nothing half stored, and the store goes
//! on when the disk does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::fs;
use std::path::Path;

use common::model::Model;
use common::{open_sound, samples, skip, torture};
use modem_ftp_core::api::fact::Fact;
use modem_ftp_store::{DATABASE, Store, StoreError};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// Mounts a file system that only this thread sees. `false`: this may not be done here.
fn mount_tmpfs(target: &Path, options: &str) -> bool {
    let none: Option<&str> = None;
    let mounted = unshare(CloneFlags::CLONE_NEWNS)
        .and_then(|()| mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none))
        .and_then(|()| {
            mount(
                Some("none"),
                target,
                Some("tmpfs"),
                MsFlags::empty(),
                Some(options),
            )
        });
    if let Err(error) = mounted {
        skip(&format!("mounting a file system needs root: {error}"));
        return false;
    }
    true
}

/// Mounts again what is mounted, with other flags.
fn remount(target: &Path, flags: MsFlags, options: &str) {
    let none: Option<&str> = None;
    mount(
        none,
        target,
        none,
        MsFlags::MS_REMOUNT | flags,
        Some(options),
    )
    .unwrap();
}

#[test]
fn missing_directory() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [missing, file] {
        let refused = Store::open(&path).unwrap_err();
        assert_eq!(refused, StoreError::NoDirectory(path));
    }
}

#[test]
fn read_only_file_system() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    if !mount_tmpfs(path, "size=8m") {
        return;
    }
    remount(path, MsFlags::MS_RDONLY, "");
    let refused = Store::open(path).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused}");
    remount(path, MsFlags::empty(), "");
    let mut store = open_sound(path);
    store.apply([torture::facts(1).as_slice()]).unwrap();
    drop(store);
    let before = fs::read(path.join(DATABASE)).unwrap();
    remount(path, MsFlags::MS_RDONLY, "");
    let refused = Store::open(path).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused}");
    assert_eq!(fs::read(path.join(DATABASE)).unwrap(), before);
}

#[test]
fn full_before_the_first_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    if !mount_tmpfs(path, "size=64k") {
        return;
    }
    let filler = path.join("filler");
    let _ = fs::write(&filler, vec![0; 1 << 20]);
    let refused = Store::open(path).unwrap_err();
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    fs::remove_file(filler).unwrap();
    remount(path, MsFlags::empty(), "size=1m");
    open_sound(path);
}

#[test]
fn full_with_a_damaged_database_renames_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    if !mount_tmpfs(path, "size=64k") {
        return;
    }
    fs::write(path.join(DATABASE), "garbage").unwrap();
    let _ = fs::write(path.join("filler"), vec![0; 1 << 20]);
    let refused = Store::open(path).unwrap_err();
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    assert_eq!(fs::read(path.join(DATABASE)).unwrap(), b"garbage");
}

#[test]
fn full_while_running() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    if !mount_tmpfs(path, "size=1m") {
        return;
    }
    let mut store = open_sound(path);
    let mut model = Model::default();
    // Large ones, so that several hundred pages belong to one transaction.
    let batch = |number: u64| -> Vec<Fact> {
        (1..=40)
            .flat_map(|step| torture::facts(number * 40 + step))
            .collect()
    };
    let mut refused = 0;
    for number in 0..60 {
        let facts = batch(number);
        match store.apply([facts.as_slice()]) {
            Ok(()) => facts.iter().for_each(|fact| model.apply(fact)),
            Err(StoreError::Full(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
        // What was refused left nothing behind; reading works on a full disk.
        assert_eq!(store.restore().unwrap().stored, model.stored());
    }
    assert!(refused > 0, "the disk never was full");
    assert!(!model.transfers.is_empty());

    // The same store goes on as soon as there is space.
    remount(path, MsFlags::empty(), "size=16m");
    let facts = batch(60);
    store.apply([facts.as_slice()]).unwrap();
    facts.iter().for_each(|fact| model.apply(fact));
    assert_eq!(store.restore().unwrap().stored, model.stored());
    drop(store);
    assert_eq!(open_sound(path).restore().unwrap().stored, model.stored());
}

#[test]
fn opening_on_a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    if !mount_tmpfs(path, "size=1m") {
        return;
    }
    let mut store = open_sound(path);
    store.apply([torture::facts(1).as_slice()]).unwrap();
    drop(store);
    let _ = fs::write(path.join("filler"), vec![0; 1 << 21]);
    let mut store = open_sound(path);
    assert_eq!(store.restore().unwrap().stored.transfers.len(), 1);
    let refused = store.apply([samples::life(2)[0].as_slice()]).unwrap_err();
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    fs::remove_file(path.join("filler")).unwrap();
    store.apply([samples::life(2)[0].as_slice()]).unwrap();
}
