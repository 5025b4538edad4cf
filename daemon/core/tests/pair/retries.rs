//! Retries: at most as many as requested, with growing pauses, and none for permanent errors.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, CallerId, Request};
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

/// When the attempts began, in Unix seconds.
fn attempts(world: &World, id: TransferId) -> Vec<i64> {
    let all = world.seen.transfers[&id].iter();
    let mut starts: Vec<i64> = all
        .filter(|status| status.state == TransferState::Active)
        .map(|status| status.started)
        .collect();
    starts.dedup();
    starts
}

#[test]
fn pauses_grow_and_the_attempts_are_limited() {
    let mut world = World::online();
    for _ in 0..20 {
        world.fault("fail=QFTPPUT:617,450");
    }
    let options = Options {
        retries: 4,
        ..Options::default()
    };
    let id = world.upload(&noise(100), "a", options);
    let status = world.finish(id);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 5));
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteRefused);
    let starts = attempts(&world, id);
    let pauses: Vec<i64> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        pauses.is_sorted() && pauses[3] >= 2 * pauses[1],
        "{pauses:?}"
    );
}

#[test]
fn no_more_attempts_than_requested() {
    for retries in [0, 1] {
        let mut world = World::online();
        for _ in 0..5 {
            world.fault("fail=QFTPPUT:616,426");
        }
        let options = Options {
            retries,
            ..Options::default()
        };
        let id = world.upload(&noise(100), "a", options);
        let status = world.finish(id);
        assert_eq!(status.attempts, retries + 1);
        assert_eq!(status.state, TransferState::Failed);
    }
}

#[test]
fn a_transfer_in_back_off_lets_others_run_and_can_be_retried_at_once() {
    let mut world = World::online();
    for _ in 0..3 {
        world.fault("fail=QFTPPUT:617,450");
    }
    let id = world.upload(&noise(100), "a", Options::default());
    world.run_until(|world| {
        let status = world.transfer(id);
        status.state == TransferState::Waiting && status.attempts == 3
    });
    world.put(b"other", "b");
    assert_eq!(world.transfer(id).state, TransferState::Waiting);
    let ticket = world.act(id, Action::Retry);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    world.run_within(Duration::from_secs(2), |world| {
        world.transfer(id).state == TransferState::Done
    });
}

#[test]
fn a_failed_transfer_can_be_retried_and_forgotten() {
    let mut world = World::online();
    world.fault("fail=QFTPPUT:629,552");
    let id = world.upload(&noise(100), "a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Failed);
    let refused = world.act(id, Action::Cancel);
    assert_eq!(
        world.reply(refused).expect_err("it has ended").name,
        ErrorName::WrongState
    );
    let ticket = world.act(id, Action::Retry);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    let ended = world.act(id, Action::Wait);
    assert_eq!(
        world.reply(ended),
        Ok(Reply::Ended(TransferState::Done, None))
    );
    let ticket = world.act(id, Action::Forget);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    assert_eq!(world.seen.removed, [id]);
    assert!(world.holds_nothing());
    let gone = world.act(id, Action::Wait);
    assert_eq!(
        world.reply(gone).expect_err("forgotten").name,
        ErrorName::NotFound
    );
}

#[test]
fn only_the_owner_and_root_may_touch_a_transfer() {
    let mut world = World::online();
    let id = world.upload(&noise(100), "a", Options::default());
    world.finish(id);
    for (uid, allowed) in [(1001, false), (0, true)] {
        let ticket = world.request(Request::Transfer {
            id,
            action: Action::Wait,
            uid,
        });
        match world.reply(ticket) {
            Ok(_) => assert!(allowed),
            Err(failure) => assert!(!allowed && failure.name == ErrorName::NotAuthorized),
        }
    }
}

#[test]
fn transfers_run_in_order_of_priority() {
    let mut world = Setup::default().start();
    let with = |priority| Options {
        priority,
        ..Options::default()
    };
    let late = world.upload(b"1", "late", with(-5));
    let usual = world.upload(b"2", "usual", with(0));
    let urgent = world.upload(b"3", "urgent", with(9));
    let ids = [urgent, usual, late];
    for id in ids {
        world.finish(id);
    }
    let puts = world.sent("AT+QFTPPUT=");
    assert_eq!(puts.len(), 3);
    for (line, name) in puts.iter().zip(["urgent", "usual", "late"]) {
        assert!(line.contains(name), "{puts:?}");
    }
}

#[test]
fn the_queue_is_bounded_and_finished_transfers_are_forgotten() {
    let mut world = Setup::default()
        .with(|setup| setup.settings.limits.keep_number = 100)
        .fault("mute")
        .start();
    for number in 0..500 {
        world.upload(b"1", &format!("f{number}"), Options::default());
    }
    let source = world.source(b"1");
    let handle = source.handle;
    let ticket = world.request(Request::Upload {
        server: String::new(),
        source,
        remote: "one-too-many".into(),
        options: Options::default(),
        caller: CallerId::default(),
        uid: 1000,
    });
    assert_eq!(
        world.reply(ticket).expect_err("full").name,
        ErrorName::QueueFull
    );
    assert!(world.is_released(handle));
    world.heal("mute");
    world.run_until(|world| world.seen.removed.len() == 400);
    assert_eq!(world.server.paths().len(), 500);
}
