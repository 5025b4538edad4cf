//! Prints what the store writes for transfers that go well: four transactions each (accepted, staged,
//! being renamed, done with its receipt).
//!
//! ```text
//! cargo run --release -p modem-ftp-store --example flash [DIR]
//! ```
//!
//! The figures are those of the kernel for this process (`/proc/self/io`): `wchar` is what was
//! passed to write calls, `write_bytes` is what went to the block device, in whole pages of the
//! page cache; the latter is 0 on a tmpfs. The journal of the file system comes on top.

#![allow(
    clippy::unwrap_used,
    reason = "a measuring program may stop at the first surprise"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use common::{open_sound, samples};
use modem_ftp_store::Store;

/// Transfers measured.
const NUMBER: u64 = 5000;

fn main() {
    let parent = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    println!("bytes written per transfer from accepted to done, average of {NUMBER}:");
    measure(&parent, "one by one", |store, id| {
        for facts in samples::life(id) {
            store.apply([facts.as_slice()]).unwrap();
        }
    });
    // Eight at a time: what waits while the disk is busy goes into one transaction.
    measure(&parent, "joined by 8", |store, id| {
        if !id.is_multiple_of(8) {
            return;
        }
        let lives: Vec<_> = (id - 7..=id).map(samples::life).collect();
        for step in 0..4 {
            store
                .apply(
                    lives
                        .iter()
                        .filter_map(|life| life.get(step))
                        .map(Vec::as_slice),
                )
                .unwrap();
        }
    });
}

/// Runs all transfers in a new store and prints a line.
fn measure(parent: &std::path::Path, label: &str, mut run: impl FnMut(&mut Store, u64)) {
    let directory = tempfile::tempdir_in(parent).unwrap();
    let mut store = open_sound(directory.path());
    // Behind the first thousand, so that pages are as full as they get.
    for id in 1..=1000 {
        let facts: Vec<_> = samples::life(id).into_iter().flatten().collect();
        store.apply([facts.as_slice()]).unwrap();
    }
    let (begin, before) = (Instant::now(), written());
    for id in 1001..=1000 + NUMBER {
        run(&mut store, id);
    }
    let (time, after) = (begin.elapsed(), written());
    drop(store);
    let size = fs::metadata(directory.path().join(modem_ftp_store::DATABASE))
        .unwrap()
        .len();
    println!(
        "{label:12} wchar {:6}  write_bytes {:6}  {:8.1} transfers/s  database {} bytes/transfer",
        (after.0 - before.0) / NUMBER,
        (after.1 - before.1) / NUMBER,
        f64::from(u32::try_from(NUMBER).unwrap()) / time.as_secs_f64(),
        size / (NUMBER + 1000),
    );
}

/// `wchar` and `write_bytes` of this process.
fn written() -> (u64, u64) {
    let text = fs::read_to_string("/proc/self/io").unwrap();
    let value = |key: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .unwrap();
        line.trim().parse().unwrap()
    };
    (value("wchar:"), value("write_bytes:"))
}
