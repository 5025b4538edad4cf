//! Bounds of the queue: how many transfers wait, in all and of one user; how many ended ones are
//! kept, and for how long; what one more costs.

use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, CallerId, Request};
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::world::{Setup, World};

const ALICE: u32 = 1000;
const BOB: u32 = 1001;
const CAROL: u32 = 1002;

/// Queues an upload of `uid`.
fn queue(world: &mut World, uid: u32) -> Result<TransferId, Failure> {
    let source = world.source(b"some bytes");
    let ticket = world.request(Request::Upload {
        server: String::new(),
        source,
        remote: "a".into(),
        options: Options::default(),
        caller: CallerId::default(),
        uid,
    });
    match world.reply(ticket) {
        Ok(Reply::Queued(id)) => Ok(id),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure),
    }
}

/// Does something with a transfer as root.
fn act(world: &mut World, id: TransferId, action: Action) -> Result<Reply, Failure> {
    let ticket = world.request(Request::Transfer { id, action, uid: 0 });
    world.reply(ticket)
}

fn is_full<T>(result: Result<T, Failure>) -> bool {
    result.is_err_and(|failure| failure.name == ErrorName::QueueFull)
}

/// A world without a port: nothing that is queued runs.
fn at_rest(change: impl FnOnce(&mut Setup)) -> World {
    let setup = Setup::default().with(|setup| setup.line = false);
    setup.with(change).start()
}

#[test]
fn nobody_but_root_has_more_of_the_queue_than_is_left_for_others() {
    let mut world = at_rest(|setup| setup.settings.limits.max_queued = 6);
    let first = queue(&mut world, ALICE).unwrap();
    queue(&mut world, ALICE).unwrap();
    queue(&mut world, ALICE).unwrap();
    assert!(is_full(queue(&mut world, ALICE)), "half of it is hers");
    for _ in 0..2 {
        queue(&mut world, BOB).unwrap();
    }
    assert!(
        is_full(queue(&mut world, BOB)),
        "one place is left for others"
    );
    queue(&mut world, CAROL).unwrap();
    assert!(is_full(queue(&mut world, CAROL)), "it is full");
    assert!(is_full(queue(&mut world, 0)), "for root, too");
    // A restart changes nothing about that.
    world.kill_daemon();
    assert!(is_full(queue(&mut world, 0)));
    // An ended one makes room, and takes it again when it is retried.
    act(&mut world, first, Action::Cancel).unwrap();
    queue(&mut world, 0).unwrap();
    assert!(is_full(act(&mut world, first, Action::Retry)));
}

#[test]
fn a_retry_counts_for_the_owner() {
    let mut world = at_rest(|setup| setup.settings.limits.max_queued = 4);
    let first = queue(&mut world, ALICE).unwrap();
    act(&mut world, first, Action::Cancel).unwrap();
    queue(&mut world, ALICE).unwrap();
    queue(&mut world, ALICE).unwrap();
    let ticket = world.request(Request::Transfer {
        id: first,
        action: Action::Retry,
        uid: ALICE,
    });
    assert!(is_full(world.reply(ticket)));
}

#[test]
fn those_that_ended_first_are_forgotten_first_whatever_the_clock_says() {
    let mut world = at_rest(|setup| setup.settings.limits.keep_number = 2);
    let ids: Vec<_> = (0..5).map(|_| queue(&mut world, 0).unwrap()).collect();
    let mut forgotten = Vec::new();
    for (round, at) in [3, 0, 4, 1, 2].into_iter().enumerate() {
        // The clock is set back between one end and the next.
        world.clock -= 1000;
        act(&mut world, ids[at], Action::Cancel).unwrap();
        if round >= 2 {
            forgotten.push(ids[[3, 0, 4][round - 2]]);
        }
        assert_eq!(world.seen.removed, forgotten);
    }
    assert_eq!(world.stored().transfers.len(), 2);
    assert_eq!(world.receipts().len(), 5, "receipts are kept");
}

