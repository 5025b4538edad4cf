//! Trouble of the store: a disk that is full, slow or does not answer. Nothing is begun on the server
//! without a record, no promise is made that is not stored, and everything goes on afterwards.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Operation};
use modem_ftp_core::api::status::TransferState;
use modem_ftp_core::engine::STOP_PATIENCE;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{SourcePlan, World};

fn plan(bytes: &[u8]) -> SourcePlan {
    SourcePlan {
        bytes: bytes.to_vec(),
        ..SourcePlan::default()
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_full_disk_refuses_every_acceptance() {
    let mut world = World::online();
    world.fill_store(true);
    for _ in 0..3 {
        let (ticket, handle) = world.begin_upload(plan(b"new"), "a", Options::default());
        let failure = world.reply(ticket).expect_err("refused");
        assert_eq!(failure.name, ErrorName::LocalIo);
        assert!(world.is_released(handle));
    }
    world.wait(MINUTE * 10);
    assert!(!world.has_sent("AT+QFTPOPEN"), "nothing was begun");
    assert!(world.seen.transfers.is_empty() && world.seen.removed.is_empty());
    world.fill_store(false);
    world.put(b"new", "a");
    assert_eq!(world.stored().transfers.len(), 1);
}

#[test]
fn a_disk_that_fills_up_stops_a_transfer_before_its_next_step() {
    let mut world = World::online();
    let id = world.upload(&noise(20_000), "a", Options::default());
    world.when("< CONNECT", |world| world.fill_store(true));
    world.until_transfer(id, TransferState::Active);
    world.until_transfer(id, TransferState::Queued);
    let error = world.transfer(id).error.clone();
    assert_eq!(error.unwrap().0, ErrorName::LocalIo);
    assert!(!world.has_sent("AT+QFTPRENAME"));
    world.wait(MINUTE * 60);
    assert_eq!(world.transfer(id).state, TransferState::Queued);
    assert_eq!(world.sent("AT+QFTPPUT").len(), 1, "it waits for the disk");
    world.call(Operation::WorkingDirectory).unwrap();
    world.fill_store(false);
    let status = world.finish(id);
    assert_eq!((status.state, status.attempts), (TransferState::Done, 1));
    assert_eq!(world.server.get("/a"), Some(noise(20_000)));
    assert_eq!(world.sent("AT+QFTPPUT").len(), 1, "not sent again");
}

#[test]
fn a_cancel_that_cannot_be_stored_says_so_and_is_stored_later() {
    let mut world = World::online();
    let other = world.upload(&noise(50_000), "a", Options::default());
    let id = world.upload(&noise(500), "b", Options::default());
    world.fill_store(true);
    let ticket = world.act(id, Action::Cancel);
    let failure = world.reply(ticket).expect_err("not stored");
    assert_eq!(failure.name, ErrorName::LocalIo);
    assert_eq!(world.transfer(id).state, TransferState::Cancelled);
    world.fill_store(false);
    world.wait(MINUTE);
    world.rough().restart_daemon();
    assert_eq!(world.finish(id).state, TransferState::Cancelled);
    world.finish(other);
    assert_eq!(world.server.get("/b"), None);
}

#[test]
fn nothing_is_begun_before_a_slow_disk_has_stored_it() {
    let mut world = World::online();
    world.slow_store(Duration::from_secs(9));
    world.server.set_latency(Duration::from_millis(100));
    world.rules.refuse_existing();
    world.server.put("/a", b"old");
    world.when("> AT+QFTPPUT", |world| {
        let stored = &world.stored().transfers[0];
        assert!(stored.remote.staging.is_some());
        assert_eq!(stored.remote.renaming, None);
    });
    world.when("> AT+QFTPRENAME", |world| {
        assert_eq!(world.stored().transfers[0].remote.renaming, Some(3));
        assert_eq!(world.stored().transfers[0].remote.backup, None);
    });
    world.when("< +QFTPRENAME: 627", |world| {
        world.when("> AT+QFTPRENAME", |world| {
            assert!(world.stored().transfers[0].remote.backup.is_some());
        });
    });
    let (ticket, _) = world.begin_upload(plan(b"new"), "a", Options::default());
    assert!(world.told(ticket).is_none());
    let id = world.queued(ticket);
    assert_eq!(world.stored().transfers.len(), 1, "told when it is stored");
    let wait = world.act(id, Action::Wait);
    let end = world.reply(wait).unwrap();
    assert!(matches!(end, Reply::Ended(TransferState::Done, _)));
    assert_eq!(
        world.stored().transfers[0].status.state,
        TransferState::Done
    );
    assert_eq!(world.server.paths(), ["/a"]);
}

#[test]
fn a_disk_that_does_not_answer_is_waited_for() {
    let mut world = World::online();
    let id = world.upload(&noise(20_000), "a", Options::default());
    world.when("< CONNECT", |world| world.block_store(true));
    world.until_transfer(id, TransferState::Active);
    world.wait(MINUTE * 60);
    assert!(!world.has_sent("AT+QFTPRENAME"));
    world.call(Operation::WorkingDirectory).unwrap();
    world.block_store(false);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.sent("AT+QFTPPUT").len(), 1, "not sent again");
}

#[test]
fn a_stop_does_not_wait_for_ever_for_a_disk_that_does_not_answer() {
    for said in ["> AT+QFTPOPEN", "< CONNECT", "< +QFTPSIZE: 0,"] {
        let mut world = World::online();
        let id = world.upload(&noise(20_000), "a", Options::default());
        world.when(said, |world| world.block_store(true));
        world.until_said(said);
        world.wait(Duration::from_secs(3));
        let cancel = world.act(id, Action::Cancel);
        world.wait(Duration::from_secs(3));
        world.engine.stop(world.now());
        let limit = STOP_PATIENCE + Duration::from_secs(6);
        world.run_within(limit, |world| world.seen.stopped);
        assert!(world.reply(cancel).is_err(), "it is not stored");
        // What was stored before goes on.
        world.rough().block_store(false);
        world.restart_daemon();
        let state = world.finish(id).state;
        assert!(matches!(
            state,
            TransferState::Done | TransferState::Cancelled
        ));
    }
}
