//! The final name appears once, when the file is whole.

use std::time::Duration;

use modem_ftp_core::api::options::{IfExists, Options};
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

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
fn a_rename_that_was_done_although_it_was_refused_is_looked_up() {
    for old in [None, Some(b"old")] {
        let mut world = World::online();
        if let Some(old) = old {
            world.server.put("/a.bin", old);
        }
        // The server renames and says that it did not.
        world.when("> AT+QFTPRENAME", |world| {
            let staging = world.names_left().pop().expect("a staging name");
            world.rename_on_server(&staging, "/a.bin");
        });
        world.fault("fail=QFTPRENAME:627,550");
        let id = world.upload(b"new!", "a.bin", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/a.bin").unwrap(), b"new!");
        assert_eq!(
            world.server.paths(),
            ["/a.bin"],
            "no staging or backup name"
        );
        assert_eq!(world.sent("AT+QFTPPUT=").len(), 1, "sent once");
        assert_eq!(world.sent("AT+QFTPRENAME=").len(), 1, "and renamed once");
    }
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

#[test]
fn a_rename_whose_result_is_lost_is_found_to_be_done() {
    for (if_exists, lost) in [
        (IfExists::Fail, "no-urc=1"),
        (IfExists::Fail, "reset"),
        (IfExists::Overwrite, "no-urc=1"),
    ] {
        for binary in [true, false] {
            let mut world = Setup::default()
                .server(|server| server.binary = binary)
                .online();
            world.rough();
            world.call(Operation::Connect).unwrap();
            world.server.set_latency(Duration::from_secs(1));
            world.when("> AT+QFTPRENAME=", move |world| match lost {
                "reset" => world.after(Duration::from_millis(20), |world| {
                    world.inject(Injection::Reset);
                }),
                fault => world.fault(fault),
            });
            let options = Options {
                if_exists,
                ..Options::default()
            };
            let id = world.upload(b"1\r\n2\r\n", "a.txt", options);
            let status = world.finish(id);
            assert_eq!(status.state, TransferState::Done, "{lost}: {status:?}");
            assert_eq!(status.transferred, 6);
            assert_eq!(world.server.get("/a.txt").unwrap(), b"1\r\n2\r\n");
            let again = if_exists == IfExists::Overwrite && !binary;
            let puts = world.sent("AT+QFTPPUT=").len();
            assert_eq!(puts, 1 + usize::from(again), "{lost}, {}", world.dialogue());
            assert_eq!(world.server.paths(), ["/a.txt"]);
        }
    }
}

#[test]
fn a_rename_that_was_lost_on_its_way_is_made_again() {
    let mut world = World::online();
    world.rough();
    world.call(Operation::Connect).unwrap();
    world.when("< +QFTPSIZE: 0,3", |world| world.inject(Injection::Reset));
    let id = world.upload(b"new", "a.bin", fail());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a.bin").unwrap(), b"new");
}

#[test]
fn our_own_partial_is_no_reason_to_stop() {
    let mut world = World::online();
    world.rough().fault("reset-after=3000");
    let options = || Options {
        atomic: false,
        ..fail()
    };
    let id = world.upload(&noise(20_000), "a.bin", options());
    world.run_until(|world| world.transfer(id).state == TransferState::Waiting);
    assert!(world.server.get("/a.bin").is_some(), "a partial is there");
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a.bin"), Some(noise(20_000)));
    let id = world.upload(b"another", "a.bin", options());
    assert_eq!(
        world.finish(id).error.unwrap().0,
        ErrorName::RemoteExists,
        "that one is not its own"
    );
}

/// Servers refuse SIZE in ASCII type with 550, as if there were no such file; some have no MDTM.
#[test]
fn a_text_that_exists_is_not_replaced_when_it_must_not_be() {
    for faults in [
        &["fail=QFTPSIZE:627,550"][..],
        &["fail=QFTPSIZE:627,550", "fail=QFTPMDTM:622,502"],
    ] {
        for there in [true, false] {
            let mut world = Setup::default()
                .server(|server| server.binary = false)
                .online();
            if there {
                world.server.put("/a.txt", b"old");
            }
            world.call(Operation::Connect).unwrap();
            for fault in [faults, faults, faults].concat() {
                world.fault(fault);
            }
            let id = world.upload(b"new", "a.txt", fail());
            let status = world.finish(id);
            let expect = match there {
                true => (Some(ErrorName::RemoteExists), &b"old"[..]),
                false => (None, &b"new"[..]),
            };
            let error = status.error.map(|(name, _)| name);
            assert_eq!((error, &world.server.get("/a.txt").unwrap()[..]), expect);
            assert_eq!(world.has_sent("AT+QFTPPUT="), !there);
        }
    }
}
