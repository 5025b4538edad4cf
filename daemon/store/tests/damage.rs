//! Damage is found where it concerns the queue, and costs no more than it has to: a single row, the
//! receipts, or what was not completely written.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::fs;

use common::model::all_history;
use common::{change, open_sound, samples, torture, used};
use modem_ftp_core::api::fact::Fact;
use modem_ftp_store::{Condition, DATABASE, HistoryFilter, Opened, Store, StoreError};

#[test]
fn single_rows_are_skipped_and_reported() {
    let directory = used();
    change(
        directory.path(),
        "UPDATE transfer SET state = 'running' WHERE id = 40;
         UPDATE transfer SET remote = CAST(x'ff00' AS TEXT) WHERE id = 39;
         UPDATE transfer SET uid = -1 WHERE id = 38;
         UPDATE transfer SET options = 'atomic=maybe' WHERE id = 37;
         UPDATE transfer SET id = -5 WHERE id = 36;
         UPDATE chore SET path = NULL WHERE id = 40;
         UPDATE server SET start_position = 'perhaps' WHERE server = 'server-0';
         UPDATE receipt SET error_name = 'Odd', error_text = '' WHERE id = 30;",
    );
    let store = open_sound(directory.path());
    let restored = store.restore().unwrap();
    assert_eq!(restored.stored.transfers.len(), 30 - 5);
    assert_eq!(restored.stored.last_transfer, 40);
    let damaged: Vec<String> = restored.damaged.iter().map(ToString::to_string).collect();
    assert_eq!(damaged.len(), 7, "{damaged:#?}");
    assert!(damaged[0].starts_with("transfer -5: "), "{damaged:#?}");
    assert_eq!(damaged[4], "transfer 40: unknown word \"running\"");
    let page = store.history(&HistoryFilter::default()).unwrap();
    assert_eq!((page.entries.len(), page.damaged.len()), (35, 1));
}

#[test]
fn damaged_receipts_cost_no_transfer() {
    let directory = used();
    let sound = open_sound(directory.path()).restore().unwrap().stored;
    // The last page of receipts, where the next one has to go.
    let path = directory.path().join(DATABASE);
    let mut bytes = fs::read(&path).unwrap();
    let needle = samples::receipt(36).remote;
    for page in bytes.chunks_mut(1024) {
        let hash = samples::receipt(36).hash.unwrap();
        let holds = |text: &str| page.windows(text.len()).any(|part| part == text.as_bytes());
        // A transfer that has ended holds no hash.
        if holds(&needle) && holds(&hash) {
            page[..16].fill(0xff);
        }
    }
    fs::write(&path, &bytes).unwrap();
    let mut store = open_sound(directory.path());
    let fact = [Fact::Receipt(Box::new(samples::receipt(41)))];
    let refused = store.apply([&fact[..]]).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
    let Opened {
        mut store,
        set_aside,
    } = store.replace_damaged(refused.to_string()).unwrap();
    assert_eq!(set_aside[0].condition, Condition::Damaged);
    assert_eq!(fs::read(&set_aside[0].path).unwrap(), bytes);
    assert_eq!(store.restore().unwrap().stored, sound);
    store.apply([&fact[..]]).unwrap();
    assert_eq!(all_history(&store, &HistoryFilter::default()).len(), 1);
}

#[test]
fn every_overwritten_page_is_found_or_harmless() {
    let sound = used();
    let expected = open_sound(sound.path()).restore().unwrap();
    let bytes = fs::read(sound.path().join(DATABASE)).unwrap();
    let mut found = 0;
    for page in 0..bytes.len() / 1024 {
        let directory = tempfile::tempdir().unwrap();
        let mut damaged = bytes.clone();
        damaged[page * 1024..][..1024].fill(0xa5);
        fs::write(directory.path().join(DATABASE), &damaged).unwrap();
        let opened = Store::open(directory.path()).unwrap();
        if opened.set_aside.is_empty() {
            // A page of receipts: the queue is not touched by it.
            assert_eq!(opened.store.restore().unwrap(), expected, "page {page}");
            // Reading the receipts may fail, but by name.
            match opened.store.history(&HistoryFilter::default()) {
                Ok(_) | Err(StoreError::Damaged(_)) => {}
                Err(other) => panic!("page {page}: {other}"),
            }
        } else {
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}

/// `MODEM_FTP_STORE_FLIPS` sets the number of bytes; the default is 200.
#[test]
fn flipped_bytes_never_end_in_a_panic_or_an_unnamed_state() {
    let sound = used();
    let bytes = fs::read(sound.path().join(DATABASE)).unwrap();
    let expected = open_sound(sound.path()).restore().unwrap().stored;
    let steps = std::env::var("MODEM_FTP_STORE_FLIPS").map_or(200, |n| n.parse().unwrap());
    for step in 0..steps {
        let directory = tempfile::tempdir().unwrap();
        let mut damaged = bytes.clone();
        // The header first, each byte of it.
        let at = if step < 100 {
            step
        } else {
            step * 7919 % bytes.len()
        };
        damaged[at] ^= 1 << (step * 5 / 3 % 8);
        fs::write(directory.path().join(DATABASE), &damaged).unwrap();
        let opened = Store::open(directory.path()).unwrap();
        let restored = opened.store.restore().unwrap();
        if opened.set_aside.is_empty() {
            let there = restored.stored.transfers.len() + restored.damaged.len();
            assert!(there >= expected.transfers.len(), "byte {at}");
        }
    }
}

#[test]
fn half_written_log() {
    // The log as it is when the process is killed, cut at many places: the database is sound and
    // holds the transactions that are whole.
    let running = tempfile::tempdir().unwrap();
    let mut store = open_sound(running.path());
    for number in 1..=40 {
        store.apply([torture::facts(number).as_slice()]).unwrap();
    }
    let database = fs::read(running.path().join(DATABASE)).unwrap();
    let log = fs::read(running.path().join(format!("{DATABASE}-wal"))).unwrap();
    let mut seen = 0;
    for cut in (0..=log.len()).rev().step_by(2999) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(DATABASE), &database).unwrap();
        let path = directory.path().join(format!("{DATABASE}-wal"));
        fs::write(&path, &log[..cut]).unwrap();
        let there = torture::verify(directory.path(), 0).unwrap();
        if cut == log.len() {
            assert_eq!(there, 40);
        }
        // Torn: the last bytes are of something else.
        let mut torn = log[..cut].to_vec();
        let end = torn.len().saturating_sub(700);
        torn[end..].fill(0);
        fs::write(directory.path().join(DATABASE), &database).unwrap();
        fs::write(&path, &torn).unwrap();
        torture::verify(directory.path(), 0).unwrap();
        seen = seen.max(there);
    }
    assert_eq!(seen, 40);
}
