//! Servers that answer a rename wrongly or never allow one.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::World;

/// The answer to RNTO is 553, and a second later the file has its new name.
fn late_rename(old: Option<&[u8]>) -> World {
    let mut world = World::online();
    if let Some(old) = old {
        world.server.put("/a", old);
    }
    world.fault("fail=QFTPRENAME:630,553");
    world.when("< +QFTPRENAME: 630,553", |world| {
        world.after(Duration::from_secs(1), |world| {
            if let Some(staging) = world.names_left().first() {
                let staging = staging.clone();
                world.rename_on_server(&staging, "/a");
            }
        });
    });
    world
}

#[test]
fn a_rename_carried_out_after_its_refusal_counts_as_done() {
    for old in [None, Some(&b"old"[..])] {
        let mut world = late_rename(old);
        let id = world.upload(&noise(5000), "a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/a"), Some(noise(5000)));
        assert_eq!(world.sent("AT+QFTPPUT=").len(), 1, "sent once");
        world.wait(Duration::from_secs(60));
        assert_eq!(world.server.paths(), ["/a"], "nothing else is left");
    }
}

/// Whatever the outcome, no wrong content and no staging or backup name may be left.
#[test]
fn a_rename_carried_out_after_its_refusal_leaves_no_other_names() {
    for old in [None, Some(&b"old"[..])] {
        let mut world = late_rename(old);
        let id = world.upload(&noise(5000), "a", Options::default());
        world.finish(id);
        world.wait(Duration::from_secs(60));
        assert!(world.names_left().is_empty(), "{:?}", world.names_left());
        let there = world.server.get("/a");
        assert!(there.is_none_or(|there| there == noise(5000) || Some(&there[..]) == old));
    }
}

fn never_renames() -> World {
    let mut world = World::online();
    for _ in 0..50 {
        world.fault("fail=QFTPRENAME:627,550");
    }
    world
}

#[test]
fn on_a_server_that_never_renames_the_file_is_sent_once_and_removed() {
    let mut world = never_renames();
    let id = world.upload(&noise(5000), "a", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteRefused);
    assert_eq!(world.sent("AT+QFTPPUT=").len(), 1, "sent once");
    world.wait(Duration::from_secs(30));
    assert!(world.server.paths().is_empty());

    let options = Options {
        atomic: false,
        ..Options::default()
    };
    let id = world.upload(&noise(5000), "a", options);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a"), Some(noise(5000)));
}

#[test]
fn the_failure_on_a_server_that_never_renames_mentions_no_atomic() {
    let mut world = never_renames();
    let id = world.upload(&noise(5000), "a", Options::default());
    let (_, text) = world.finish(id).error.expect("refused");
    assert!(text.contains("rename"), "{text}");
    assert!(text.contains("--no-atomic"), "{text}");
}
