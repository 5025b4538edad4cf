//! The daemon is killed between the rename on the server and its record: a transfer that is then
//! cancelled, paused or expires ends as what it is on the server.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

const SECOND: Duration = Duration::from_secs(1);

/// A daemon that was killed when it had sent the rename; `renamed`: the server carried it out.
fn killed(renamed: bool, options: impl FnOnce(&World) -> Options) -> (World, TransferId) {
    let mut world = Setup::default().online();
    world.rough();
    world.server.set_latency(2 * SECOND);
    let options = options(&world);
    let id = world.upload(&noise(5000), "a", options);
    if !renamed {
        world.fault("fail=QFTPRENAME:627,451");
    }
    world.until_said("> AT+QFTPRENAME");
    world.wait(SECOND);
    world.kill_daemon();
    world.wait(10 * SECOND);
    assert_eq!(world.server.get("/a").is_some(), renamed);
    (world, id)
}

fn state(world: &World, id: TransferId) -> TransferState {
    world.transfer(id).state
}

/// It ends so, and nothing else is left on the server.
fn check(world: &mut World, id: TransferId, end: TransferState, paths: &[&str]) {
    assert_eq!(state(world, id), end, "{:?}", world.transfer(id));
    world.wait(120 * SECOND);
    assert_eq!(world.server.paths(), paths);
    let receipts = world.receipts().iter();
    assert_eq!(receipts.filter(|receipt| receipt.id == id).count(), 1);
}

#[test]
fn a_cancel_after_the_rename_finds_the_transfer_done() {
    let (mut world, id) = killed(true, |_| Options::default());
    let ticket = world.act(id, Action::Cancel);
    world.open_line();
    let failure = world.reply(ticket).unwrap_err();
    assert_eq!(failure.name, ErrorName::WrongState);
    assert!(failure.text.contains("done"), "{failure}");
    let hash = world.receipts()[0].hash.clone();
    assert!(hash.is_some(), "the hash of the content is known");
    check(&mut world, id, TransferState::Done, &["/a"]);
    assert_eq!(world.transfer(id).transferred, 5000);
}

#[test]
fn a_cancel_before_the_rename_cancels() {
    let (mut world, id) = killed(false, |_| Options::default());
    let ticket = world.act(id, Action::Cancel);
    world.open_line();
    world.reply(ticket).unwrap();
    check(&mut world, id, TransferState::Cancelled, &[]);
}

#[test]
fn a_cancel_while_the_session_is_being_opened_asks_first() {
    let (mut world, id) = killed(true, |_| Options::default());
    world.open_line();
    world.until_said("> AT+QFTPOPEN");
    let mark = world.mark();
    world.run_until(|world| {
        let since = world.sent_since(mark);
        since.iter().any(|line| line.starts_with("AT+QFTPOPEN"))
    });
    assert_eq!(state(&world, id), TransferState::Active);
    let ticket = world.act(id, Action::Cancel);
    let failure = world.reply(ticket).unwrap_err();
    assert_eq!(failure.name, ErrorName::WrongState);
    check(&mut world, id, TransferState::Done, &["/a"]);
}

#[test]
fn two_cancels_get_the_same_answer_and_nothing_else_changes_it_meanwhile() {
    let (mut world, id) = killed(true, |_| Options::default());
    let tickets = [Action::Cancel, Action::Cancel].map(|action| world.act(id, action));
    for action in [Action::Pause, Action::Resume, Action::Retry, Action::Forget] {
        let ticket = world.act(id, action);
        let failure = world.reply(ticket).unwrap_err();
        assert_eq!(failure.name, ErrorName::WrongState, "{action:?}");
    }
    let wait = world.act(id, Action::Wait);
    world.open_line();
    for ticket in tickets {
        let failure = world.reply(ticket).unwrap_err();
        assert_eq!(failure.name, ErrorName::WrongState);
    }
    world.reply(wait).unwrap();
    check(&mut world, id, TransferState::Done, &["/a"]);
}

