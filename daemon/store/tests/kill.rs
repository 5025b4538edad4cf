//! A process that stores transactions is killed at random moments: what it acknowledged is there,
//! and nothing is there in part.
//!
//! `MODEM_FTP_STORE_KILLS` sets the number of kills; the default is 40.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use std::env;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::torture;

/// Where the child stores; set in the child only.
const DIRECTORY: &str = "MODEM_FTP_STORE_CHILD";

/// Kills, unless the environment says another number.
const KILLS: u32 = 40;

/// Not a test of its own: what the test below runs as another process.
#[test]
fn child_that_writes() {
    if let Some(directory) = env::var_os(DIRECTORY) {
        torture::write(Path::new(&directory), u64::MAX, &mut std::io::stdout());
    }
}

#[test]
fn acknowledged_transactions_survive_sigkill() {
    let kills = env::var("MODEM_FTP_STORE_KILLS").map_or(KILLS, |number| number.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("store");
    fs::create_dir(&database).unwrap();
    let printed = directory.path().join("printed");
    let seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .subsec_nanos();
    let mut random = u64::from(seed) | 1;
    println!("seed {seed}");
    let mut there = 0;
    for kill in 0..kills {
        let out = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&printed)
            .unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child_that_writes", "--nocapture"])
            .env(DIRECTORY, &database)
            .stdin(Stdio::null())
            .stdout(out)
            .spawn()
            .unwrap();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Short ones hit the opening, long ones the writing back of the log.
        let longest = if kill % 4 == 0 { 20_000 } else { 150_000 };
        thread::sleep(Duration::from_micros(random % longest));
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = torture::acknowledged(&fs::read_to_string(&printed).unwrap());
        match torture::verify(&database, acknowledged) {
            Ok(found) => there = found,
            Err(reason) => panic!("after kill {kill}: {reason}"),
        }
    }
    println!("{there} transactions, {kills} kills");
    assert!(there > 0, "no transaction was ever stored");
}
