//! One process at a time, numbers that are refused, and what is kept of transfers that have ended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::time::Duration;

use common::{open_sound, samples};
use modem_ftp_core::api::fact::Fact;
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_store::{DATABASE, NUMBERS, Retention, Store, StoreError, Trimmed};
use rusqlite::Connection;
use tempfile::TempDir;

#[test]
fn one_store_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let refused = Store::open(directory.path()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse(_)), "{refused}");
    // Other programs are kept off by SQLite's own lock.
    let other = Connection::open(directory.path().join(DATABASE)).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let locked = other.query_row("SELECT count(*) FROM transfer", [], |row| {
        row.get::<_, i64>(0)
    });
    assert!(locked.is_err());
    drop((store, other));
    open_sound(directory.path());
}

#[test]
fn locked_by_another_program() {
    let directory = TempDir::new().unwrap();
    open_sound(directory.path());
    let other = Connection::open(directory.path().join(DATABASE)).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE")
        .unwrap();
    let refused = Store::open(directory.path()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse(_)), "{refused}");
    drop(other);
    open_sound(directory.path());
}

#[test]
fn a_store_can_be_handed_to_another_thread() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    let stored = std::thread::spawn(move || {
        store.apply([samples::life(1)[0].as_slice()]).unwrap();
        store.restore().unwrap().stored
    });
    assert_eq!(stored.join().unwrap().transfers, [samples::accepted(1)]);
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    for id in [0, 1 << 63, u64::MAX] {
        let facts = [
            Fact::Transfer(Box::new(samples::accepted(1))),
            Fact::Forgotten(TransferId(id)),
        ];
        let refused = store.apply([&facts[..]]).unwrap_err();
        assert!(matches!(refused, StoreError::Unstorable(_)), "{refused}");
    }
    assert_eq!(
        store.restore().unwrap(),
        modem_ftp_store::Restored::default()
    );
}

/// Ended transfers 1 to 30, a day apart, and some that have not ended.
fn ended() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    let mut facts = Vec::new();
    for id in 1..=30_u64 {
        let mut transfer = samples::ended(id);
        transfer.status.finished = id.cast_signed() * 86_400;
        facts.push(Fact::Transfer(Box::new(transfer)));
    }
    for (id, state) in (31..).zip([
        TransferState::Queued,
        TransferState::Active,
        TransferState::Paused,
        TransferState::Waiting,
    ]) {
        let mut transfer = samples::accepted(id);
        transfer.status.state = state;
        facts.push(Fact::Transfer(Box::new(transfer)));
    }
    store.apply([facts.as_slice()]).unwrap();
    (directory, store)
}

fn ids(transfers: impl IntoIterator<Item = u64>) -> Vec<TransferId> {
    transfers.into_iter().map(TransferId).collect()
}

#[test]
fn ended_transfers_are_kept_for_a_time_and_up_to_a_number() {
    let (directory, mut store) = ended();
    let now = 31 * 86_400;
    let all = Retention {
        days: 30,
        number: 30,
    };
    assert_eq!(store.trim(now, all).unwrap(), Trimmed::default());
    let few = Retention {
        days: 28,
        number: 30,
    };
    assert_eq!(store.trim(now, few).unwrap().transfers, ids(1..=2));
    let fewer = Retention {
        days: 28,
        number: 5,
    };
    assert_eq!(store.trim(now, fewer).unwrap().transfers, ids(3..=25));
    let none = Retention { days: 0, number: 0 };
    assert_eq!(store.trim(now, none).unwrap().transfers, ids(26..=30));
    drop(store);
    let stored = open_sound(directory.path()).restore().unwrap().stored;
    let left: Vec<_> = stored
        .transfers
        .iter()
        .map(|transfer| transfer.status.id)
        .collect();
    assert_eq!(left, ids(31..=34));
    assert_eq!(stored.last_transfer, 34);
}

#[test]
fn a_clock_that_is_wrong_removes_no_more_than_the_time_says() {
    let (_directory, mut store) = ended();
    let keep = Retention {
        days: u32::MAX,
        number: u32::MAX,
    };
    for now in [i64::MIN, 0, i64::MAX] {
        let trimmed = store.trim(now, Retention { days: 1, ..keep }).unwrap();
        assert_eq!(trimmed.transfers.is_empty(), now != i64::MAX);
    }
}

#[test]
fn numbers_are_not_used_again_when_all_is_forgotten_or_the_database_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    let facts = [
        Fact::Transfer(Box::new(samples::accepted(1234))),
        Fact::Chore(samples::chore(77)),
        Fact::Forgotten(TransferId(1234)),
        Fact::ChoreDone(modem_ftp_core::api::fact::ChoreId(77)),
    ];
    store.apply([&facts[..]]).unwrap();
    drop(store);
    let last = open_sound(directory.path()).last();
    assert_eq!((last.transfer, last.chore), (1234, 77));
    // The file with the numbers is made again when it is missing.
    std::fs::remove_file(directory.path().join(NUMBERS)).unwrap();
    drop(open_sound(directory.path()));
    std::fs::remove_file(directory.path().join(DATABASE)).unwrap();
    let last = open_sound(directory.path()).last();
    assert_eq!((last.transfer, last.chore), (2000, 1000));
}

#[test]
fn a_chore_that_another_takes_the_place_of_is_gone_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open_sound(directory.path());
    let given_up = |id| Fact::ChoreDone(modem_ftp_core::api::fact::ChoreId(id));
    for id in 1..=100 {
        store
            .apply([&[Fact::Chore(samples::chore(id))][..]])
            .unwrap();
    }
    for id in 101..=150 {
        let facts = [Fact::Chore(samples::chore(id)), given_up(id - 100)];
        store.apply([&facts[..]]).unwrap();
    }
    drop(store);
    let stored = open_sound(directory.path()).restore().unwrap().stored;
    let left: Vec<_> = stored.chores.iter().map(|chore| chore.id.0).collect();
    assert_eq!(left, (51..=150).collect::<Vec<_>>());
    assert_eq!(stored.last_chore, 150);
}
