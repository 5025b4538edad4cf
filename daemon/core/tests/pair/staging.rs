//! Staging and backup names: the final name appears once, when the file is complete and verified.

use std::time::Duration;

use modem_ftp_core::api::options::{IfExists, Options};
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn fail_if_exists() -> Options {
    Options {
        if_exists: IfExists::Fail,
        ..Options::default()
    }
}

#[test]
fn the_final_name_appears_only_when_the_file_is_complete() {
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
fn without_atomic_the_final_name_is_used_from_the_start() {
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
fn an_existing_remote_file_is_kept_with_if_exists_fail() {
    let mut world = World::online();
    world.server.put("/a.bin", b"old");
    let id = world.upload(b"new", "a.bin", fail_if_exists());
    let status = world.finish(id);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteExists);
    assert!(!world.has_sent("AT+QFTPPUT"), "nothing was sent in vain");

    let id = world.upload(b"new", "b.bin", fail_if_exists());
    assert_eq!(world.finish(id).state, TransferState::Done);

    // Another client creates the file meanwhile.
    let id = world.upload(b"ours", "c.bin", fail_if_exists());
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
fn an_existing_file_is_renamed_to_its_backup_name_if_the_server_does_not_overwrite() {
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
fn the_old_file_is_restored_if_the_new_one_cannot_be_renamed() {
    let mut world = World::online();
    world.server.put("/a.bin", b"old");
    world.fault("fail=QFTPRENAME:627,550");
    // The old file has its backup name; now the rename of the new one is refused, too.
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
fn a_refused_rename_deletes_only_the_staging_file() {
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
fn a_rename_carried_out_despite_an_error_reply_counts_as_done() {
    for old in [None, Some(b"old")] {
        let mut world = World::online();
        if let Some(old) = old {
            world.server.put("/a.bin", old);
        }
        // The server renames the file and replies 550.
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
fn an_existing_local_file_is_kept_with_if_exists_fail() {
    let mut world = World::online();
    world.server.put("/a.bin", b"remote");
    let plan = crate::world::SinkPlan {
        existing: Some(b"local".to_vec()),
        ..Default::default()
    };
    let (id, handle) = world.download_to(plan.clone(), "a.bin", fail_if_exists());
    let status = world.finish(id);
    assert_eq!(status.error.unwrap().0, ErrorName::LocalDenied);
    assert_eq!(world.landed(handle).unwrap(), b"local");
    let (id, handle) = world.download_to(plan, "a.bin", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.landed(handle).unwrap(), b"remote");
}

#[test]
fn a_rename_whose_result_was_lost_is_verified_at_the_next_attempt() {
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
fn a_rename_command_that_was_lost_is_repeated() {
    let mut world = World::online();
    world.rough();
    world.call(Operation::Connect).unwrap();
    world.when("< +QFTPSIZE: 0,3", |world| world.inject(Injection::Reset));
    let id = world.upload(b"new", "a.bin", fail_if_exists());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a.bin").unwrap(), b"new");
}

#[test]
fn a_partial_file_of_an_earlier_attempt_is_overwritten() {
    let mut world = World::online();
    world.rough().fault("reset-after=3000");
    let options = || Options {
        atomic: false,
        ..fail_if_exists()
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
        "that file is of another transfer"
    );
}

/// Servers refuse SIZE in ASCII type with 550, which also means that there is no such file; some do
/// not implement MDTM.
#[test]
fn an_existing_text_file_is_kept_with_if_exists_fail() {
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
            let id = world.upload(b"new", "a.txt", fail_if_exists());
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
