//! Registration: waited for, published, lost and regained.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{ModemState, TransferState};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn with_status(status: u8) -> World {
    let mut world = Setup::default().start();
    world.inject(Injection::Registration(status));
    world
}

#[test]
fn a_late_registration_is_detected_within_seconds() {
    for (status, reason) in [(2, "searching"), (0, "not searching"), (3, "denies")] {
        let mut world = with_status(status);
        world.until_state(ModemState::Searching);
        world.run_until(|world| world.modem().state_reason.contains(reason));
        let id = world.upload(b"1", "a", Options::default());
        let failure = world.call(Operation::Connect).expect_err("no network");
        assert_eq!(failure.name, ErrorName::NotRegistered, "{failure}");
        world.wait(Duration::from_secs(2 * 3600));
        assert_eq!(world.transfer(id).state, TransferState::Queued);
        for found in [5, 1] {
            world.inject(Injection::Registration(found));
            world.run_within(Duration::from_secs(10), |world| {
                world.state() == ModemState::Online
            });
            world.finish(id);
        }
    }
}

#[test]
fn registration_lost_and_regained_while_idle() {
    let mut world = World::online();
    world.put(b"1", "a");
    world.inject(Injection::Registration(2));
    world.until_state(ModemState::Searching);
    world.wait(Duration::from_secs(1000));
    assert_eq!(world.state(), ModemState::Searching);
    world.inject(Injection::Registration(1));
    world.run_within(Duration::from_secs(60), |world| {
        world.state() == ModemState::Online
    });
    world.put(b"2", "b");
}

#[test]
fn registration_lost_during_a_transfer_and_regained() {
    let mut world = World::online();
    let id = world.upload(&noise(50_000), "a", Options::default());
    world.after_bytes(20_000, |world| world.inject(Injection::Registration(2)));
    world.after(Duration::from_secs(400), |world| {
        world.inject(Injection::Registration(1));
    });
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a"), Some(noise(50_000)));
    assert!(world.showed(ModemState::Searching, ""));
}

#[test]
fn a_brief_loss_of_registration_keeps_an_active_context() {
    let mut world = World::online();
    world.put(b"1", "a");
    let mark = world.mark();
    world.inject(Injection::Urc("+CEREG: 2".into()));
    world.wait(Duration::from_secs(20));
    assert_eq!(world.state(), ModemState::Online);
    assert!(
        !world
            .sent_since(mark)
            .iter()
            .any(|line| line.contains("QIACT="))
    );
    world.put(b"2", "b");
}

#[test]
fn signal_changes_are_published() {
    let mut world = World::online();
    world.inject(Injection::Urc("+QIND: \"csq\",31,99".into()));
    world.wait(Duration::from_secs(1));
    assert_eq!(world.modem().signal_dbm, Some(-51));
    world.inject(Injection::Signal(5));
    world.inject(Injection::Urc("+CEREG: 5,\"1A2B\",\"0196F101\",8".into()));
    world.wait(Duration::from_secs(2));
    assert_eq!(world.modem().signal_dbm, Some(-103));
}