#[test]
fn a_restart_keeps_the_order_of_the_ends_whatever_the_clock_said() {
    let mut world = at_rest(|setup| setup.settings.limits.keep_number = 3);
    let ids: Vec<_> = (0..4).map(|_| queue(&mut world, 0).unwrap()).collect();
    for id in &ids[..3] {
        act(&mut world, *id, Action::Cancel).unwrap();
        // The newest end seems the oldest.
        world.clock -= 100_000;
    }
    world.kill_daemon();
    act(&mut world, ids[3], Action::Cancel).unwrap();
    assert_eq!(world.seen.removed, [ids[0]]);
}

#[test]
fn the_many_ended_transfers_of_one_user_do_not_make_those_of_others_be_forgotten() {
    let mut world = at_rest(|setup| setup.settings.limits.keep_number = 5);
    let other = queue(&mut world, ALICE + 1).unwrap();
    act(&mut world, other, Action::Cancel).unwrap();
    for _ in 0..20 {
        let id = queue(&mut world, ALICE).unwrap();
        act(&mut world, id, Action::Cancel).unwrap();
    }
    assert_eq!(world.seen.removed.len(), 16);
    assert!(!world.seen.removed.contains(&other));
}

#[test]
fn ended_transfers_are_kept_for_so_many_days() {
    let mut world = at_rest(|setup| setup.settings.limits.keep_days = 3);
    let first = queue(&mut world, 0).unwrap();
    let second = queue(&mut world, 0).unwrap();
    act(&mut world, first, Action::Cancel).unwrap();
    world.clock += 3 * 86_400 + 10;
    act(&mut world, second, Action::Cancel).unwrap();
    assert_eq!(world.seen.removed, [first]);
    assert_eq!(
        act(&mut world, first, Action::Wait).unwrap_err().name,
        ErrorName::NotFound
    );
}

#[test]
fn numbers_of_forgotten_transfers_are_not_used_again() {
    let mut world = at_rest(|_| {});
    let first = queue(&mut world, 0).unwrap();
    act(&mut world, first, Action::Cancel).unwrap();
    act(&mut world, first, Action::Forget).unwrap();
    world.kill_daemon();
    let second = queue(&mut world, 0).unwrap();
    assert!(second > first);
}

/// A pipe is closed when its transfer ends, and a Retry cannot open it again.
#[test]
fn a_cancelled_pipe_cannot_be_retried() {
    let mut world = at_rest(|_| {});
    let plan = crate::world::SourcePlan {
        bytes: b"some bytes".to_vec(),
        pipe: true,
        ..Default::default()
    };
    let (id, handle) = world.upload_from(plan, "a", Options::default());
    act(&mut world, id, Action::Cancel).unwrap();
    assert!(world.is_released(handle));
    let failure = act(&mut world, id, Action::Retry).unwrap_err();
    assert_eq!(failure.name, ErrorName::WrongState);
    world.kill_daemon();
    world.settle();
    let failure = act(&mut world, id, Action::Retry).unwrap_err();
    assert_eq!(failure.name, ErrorName::WrongState);
}

/// Prints what acceptance, a whole upload and a cancel cost while so many others wait; nothing is
/// asserted of it. The example `queue_cost` prints it for more, without a module.
#[test]
fn the_cost_of_one_more() {
    for waiting in [100, 1000] {
        let mut world = Setup::default()
            .with(|setup| setup.settings.limits.max_queued = 20_000)
            .online();
        world.slow_store(Duration::ZERO);
        let each = |begin: std::time::Instant, count: usize| {
            begin.elapsed() / u32::try_from(count).unwrap()
        };
        let begin = std::time::Instant::now();
        let mut ids = Vec::new();
        for _ in 0..waiting {
            let id = queue(&mut world, 0).unwrap();
            act(&mut world, id, Action::Pause).unwrap();
            ids.push(id);
        }
        let accepted = each(begin, waiting);
        let begin = std::time::Instant::now();
        for _ in 0..20 {
            let id = queue(&mut world, 0).unwrap();
            assert_eq!(world.finish(id).state, TransferState::Done);
        }
        let done = each(begin, 20);
        let begin = std::time::Instant::now();
        for id in ids {
            act(&mut world, id, Action::Cancel).unwrap();
        }
        let cancelled = each(begin, waiting);
        println!("{waiting} wait: accept {accepted:?}, upload {done:?}, cancel {cancelled:?}");
    }
}
