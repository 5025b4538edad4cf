//! `expires`: a transfer that waits past it fails, whatever it waits for; a running one goes on.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Action;
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn expiring_after(world: &World, seconds: i64) -> Options {
    Options {
        expires: world.now().unix + seconds,
        ..Options::default()
    }
}

fn assert_expired(world: &World, id: TransferId) {
    let status = world.transfer(id);
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    let (name, text) = status.error.clone().unwrap();
    assert_eq!(name, ErrorName::Timeout);
    assert!(text.contains("expired"), "{text}");
    assert!(status.finished > 0);
}

#[test]
fn a_transfer_expires_while_the_module_is_away() {
    let mut world = Setup::default().fault("mute").start();
    let options = expiring_after(&world, 90);
    let id = world.upload(b"1", "a", options);
    let other = world.upload(b"1", "b", Options::default());
    world.run_within(Duration::from_secs(95), |world| {
        world.transfer(id).state.is_final()
    });
    assert_expired(&world, id);
    assert!(world.passed() >= Duration::from_secs(89));
    assert_eq!(world.transfer(other).state, TransferState::Queued);
    world.heal("mute");
    world.finish(other);
    assert_eq!(world.server.paths(), ["/b"]);
}

#[test]
fn transfers_that_are_paused_or_wait_for_an_attempt_expire() {
    let mut world = World::online();
    for _ in 0..20 {
        world.fault("fail=QFTPPUT:617,450");
    }
    let options = expiring_after(&world, 200);
    let waiting = world.upload(b"1", "a", options.clone());
    let paused = world.upload(b"1", "b", options);
    let ticket = world.act(paused, Action::Pause);
    assert!(world.reply(ticket).is_ok());
    world.run_within(Duration::from_secs(205), |world| {
        [waiting, paused].map(|id| world.transfer(id).state.is_final()) == [true; 2]
    });
    assert_expired(&world, waiting);
    assert_expired(&world, paused);
    let (_, text) = world.transfer(waiting).error.clone().unwrap();
    assert!(text.contains("450"), "the last failure: {text}");
}

#[test]
fn a_running_transfer_is_not_ended() {
    let mut world = World::online();
    let options = expiring_after(&world, 5);
    let bytes = noise(300_000);
    let id = world.upload(&bytes, "a", options);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert!(world.passed() > Duration::from_secs(20));
}

#[test]
fn a_clock_that_is_set_forward_or_back_counts() {
    let mut world = World::online();
    let options = expiring_after(&world, 3 * 3600);
    let id = world.upload(b"1", "a", options.clone());
    let ticket = world.act(id, Action::Pause);
    let _ = world.reply(ticket);
    if world.transfer(id).state == TransferState::Done {
        return;
    }
    // Set back: it has longer.
    world.set_clock(-3600);
    world.wait(Duration::from_secs(3 * 3600 + 60));
    assert_eq!(world.transfer(id).state, TransferState::Paused);
    // Set forward: it is noticed within ten minutes although nothing else happens.
    world.set_clock(3600);
    world.run_within(Duration::from_secs(601), |world| {
        world.transfer(id).state.is_final()
    });
    assert_expired(&world, id);
}

#[test]
fn expires_survives_a_restart_of_the_daemon() {
    let mut world = Setup::default().fault("mute").start();
    let options = expiring_after(&world, 600);
    let id = world.upload(b"1", "a", options);
    world.wait(Duration::from_secs(60));
    world.restart_daemon();
    world.run_within(Duration::from_secs(545), |world| {
        world.seen.transfers.contains_key(&id) && world.transfer(id).state.is_final()
    });
    assert_expired(&world, id);
}
