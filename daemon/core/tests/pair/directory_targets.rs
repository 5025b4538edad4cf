//! A name that is a directory on the server is refused before anything is sent.

use modem_ftp_core::api::options::{IfExists, Options, Via};
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Setup, World};

#[test]
fn an_upload_to_a_directory_is_refused() {
    for sizes in [false, true] {
        for if_exists in [IfExists::Overwrite, IfExists::Fail, IfExists::Resume] {
            for (atomic, via) in [(true, Via::Com), (true, Via::Ufs), (false, Via::Com)] {
                let mut world = World::online();
                world.server.put("/store/old.csv", b"old");
                world.server.set_sizes_of_folders(sizes);
                let options = Options {
                    if_exists,
                    atomic,
                    via,
                    ..Options::default()
                };
                let id = world.upload(&noise(500), "store", options);
                let status = world.finish(id);
                assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
                let (name, text) = status.error.unwrap();
                assert_eq!(name, ErrorName::RemoteExists);
                assert!(text.contains("store is a directory: say store/"), "{text}");
                assert!(!world.has_sent("AT+QFTPPUT") && !world.has_sent("AT+QFTPRENAME"));
                assert_eq!(world.server.paths(), ["/store/", "/store/old.csv"]);
            }
        }
    }
}

#[test]
fn the_next_transfer_stands_where_it_should() {
    let mut world = Setup::default()
        .server(|server| server.directory = "/in".into())
        .start();
    world.server.put("/in/store/old.csv", b"old");
    world.until_online();
    let id = world.upload(&noise(500), "store", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Failed);
    world.put(b"next", "next.csv");
    assert_eq!(world.server.get("/in/next.csv").unwrap(), b"next");
}

#[test]
fn the_question_is_asked_once_a_transfer() {
    let mut world = World::online();
    for _ in 0..3 {
        world.fault("fail=QFTPPUT:617,450");
    }
    let status = world.put(&noise(500), "a.csv");
    assert_eq!(status.attempts, 4);
    assert_eq!(world.sent("AT+QFTPCWD=\"a.csv\"").len(), 1);
}

/// The server refuses to rename onto it, and its SIZE answers: it is not moved out of the way.
#[test]
fn a_directory_that_appears_meanwhile_is_not_replaced() {
    let mut world = World::online();
    world.server.set_sizes_of_folders(true);
    world.when("< +QFTPPUT: ", |world| {
        world.server.put("/store/new.csv", b"new");
    });
    let id = world.upload(&noise(500), "store", Options::default());
    let status = world.finish(id);
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteExists);
    world.wait(std::time::Duration::from_secs(30));
    assert_eq!(world.server.paths(), ["/store/", "/store/new.csv"]);
}