#[test]
fn a_cancel_that_cannot_be_decided_is_answered_and_says_so() {
    let (mut world, id) = killed(true, |_| Options::default());
    let begin = world.passed();
    let ticket = world.act(id, Action::Cancel);
    world.reply(ticket).unwrap();
    assert!(world.passed() - begin < 25 * SECOND);
    let (name, text) = world.transfer(id).error.clone().unwrap();
    assert_eq!(name, ErrorName::Cancelled);
    assert!(text.contains("may be whole on the server"), "{text}");
    world.open_line();
    check(&mut world, id, TransferState::Cancelled, &["/a"]);
}

#[test]
fn a_server_that_cannot_be_reached_decides_nothing() {
    let (mut world, id) = killed(true, |_| Options::default());
    for _ in 0..9 {
        world.fault("fail=QFTPOPEN:606,0");
    }
    let ticket = world.act(id, Action::Cancel);
    world.open_line();
    world.reply(ticket).unwrap();
    let (_, text) = world.transfer(id).error.clone().unwrap();
    assert!(text.contains("may be whole on the server"), "{text}");
    check(&mut world, id, TransferState::Cancelled, &["/a"]);
}

#[test]
fn a_pause_holds_and_a_resume_finds_the_transfer_done() {
    let (mut world, id) = killed(true, |_| Options::default());
    let ticket = world.act(id, Action::Pause);
    world.reply(ticket).unwrap();
    world.open_line();
    world.wait(60 * SECOND);
    assert_eq!(state(&world, id), TransferState::Paused);
    let mark = world.mark();
    let ticket = world.act(id, Action::Resume);
    world.reply(ticket).unwrap();
    world.finish(id);
    let sent = world.sent_since(mark);
    assert!(!sent.iter().any(|line| line.starts_with("AT+QFTPPUT")));
    check(&mut world, id, TransferState::Done, &["/a"]);
}

#[test]
fn an_expired_transfer_that_was_renamed_is_done() {
    for (renamed, end, paths) in [
        (true, TransferState::Done, &["/a"][..]),
        (false, TransferState::Failed, &[]),
    ] {
        let expires = |world: &World| Options {
            expires: world.now().unix + 16,
            ..Options::default()
        };
        let (mut world, id) = killed(renamed, expires);
        world.run_until(|world| world.now().unix >= world.transfer(id).created + 17);
        assert!(!state(&world, id).is_final());
        world.open_line();
        world.run_until(|world| state(world, id).is_final());
        check(&mut world, id, end, paths);
    }
}

#[test]
fn a_daemon_that_stops_cancels_nothing_in_doubt() {
    let (mut world, id) = killed(true, |_| Options::default());
    let ticket = world.act(id, Action::Cancel);
    let now = world.now();
    world.engine.stop(now);
    let failure = world.reply(ticket).unwrap_err();
    assert_eq!(failure.name, ErrorName::Stopping);
    assert_eq!(state(&world, id), TransferState::Queued);
    world.restart_daemon();
    world.finish(id);
    check(&mut world, id, TransferState::Done, &["/a"]);
}

/// A Cancel while the rename is outstanding: its answer is lost with the session.
#[test]
fn a_cancel_during_a_rename_whose_answer_is_lost_asks_again() {
    let mut world = World::online();
    world.rough();
    world.server.set_latency(2 * SECOND);
    let id = world.upload(&noise(5000), "a", Options::default());
    world.until_said("> AT+QFTPRENAME");
    let ticket = world.act(id, Action::Cancel);
    world.replace("+QFTPRENAME: 0,0", "+QFTPRENAME: 615,0", 1);
    let failure = world.reply(ticket).unwrap_err();
    assert_eq!(failure.name, ErrorName::WrongState);
    check(&mut world, id, TransferState::Done, &["/a"]);
}
