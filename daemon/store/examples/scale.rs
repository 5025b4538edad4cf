//! Prints what a store with 1,000,000 receipts and 10,000 queued transfers costs: time to start,
//! memory, pages of the history, storing one more.
//!
//! ```text
//! cargo run --release -p modem-ftp-store --example scale [DIR]
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measuring program may stop at the first surprise"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::time::Instant;

use common::{open_sound, samples};
use modem_ftp_core::api::fact::Fact;
use modem_ftp_store::{HistoryFilter, Retention, Store};

const RECEIPTS: u64 = 1_000_000;
const QUEUED: u64 = 10_000;

/// Set in the process that only starts: where the store is.
const START: &str = "MODEM_FTP_STORE_START";

fn main() {
    if let Some(directory) = std::env::var_os(START) {
        return started(Path::new(&directory));
    }
    let parent = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).unwrap();
    timed("fill with 1,000,000 receipts", || fill(directory.path()));
    start(directory.path());

    let mut store = open_sound(directory.path());
    for queued in [100, QUEUED] {
        let from = store.last().transfer + 1;
        let to = RECEIPTS + queued;
        timed(
            &format!("enqueue up to {queued}, one transaction each"),
            || {
                for id in from..=to {
                    store.apply([samples::life(id)[0].as_slice()]).unwrap();
                }
            },
        );
        let life = samples::life(to);
        timed("  1000 changes of one", || {
            for step in 0..1000 {
                store.apply([life[1 + step % 2].as_slice()]).unwrap();
            }
        });
    }
    drop(store);
    start(directory.path());
    let store = open_sound(directory.path());
    pages(&store);
    drop(store);

    let mut store = open_sound(directory.path());
    let keep = Retention {
        days: 30,
        number: 1000,
    };
    timed("trim, nothing to do", || {
        store.trim(samples::BEGIN, keep).unwrap()
    });
    let more: Vec<_> = (1..=5000)
        .map(|id| Fact::Receipt(Box::new(samples::receipt(id))))
        .collect();
    store.apply([more.as_slice()]).unwrap();
    let trimmed = timed("trim, 1000 of 5000 surplus receipts", || {
        store.trim(samples::BEGIN, keep).unwrap()
    });
    assert!(trimmed.more && trimmed.receipts == 1000);
    timed("close", || drop(store));
}

/// Starts with what is stored, in a process of its own so that its memory is that of this alone.
fn start(directory: &Path) {
    let own = std::env::current_exe().unwrap();
    let ended = std::process::Command::new(own)
        .env(START, directory)
        .status()
        .unwrap();
    assert!(ended.success());
}

/// What that process does.
fn started(directory: &Path) {
    let before = resident();
    let store = timed("in a new process: open", || open_sound(directory));
    let opened = resident();
    let restored = timed("  restore", || store.restore().unwrap());
    println!(
        "  {} transfers; {before} KiB resident before, {opened} with the store, {} with them",
        restored.stored.transfers.len(),
        resident(),
    );
}

/// Stores the receipts, a thousand in a transaction.
fn fill(directory: &Path) {
    let mut store = open_sound(directory);
    for thousand in 0..RECEIPTS / 1000 {
        let receipts: Vec<_> = (1..=1000)
            .map(|id| {
                let id = thousand * 1000 + id;
                let mut receipt = samples::receipt(id);
                receipt.server = format!("server-{}", id % 8);
                Fact::Receipt(Box::new(receipt))
            })
            .collect();
        store.apply([receipts.as_slice()]).unwrap();
    }
}

/// Pages of the history by several filters.
fn pages(store: &Store) {
    let all = HistoryFilter::default();
    let page = timed("history, newest 1000", || store.history(&all).unwrap());
    let next = HistoryFilter {
        before: page.next,
        ..all.clone()
    };
    timed("history, next 1000", || store.history(&next).unwrap());
    let oldest = HistoryFilter {
        before: Some(1500),
        ..all.clone()
    };
    timed("history, oldest 1000", || store.history(&oldest).unwrap());
    let failed = HistoryFilter {
        failed: true,
        ..all.clone()
    };
    timed("history, failed", || store.history(&failed).unwrap());
    let rare = HistoryFilter {
        server: Some("server-3".to_owned()),
        uid: Some(1001),
        failed: true,
        limit: Some(20),
        ..all.clone()
    };
    timed("history, failed of one server and user", || {
        store.history(&rare).unwrap()
    });
    let none = HistoryFilter {
        server: Some("nowhere".to_owned()),
        ..all.clone()
    };
    timed("history, none match", || store.history(&none).unwrap());
    let since = HistoryFilter {
        since: Some(i64::MAX),
        ..all
    };
    timed("history, since later than all", || {
        store.history(&since).unwrap()
    });
}

/// Runs something and prints how long it took.
fn timed<T>(label: &str, run: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = run();
    println!("{label}: {:.1} ms", begin.elapsed().as_secs_f64() * 1000.0);
    result
}

/// KiB of memory this process has.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
