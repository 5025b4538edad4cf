//! A database that cannot be used is renamed as it is and reported; a new one begins behind its
//! numbers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{change, open_sound, samples, used};
use modem_ftp_store::{Condition, DATABASE, NUMBERS, Opened, SetAside, Store};

/// Opens a store whose database has to be set aside; that has to be the same bytes as before.
fn open_anew(directory: &Path, condition: Condition) -> (Store, SetAside) {
    let before = fs::read(directory.join(DATABASE)).unwrap();
    let Opened { store, set_aside } = Store::open(directory).unwrap();
    let [aside] = set_aside.try_into().unwrap();
    assert_eq!(aside.condition, condition, "{aside}");
    assert_eq!(fs::read(&aside.path).unwrap(), before, "{aside}");
    let name = aside.path.file_name().unwrap().to_str().unwrap();
    let label = format!("{DATABASE}.{}-20", condition.as_str());
    assert!(name.starts_with(&label) && name.ends_with('Z'), "{name}");
    (store, aside)
}

/// The new database is empty, durable, and gives no number a second time.
fn begins_behind(mut store: Store, directory: &Path, last: u64) {
    let stored = store.restore().unwrap().stored;
    assert_eq!(stored.transfers, []);
    assert!(stored.last_transfer >= last, "{}", stored.last_transfer);
    assert!(stored.last_chore >= last, "{}", stored.last_chore);
    assert!(stored.last_transfer < last + 1000);
    let next = stored.last_transfer + 1;
    store.apply([samples::life(next)[0].as_slice()]).unwrap();
    drop(store);
    let stored = open_sound(directory).restore().unwrap().stored;
    assert_eq!(stored.transfers, [samples::accepted(next)]);
}

#[test]
fn newer_schema() {
    let directory = used();
    change(
        directory.path(),
        "PRAGMA user_version = 2; ALTER TABLE transfer ADD COLUMN more",
    );
    let (store, aside) = open_anew(directory.path(), Condition::Newer);
    assert_eq!(aside.reason, "schema version 2, known is 1");
    begins_behind(store, directory.path(), 40);
}

#[test]
fn newer_schema_tells_its_numbers_even_alone() {
    let directory = used();
    change(
        directory.path(),
        "PRAGMA user_version = 7; UPDATE meta SET value = 5555",
    );
    fs::remove_file(directory.path().join(NUMBERS)).unwrap();
    let (store, _) = open_anew(directory.path(), Condition::Newer);
    begins_behind(store, directory.path(), 5555);
}

#[test]
fn another_program() {
    let directory = used();
    change(directory.path(), "PRAGMA application_id = 252006674");
    let (store, aside) = open_anew(directory.path(), Condition::Foreign);
    assert_eq!(aside.reason, "application ID 0x0f055112");
    begins_behind(store, directory.path(), 40);
}

#[test]
fn garbage_and_empty_files() {
    let garbage: Vec<u8> = (0..20_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    for content in [&garbage[..], &[], b"SQLite format 3\0"] {
        let directory = used();
        fs::write(directory.path().join(DATABASE), content).unwrap();
        let (store, _) = open_anew(directory.path(), Condition::Damaged);
        begins_behind(store, directory.path(), 40);
    }
}

#[test]
fn truncated_file() {
    for keep in [4, 2, 1] {
        let directory = used();
        let path = directory.path().join(DATABASE);
        let length = fs::metadata(&path).unwrap().len();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(length * keep / 5).unwrap();
        let (store, _) = open_anew(directory.path(), Condition::Damaged);
        begins_behind(store, directory.path(), 40);
    }
}

#[test]
fn log_without_database() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    store.apply([samples::life(1)[0].as_slice()]).unwrap();
    let log = directory.path().join(format!("{DATABASE}-wal"));
    let content = fs::read(&log).unwrap();
    drop(store);
    fs::remove_file(directory.path().join(DATABASE)).unwrap();
    fs::write(&log, &content).unwrap();
    let Opened { store, set_aside } = Store::open(directory.path()).unwrap();
    assert_eq!(set_aside.len(), 1);
    assert_eq!(set_aside[0].condition, Condition::Incomplete);
    let aside = format!("{}-wal", set_aside[0].path.display());
    assert_eq!(fs::read(aside).unwrap(), content);
    assert_eq!(store.last().transfer, 1000, "the numbers reserved");
    assert_eq!(store.restore().unwrap().stored.transfers, []);
}

#[test]
fn log_of_a_database_set_aside_goes_with_it() {
    let running = tempfile::tempdir().unwrap();
    let mut store = open_sound(running.path());
    store.apply([samples::life(1)[0].as_slice()]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let wal = format!("{DATABASE}-wal");
    for name in [DATABASE, &wal] {
        fs::copy(running.path().join(name), directory.path().join(name)).unwrap();
    }
    let log = fs::read(directory.path().join(&wal)).unwrap();
    // A newer version wrote into the log only.
    let path = directory.path().join(DATABASE);
    let mut bytes = fs::read(&path).unwrap();
    // "SQLite Database File Format", 1.3: the application ID.
    bytes[68] ^= 0xff;
    fs::write(&path, bytes).unwrap();
    let (_, aside) = open_anew(directory.path(), Condition::Foreign);
    let moved = fs::read(format!("{}-wal", aside.path.display())).unwrap();
    assert_eq!(moved, log);
}

#[test]
fn set_aside_twice_in_a_second() {
    let directory = used();
    let mut paths = Vec::new();
    for _ in 0..3 {
        fs::write(directory.path().join(DATABASE), "garbage").unwrap();
        let opened = Store::open(directory.path()).unwrap();
        paths.push(opened.set_aside[0].path.clone());
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 3);
    for path in paths {
        assert_eq!(fs::read(path).unwrap(), b"garbage");
    }
}
