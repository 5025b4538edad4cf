//! Another program changes the settings of the tty: what moved meanwhile is not believed, and what
//! moves afterwards moves over a port that is set as it has to be.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Via};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::World;

fn once() -> Options {
    Options {
        retries: 0,
        ..Options::default()
    }
}

/// The change at so many bytes of payload.
fn change_at(world: &mut World, bytes: u64) {
    world.after_bytes(bytes, |world| {
        world.line.changed = Some("opost onlcr".to_owned());
    });
}

#[test]
fn an_upload_during_which_it_happens_is_sent_again_from_the_beginning() {
    for bytes in [2_000, 5_000, 40_000] {
        let mut world = World::online();
        change_at(&mut world, bytes);
        let id = world.upload(&noise(50_000), "a", Options::default());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.server.get("/a"), Some(noise(50_000)));
        let puts = world.sent("AT+QFTPPUT=");
        assert_eq!(puts.len(), 2, "{bytes}: {puts:?}");
        assert!(puts[1].contains(",0,50000,1"), "all of it: {puts:?}");
    }
}

#[test]
fn without_another_attempt_it_is_a_named_failure() {
    let mut world = World::online();
    change_at(&mut world, 20_000);
    let id = world.upload(&noise(50_000), "a", once());
    let status = world.finish(id);
    let (name, text) = status.error.unwrap();
    assert_eq!(
        (status.state, name),
        (TransferState::Failed, ErrorName::Protocol)
    );
    assert!(
        text.contains("settings of the serial port (opost onlcr)"),
        "{text}"
    );
    world.wait(Duration::from_secs(60));
    assert!(world.server.paths().is_empty(), "nothing is published");
}

#[test]
fn a_download_during_which_it_happens_is_received_again_from_the_beginning() {
    for bytes in [2_000, 5_000, 40_000] {
        let mut world = World::online();
        world.server.put("/a", &noise(50_000));
        change_at(&mut world, bytes);
        let (id, handle) = world.download("a", Options::default());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.landed(handle), Some(noise(50_000)));
        let gets = world.sent("AT+QFTPGET=");
        assert_eq!(gets.len(), 2, "{bytes}: {gets:?}");
        assert!(gets[1].contains(",0,50000"), "all of it: {gets:?}");
    }
}

#[test]
fn a_transfer_through_the_modules_files_is_made_again() {
    let mut world = World::online();
    let via = Options {
        via: Via::Ufs,
        ..Options::default()
    };
    change_at(&mut world, 3_000);
    let id = world.upload(&noise(9_000), "a", via);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a"), Some(noise(9_000)));
    assert_eq!(world.sent("AT+QFUPL=").len(), 2);
}

#[test]
fn a_change_before_the_payload_costs_nothing() {
    let mut world = World::online();
    world.line.changed = Some("-crtscts".to_owned());
    let id = world.upload(&noise(5_000), "a", once());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.sent("AT+QFTPPUT=").len(), 1);
}

#[test]
fn a_listing_during_which_it_happens_is_not_believed() {
    let mut world = World::online();
    for number in 0..100 {
        world.server.put(&format!("/file-{number}"), b"x");
    }
    world.when("CONNECT", |world| {
        world.line.changed = Some("icrnl".to_owned());
    });
    let failure = world.call(Operation::List(String::new())).unwrap_err();
    assert!(failure.text.contains("icrnl"), "{failure}");
    let Reply::Entries(entries) = world.call(Operation::List(String::new())).unwrap() else {
        panic!("no listing");
    };
    assert_eq!(entries.len(), 100);
}

/// Bytes of the payload were left over when the module had as many as it was told: it takes them for
/// a command once they end in a CR.
#[test]
fn an_error_after_the_payload_spoils_it() {
    for result in ["+QFTPPUT: 0,5000", "+QFTPSIZE: 0,5000"] {
        let mut world = World::online();
        let said = format!("{result}\r\n");
        world.replace(&said, format!("{said}\r\nERROR\r\n"), 1);
        let id = world.upload(&noise(5_000), "a", Options::default());
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.server.get("/a"), Some(noise(5_000)));
        assert_eq!(world.sent("AT+QFTPPUT=").len(), 2, "{}", world.dialogue());
    }
}

/// The module has refused bytes of the payload as a command, and reports the whole length.
#[test]
fn an_error_while_payload_moves_spoils_it() {
    let mut world = World::online();
    world.replace(
        "OK\r\n\r\n+QFTPPUT: 0,",
        "ERROR\r\n\r\nOK\r\n\r\n+QFTPPUT: 0,",
        1,
    );
    let id = world.upload(&noise(5_000), "a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a"), Some(noise(5_000)));
    assert_eq!(world.sent("AT+QFTPPUT=").len(), 2, "{}", world.dialogue());
}
