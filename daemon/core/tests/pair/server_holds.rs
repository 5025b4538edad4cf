//! A server that fails is left alone for a while by everything that is queued for it; other servers
//! are used meanwhile.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::{Action, Operation, Request};
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::world::{Setup, World};

fn logins(world: &World, server: &str) -> usize {
    world.sent(&format!("AT+QFTPOPEN=\"{server}.")).len()
}

fn queue(world: &mut World, server: &str, number: usize) -> Vec<TransferId> {
    let names = (0..number).map(|number| format!("{server}{number}"));
    names
        .map(|name| world.upload_to(server, b"1", &name, Options::default()))
        .collect()
}

/// The next `times` connections to any server are refused.
fn refuse(world: &mut World, times: usize) {
    for _ in 0..times {
        world.fault("fail=QFTPOPEN:606,0");
    }
}

#[test]
fn a_server_that_is_down_is_tried_at_growing_intervals() {
    let mut world = World::online();
    refuse(&mut world, 1000);
    let ids = queue(&mut world, "plant", 50);
    world.wait(Duration::from_secs(25));
    assert_eq!(logins(&world, "plant"), 1);
    world.wait(Duration::from_secs(3600));
    let tried = logins(&world, "plant");
    assert!((5..=8).contains(&tried), "{tried} in an hour");
    let waiting = ids.iter().filter(|id| {
        let status = world.transfer(**id);
        let shown = status.error.as_ref().map(|(name, _)| *name);
        !status.state.is_final() && shown == Some(ErrorName::ConnectFailed)
    });
    // The first one has had all its attempts.
    assert!(waiting.count() >= 49, "they wait and show why");
    assert!(!world.has_sent("AT+CFUN=1,1"));

    world.heal("fail");
    // Whoever uses the server by hand shows that it works again.
    let reply = world.call(Operation::Connect);
    assert!(reply.is_ok(), "{reply:?}");
    world.run_within(Duration::from_secs(600), |world| {
        let states = ids.iter().map(|id| world.transfer(*id).state);
        states.filter(|state| *state == TransferState::Done).count() >= 48
    });
}

#[test]
fn another_server_is_used_while_one_is_down() {
    let mut world = World::online();
    refuse(&mut world, 1);
    let down = queue(&mut world, "plant", 20);
    world.run_until(|world| logins(world, "plant") == 1);
    let ids = queue(&mut world, "other", 5);
    world.run_within(Duration::from_secs(10), |world| {
        let mut states = ids.iter().map(|id| world.transfer(*id).state);
        states.all(|state| state == TransferState::Done)
    });
    assert_eq!(logins(&world, "plant"), 1);
    // Its turn comes by itself.
    world.run_within(Duration::from_secs(60), |world| {
        let mut states = down.iter().map(|id| world.transfer(*id).state);
        states.all(|state| state == TransferState::Done)
    });
}

#[test]
fn retrying_by_hand_ends_the_wait_for_the_server() {
    let mut world = World::online();
    refuse(&mut world, 1);
    let id = queue(&mut world, "plant", 1)[0];
    world.until_transfer(id, TransferState::Waiting);
    let ticket = world.act(id, Action::Retry);
    assert!(world.reply(ticket).is_ok());
    world.run_within(Duration::from_secs(3), |world| {
        world.transfer(id).state == TransferState::Done
    });
}

#[test]
fn refused_credentials_cause_no_storm_of_logins() {
    let mut world = Setup::default()
        .server(|server| server.password = Secret::new("wrong".into()))
        .online();
    let mut ids = queue(&mut world, "plant", 1);
    let status = world.finish(ids[0]);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
    assert_eq!(status.error.unwrap().0, ErrorName::LoginFailed);
    ids.extend(queue(&mut world, "plant", 29));
    for id in &ids[1..] {
        let status = world.transfer(*id);
        assert_eq!(status.state, TransferState::Queued, "it is kept");
        let error = status.error.as_ref().map(|(name, _)| *name);
        assert_eq!(error, Some(ErrorName::LoginFailed));
    }
    world.wait(Duration::from_secs(3600));
    let tried = logins(&world, "plant");
    assert!((4..=8).contains(&tried), "{tried} in an hour");

    // The right password: everything that waits is done at once.
    let mut settings = world.settings.clone();
    settings.servers[0].password = Secret::new(crate::world::PASSWORD.into());
    let ticket = world.request(Request::Reload(Box::new(settings)));
    assert!(world.reply(ticket).is_ok());
    world.run_within(Duration::from_secs(120), |world| {
        let all = ids.iter().map(|id| world.transfer(*id).state);
        all.filter(|state| *state == TransferState::Done).count() == 30 - tried
    });
}

#[test]
fn an_unrelated_reload_does_not_end_the_wait() {
    let mut world = World::online();
    refuse(&mut world, 1000);
    queue(&mut world, "plant", 3);
    world.run_until(|world| logins(world, "plant") == 1);
    let mut settings = world.settings.clone();
    settings.servers[1].port = 2121;
    let ticket = world.request(Request::Reload(Box::new(settings)));
    assert!(world.reply(ticket).is_ok());
    world.wait(Duration::from_secs(15));
    assert_eq!(logins(&world, "plant"), 1);
}
