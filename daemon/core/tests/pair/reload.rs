//! Reloading the configuration: servers change at once, the network is configured again, queued
//! transfers are kept.

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Operation, Request};
use modem_ftp_core::api::settings::Settings;
use modem_ftp_core::api::status::{ModemState, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{World, server};

fn reload(world: &mut World, change: impl FnOnce(&mut Settings)) {
    let mut settings = world.settings.clone();
    change(&mut settings);
    let ticket = world.request(Request::Reload(Box::new(settings)));
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
}

#[test]
fn servers_are_added_and_removed() {
    let mut world = World::online();
    assert_eq!(world.seen.servers, ["plant", "other"]);
    reload(&mut world, |settings| settings.servers.push(server("new")));
    assert_eq!(world.seen.servers, ["plant", "other", "new"]);
    let ticket = world.begin_as("", "new", Operation::Connect);
    assert_eq!(world.reply(ticket), Ok(Reply::Done));
    assert_eq!(
        world.state(),
        ModemState::Online,
        "the module was left alone"
    );
    reload(&mut world, |_| {});
    let ticket = world.begin_as("", "new", Operation::Connect);
    let failure = world.reply(ticket).expect_err("gone");
    assert_eq!(failure.name, ErrorName::InvalidArguments);
}

#[test]
fn a_changed_server_gets_a_new_session() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    reload(&mut world, |settings| settings.servers[0].passive = false);
    world.call(Operation::Connect).unwrap();
    assert_eq!(world.server.logins(), 2);
    assert!(world.has_sent("AT+QFTPCFG=\"transmode\",0"));
    reload(&mut world, |settings| settings.servers[0].passive = false);
    world.call(Operation::Connect).unwrap();
    assert_eq!(world.server.logins(), 2, "nothing changed");
}

#[test]
fn a_changed_access_point_is_configured_again() {
    let mut world = World::online();
    world.put(b"1", "a");
    reload(&mut world, |settings| {
        settings.network.apn = "other.example".into()
    });
    world.run_until(|world| world.has_sent("AT+QICSGP=1,1,\"other.example\""));
    world.until_online();
    world.put(b"2", "b");
}

#[test]
fn a_change_during_a_transfer_takes_effect_at_its_end() {
    let mut world = World::online();
    let id = world.upload(&noise(30_000), "a", Options::default());
    world.run_until(|world| world.port.condition().data_mode);
    reload(&mut world, |settings| {
        settings.network.apn = "other.example".into()
    });
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.transfer(id).attempts, 1);
    world.run_until(|world| world.has_sent("AT+QICSGP=1,1,\"other.example\""));
    world.until_online();
    world.put(b"2", "b");
}

#[test]
fn a_transfer_to_a_removed_server_fails_with_invalid_arguments() {
    let mut world = World::online();
    world.may_leave_names("nothing is configured any more to reach the server with");
    world.fault("fail=QFTPPUT:617,450");
    let id = world.upload(b"1", "a", Options::default());
    world.until_transfer(id, TransferState::Waiting);
    reload(&mut world, |settings| {
        settings.servers.remove(0);
    });
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.unwrap().0, ErrorName::InvalidArguments);
}

#[test]
fn a_change_while_searching_takes_effect() {
    let mut world = crate::world::Setup::default().start();
    world.inject(virtual_bg96::module::Injection::Registration(2));
    world.until_state(ModemState::Searching);
    reload(&mut world, |settings| {
        settings.network.apn = "other.example".into()
    });
    world.wait(std::time::Duration::from_secs(60));
    assert_eq!(world.state(), ModemState::Searching);
    world.inject(virtual_bg96::module::Injection::Registration(1));
    world.until_online();
    assert!(world.has_sent("AT+QICSGP=1,1,\"other.example\""));
}
