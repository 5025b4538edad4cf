//! What tests and examples share: sample facts, a plain model of the store, numbered transactions,
//! spooled files.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod ack_block;
pub mod model;
pub mod samples;
pub mod spool;
pub mod torture;

use std::io::Write;
use std::path::Path;

use modem_ftp_store::{DATABASE, Store};
use rusqlite::Connection;
use tempfile::TempDir;

/// Opens a store that has to be sound.
pub fn open_sound(directory: &Path) -> Store {
    let opened = Store::open(directory).unwrap();
    assert_eq!(opened.set_aside, [], "a sound database was set aside");
    opened.store
}

/// A directory with a database of 40 transactions, closed.
pub fn used() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    for number in 1..=40 {
        store.apply([torture::facts(number).as_slice()]).unwrap();
    }
    directory
}

/// Changes the database behind the store's back.
pub fn change(directory: &Path, sql: &str) {
    let database = Connection::open(directory.join(DATABASE)).unwrap();
    database.execute_batch(sql).unwrap();
}

/// Says loudly that a test is skipped, or fails where nothing may be skipped.
pub fn skip(what: &str) {
    assert!(
        std::env::var_os("MODEM_FTP_REQUIRE_ALL").is_none_or(|value| value != "1"),
        "{what}"
    );
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    // A closed standard error is no reason to fail a test.
    let _ = std::io::stderr().write_all(format!("\nSKIPPED {test}: {what}\n").as_bytes());
}
