//! The final name appears once, when the file is whole.

use modem_ftp_core::request::{IfExists, Operation, Options};
use modem_ftp_core::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::up_and_down::noise;
use crate::world::World;

fn fail() -> Options {
    Options {
        if_exists: IfExists::Fail,
        ..Options::default()
    }
}

#[test]
fn the_final_name_appears_only_when_the_file_is_whole() {
    let mut world = World::online();
    world.server.put("/a.bin", b"old");
    let id = world.upload(&noise(5000), "a.bin", Options::default());
    world.when("< +QFTPSIZE: 0,5000", |world| {
        let paths = world.server.paths();
        let part = |path: &&String| path.starts_with("/a.bin.") && path.ends_with(".part");
        assert!(paths.iter().any(|path| part(&path)), "{paths:?}");
        assert_eq!(world.server.get("/a.bin").unwrap(), b"old");
    });
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a.bin"), Some(noise(5000)));
    assert_eq!(world.server.paths(), ["/a.bin"]);
}

#[test]
fn not_atomic_means_the_final_name_from_the_begin() {
    let mut world = World::online();
    let options = Options {
        atomic: false,
        ..Options::default()
    };
    let id = world.upload(&noise(5000), "a.bin", options);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert!(world.has_sent("AT+QFTPPUT=\"a.bin\""));
    assert!(!world.has_sent("AT+QFTPRENAME"));
}

#[test]
fn an_existing_file_is_not_replaced_when_it_must_not_be() {
    let mut world = World::online();
    world.server.put("/a.bin", b"old");
    let id = world.upload(b"new", "a.bin", fail());
    let status = world.finish(id);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteExists);
    assert!(!world.has_sent("AT+QFTPPUT"), "nothing was sent in vain");

    let id = world.upload(b"new", "b.bin", fail());
    assert_eq!(world.finish(id).state, TransferState::Done);

    // Somebody else is quicker.
    let id = world.upload(b"ours", "c.bin", fail());
    world.when("< +QFTPPUT: ", |world| {
        world.server.put("/c.bin", b"theirs")
    });
    let status = world.finish(id);
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteExists);
    assert_eq!(world.server.get("/c.bin").unwrap(), b"theirs");
    world.wait(std::time::Duration::from_secs(5));
    assert_eq!(world.server.paths(), ["/a.bin", "/b.bin", "/c.bin"]);
}

#[test]
fn a_server_that_does_not_rename_onto_a_file_has_it_stepped_aside() {
    for refusal in ["fail=QFTPRENAME:627,550", "fail=QFTPRENAME:630,553"] {
        let mut world = World::online();
        world.server.put("/a.bin", b"old");
        world.fault(refusal);
        world.put(b"new", "a.bin");
        assert_eq!(world.server.get("/a.bin").unwrap(), b"new");
        assert_eq!(world.server.paths(), ["/a.bin"]);
    }
}

#[test]
fn the_old_file_is_put_back_when_the_new_one_cannot_take_its_place() {
    let mut world = World::online();
    world.server.put("/a.bin", b"old");
    world.fault("fail=QFTPRENAME:627,550");
    // The old file has stepped aside; now the new one is refused again.
    world.when("< +QFTPRENAME: 0,0", |world| {
        world.fault("fail=QFTPRENAME:627,550")
    });
    let id = world.upload(b"new", "a.bin", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Failed);
    world.wait(std::time::Duration::from_secs(5));
    assert_eq!(world.server.get("/a.bin").unwrap(), b"old");
    assert_eq!(world.server.paths(), ["/a.bin"]);
}

#[test]
fn a_rename_that_is_refused_for_another_reason_deletes_nothing() {
    let mut world = World::online();
    world.fault("fail=QFTPRENAME:627,550");
    let id = world.upload(b"new", "a.bin", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteRefused);
    assert!(!world.has_sent("AT+QFTPDEL=\"a.bin\""));
    world.wait(std::time::Duration::from_secs(5));
    assert!(world.server.paths().is_empty(), "the part is removed");
}

#[test]
fn a_rename_whose_answer_was_lost_is_looked_up() {
    let mut world = World::online();
    // The server renames and says it did not.
    world.when("> AT+QFTPRENAME", |world| {
        let part = world.server.paths().pop().unwrap();
        let bytes = world.server.get(&part).unwrap();
        world.server.put("/a.bin", &bytes);
    });
    world.fault("fail=QFTPRENAME:627,550");
    world.call(Operation::Connect).unwrap();
    let id = world.upload(b"new", "a.bin", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/a.bin").unwrap(), b"new");
}

#[test]
fn a_local_file_that_exists_is_not_replaced_when_it_must_not_be() {
    let mut world = World::online();
    world.server.put("/a.bin", b"remote");
    let plan = crate::world::SinkPlan {
        existing: Some(b"local".to_vec()),
        ..Default::default()
    };
    let (id, handle) = world.download_to(plan.clone(), "a.bin", fail());
    let status = world.finish(id);
    assert_eq!(status.error.unwrap().0, ErrorName::LocalDenied);
    assert_eq!(world.landed(handle).unwrap(), b"local");
    let (id, handle) = world.download_to(plan, "a.bin", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.landed(handle).unwrap(), b"remote");
}
