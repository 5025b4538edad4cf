//! What was sent whole is not sent again because looking at it is refused, and only a cut is followed by
//! the patience with refusals that is due to one.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Verify};
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::World;

fn served() -> World {
    let world = World::online();
    world.server.put("/d/b.csv", b"b");
    world
}

fn failed(status: &TransferStatus) -> (ErrorName, String) {
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    status.error.clone().expect("an error")
}

fn uploads_after_a_cut(verbs: &[&str], options: Options) -> (TransferStatus, usize) {
    let mut world = served();
    world.put(b"first", "first");
    world.fault("fail=QFTPPUT:615,425");
    world.put(b"second", "second");
    for verb in verbs {
        world.server.refuse(verb, 550);
    }
    let (before, begin) = (world.sent("AT+QFTPPUT=").len(), world.passed());
    let id = world.upload(&noise(5000), "w5", options);
    let status = world.finish(id);
    assert!(world.passed() - begin < Duration::from_secs(60));
    (status, world.sent("AT+QFTPPUT=").len() - before)
}

#[test]
fn a_write_only_account_is_sent_a_file_once_also_after_a_cut() {
    let verbs = ["SIZE", "MDTM", "LIST", "NLST", "MLSD"];
    let (status, sent) = uploads_after_a_cut(&verbs, Options::default());
    let (name, text) = failed(&status);
    assert_eq!((name, sent), (ErrorName::RemoteRefused, 1), "{text}");
    assert!(text.contains("--verify none"), "{text}");
}

/// A directory that takes files at once, and a rename that finds nothing: whoever reads it has the file.
#[test]
fn what_was_taken_at_once_is_sent_once_also_after_a_cut() {
    let options = Options {
        verify: Verify::None,
        ..Options::default()
    };
    let mut world = served();
    world.put(b"first", "first");
    world.fault("fail=QFTPPUT:615,425");
    world.put(b"second", "second");
    world.server.set_takes_files(true);
    let before = world.sent("AT+QFTPPUT=").len();
    let id = world.upload(&noise(5000), "w5", options);
    assert!(failed(&world.finish(id)).1.contains("neither name"));
    assert_eq!(world.sent("AT+QFTPPUT=").len(), before + 1);
}

#[test]
fn what_may_not_be_read_back_is_sent_once_also_after_a_cut() {
    let options = Options {
        verify: Verify::Content,
        ..Options::default()
    };
    let (status, sent) = uploads_after_a_cut(&["RETR"], options);
    failed(&status);
    assert_eq!(sent, 1);
}

/// Neither a directory as a final name nor a refused question is a cut.
#[test]
fn a_wrong_argument_is_no_cut() {
    let wrong: [fn(&mut World); 2] = [
        |world| {
            let id = world.upload(b"x", "d", Options::default());
            assert_eq!(failed(&world.finish(id)).0, ErrorName::RemoteExists);
        },
        |world| {
            world.server.refuse("PWD", 550);
            world.call(Operation::WorkingDirectory).unwrap_err();
            world.server.refuse_nothing();
        },
    ];
    for wrong in wrong {
        for verb in ["STOR", "RNTO"] {
            let mut world = served();
            world.call(Operation::Connect).unwrap();
            wrong(&mut world);
            world.server.refuse(verb, 550);
            let begin = world.passed();
            let id = world.upload(&noise(500), "x", Options::default());
            assert_eq!(failed(&world.finish(id)).0, ErrorName::RemoteRefused);
            let took = world.passed() - begin;
            assert!(
                took < Duration::from_secs(15),
                "{verb} {took:?} {}",
                world.dialogue()
            );
        }
    }
}
