//! 550 means: not there, not allowed, not now, nothing in it, taken already. A second source decides
//! before anything is called absent, and failures after a whole upload say what is where.

use std::time::Duration;

use modem_ftp_core::api::listing::{Listing, Names};
use modem_ftp_core::api::options::{IfExists, Options, Verify};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::memory::LateType;

use crate::transfers::noise;
use crate::world::World;

fn served() -> World {
    let world = World::online();
    world.server.put("/d/a.csv", &[7; 1234]);
    world
}

fn failed(status: &TransferStatus) -> (ErrorName, String) {
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    status.error.clone().expect("an error")
}

fn upload(world: &mut World, options: Options) -> TransferStatus {
    let id = world.upload(&noise(5000), "d/new", options);
    world.finish(id)
}

#[test]
fn a_file_that_neither_size_nor_time_shows_is_found_in_its_directory() {
    for path in ["d/a.csv", "/d/a.csv"] {
        let mut world = served();
        world.server.refuse("SIZE", 550);
        world.server.refuse("MDTM", 550);
        let stat = world.call(Operation::Stat(path.into())).unwrap();
        assert!(
            matches!(
                stat,
                Reply::Stat {
                    size: Some(1234),
                    ..
                }
            ),
            "{stat:?}"
        );
        assert_eq!(world.get(path), [7; 1234]);
    }
}

#[test]
fn a_directory_is_not_absent() {
    let mut world = served();
    let stat = world.call(Operation::Stat("d".into())).unwrap();
    assert!(matches!(stat, Reply::Stat { size: None, .. }), "{stat:?}");
    let failure = world.call(Operation::Stat("nowhere".into())).unwrap_err();
    assert_eq!(failure.name, ErrorName::RemoteNotFound);
}

#[test]
fn what_is_not_allowed_is_not_absent() {
    let refused = |verb: &str, operation: Operation| {
        let mut world = served();
        world.server.refuse(verb, 550);
        let failure = world.call(operation).unwrap_err();
        assert_eq!(failure.name, ErrorName::RemoteRefused, "{failure}");
        assert!(failure.text.contains("is on the server"), "{failure}");
    };
    refused("DELE", Operation::Delete("d/a.csv".into()));
    refused("CWD", Operation::ChangeDirectory("d".into()));

    let mut world = served();
    world.server.refuse("RETR", 550);
    let (id, _) = world.download("d/a.csv", Options::default());
    let (name, text) = failed(&world.finish(id));
    assert_eq!(name, ErrorName::RemoteRefused, "{text}");
    assert!(text.contains("is on the server"), "{text}");
}

#[test]
fn what_is_not_there_is_absent() {
    let mut world = served();
    for operation in [
        Operation::Delete("d/b".into()),
        Operation::Stat("d/b".into()),
        Operation::ChangeDirectory("b".into()),
        Operation::List("b".into()),
        Operation::ListNames("b".into()),
    ] {
        let failure = world.call(operation.clone()).unwrap_err();
        assert_eq!(failure.name, ErrorName::RemoteNotFound, "{operation:?}");
    }
}

#[test]
fn a_file_is_not_replaced_because_size_is_refused() {
    for refused in [&["SIZE"][..], &["SIZE", "MDTM"]] {
        let mut world = served();
        for verb in refused {
            world.server.refuse(verb, 550);
        }
        let options = Options {
            if_exists: IfExists::Fail,
            ..Options::default()
        };
        let id = world.upload(&noise(50), "d/a.csv", options.clone());
        assert_eq!(failed(&world.finish(id)).0, ErrorName::RemoteExists);
        assert_eq!(world.server.get("/d/a.csv").unwrap(), [7; 1234]);
        let id = world.upload(&noise(50), "d/new", options);
        assert_eq!(world.finish(id).state, TransferState::Done);
    }
}

#[test]
fn an_empty_directory_that_is_refused_is_empty() {
    for reply in [550, 450] {
        let mut world = served();
        world.call(Operation::MakeDirectory("e".into())).unwrap();
        for verb in ["MLSD", "LIST", "NLST"] {
            world.server.refuse_path(verb, "/e", reply);
        }
        let listed = world.call(Operation::List("e".into()));
        assert_eq!(listed, Ok(Reply::Entries(Listing::default())), "{reply}");
        let named = world.call(Operation::ListNames("e".into()));
        assert_eq!(named, Ok(Reply::Names(Names::default())), "{reply}");
        let raw = world.call(Operation::ListRaw("e".into()));
        assert_eq!(raw, Ok(Reply::Bytes(Vec::new())), "{reply}");
        let listed = world.call(Operation::List("d".into()));
        assert!(matches!(listed, Ok(Reply::Entries(entries)) if entries.len() == 1));
    }
}

#[test]
fn a_directory_that_may_not_be_listed_is_not_empty() {
    let mut world = served();
    world.server.refuse_path("LIST", "/d", 550);
    let failure = world.call(Operation::ListRaw("d".into())).unwrap_err();
    assert_eq!(failure.code, Some(627), "{failure}");
}

#[test]
fn a_size_from_before_the_type_is_not_believed() {
    for late in [
        LateType::Refuses,
        LateType::Counts(12),
        LateType::Counts(99),
    ] {
        let mut world = served();
        world.server.put("/d/large", &noise(40_000));
        world.server.set_late_type(late);
        let stat = world.call(Operation::Stat("d/a.csv".into())).unwrap();
        assert!(
            matches!(
                stat,
                Reply::Stat {
                    size: Some(1234),
                    ..
                }
            ),
            "{late:?}: {stat:?}"
        );
        for (name, content) in [("d/a.csv", vec![7; 1234]), ("d/large", noise(40_000))] {
            world.disconnect().unwrap();
            assert_eq!(world.get(name), content, "{late:?}");
        }
        world.disconnect().unwrap();
        world.put(&noise(3000), "d/new");
    }
}

/// The rename took place and its answer was lost: SIZE in the next session counts other bytes.
#[test]
fn a_rename_is_found_again_before_the_type_is_in_force() {
    for late in [LateType::Refuses, LateType::Counts(12)] {
        let mut world = World::online();
        world.server.set_late_type(late);
        let id = world.upload(&noise(5000), "a", Options::default());
        world.replace("+QFTPRENAME: 0,0", "+QFTPRENAME: 606,0", 1);
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{late:?}: {status:?}");
        assert_eq!(world.server.get("/a"), Some(noise(5000)));
        if late != LateType::Refuses {
            assert_eq!(
                world.server.uploaded(),
                5000,
                "{late:?}: it is not sent again"
            );
        }
    }
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text:?}");
    }
}

#[test]
fn a_write_only_account_is_told_apart_and_named_with_the_switch() {
    let write_only = || {
        let world = served();
        for verb in ["SIZE", "MDTM", "MLSD", "LIST", "NLST", "RETR"] {
            world.server.refuse(verb, 550);
        }
        world
    };
    let mut world = write_only();
    let (name, text) = failed(&upload(&mut world, Options::default()));
    assert_eq!(name, ErrorName::RemoteRefused);
    says(
        &text,
        &[
            "5000 bytes were sent to d/new.",
            "QFTPSIZE",
            "550",
            "--verify none",
        ],
    );
    world.server.refuse_nothing();

    let mut world = write_only();
    let options = Options {
        verify: Verify::None,
        ..Options::default()
    };
    let status = upload(&mut world, options);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/d/new"), Some(noise(5000)));
}

#[test]
fn a_folder_that_takes_files_at_once_is_named_with_the_switch() {
    let (by_name, unverified) = (
        Options {
            atomic: false,
            ..Options::default()
        },
        Options {
            verify: Verify::None,
            ..Options::default()
        },
    );
    let both = Options {
        atomic: false,
        ..unverified.clone()
    };
    let mut world = served();
    world.server.set_takes_files(true);
    let (_, text) = failed(&upload(&mut world, Options::default()));
    says(
        &text,
        &["QFTPSIZE", "--verify none", "--no-atomic", "taken it"],
    );
    let (_, text) = failed(&upload(&mut world, by_name));
    says(&text, &["QFTPSIZE", "--verify none", "sent to d/new "]);
    let (_, text) = failed(&upload(&mut world, unverified));
    says(
        &text,
        &["rename", "neither name", "--no-atomic", "--verify none"],
    );
    assert_eq!(upload(&mut world, both).state, TransferState::Done);
}

#[test]
fn a_refused_rename_says_where_the_file_is() {
    let mut world = served();
    world.server.refuse("RNTO", 550);
    let (name, text) = failed(&upload(&mut world, Options::default()));
    assert_eq!(name, ErrorName::RemoteRefused);
    says(
        &text,
        &[
            "bytes were sent to d/new.",
            "rename to d/new",
            "--no-atomic",
            "550",
        ],
    );
    world.wait(Duration::from_secs(60));
    assert_eq!(world.server.paths(), ["/d/", "/d/a.csv"]);
}

/// A name of ours that the server refuses to remove for now is removed later.
#[test]
fn a_name_that_cannot_be_removed_now_is_not_forgotten() {
    let mut world = served();
    world.server.refuse("RNTO", 550);
    world.server.refuse("DELE", 550);
    upload(&mut world, Options::default());
    world.wait(Duration::from_secs(60));
    assert_eq!(world.names_left().len(), 1);
    world.server.refuse_nothing();
    world.run_within(Duration::from_secs(600), |world| {
        world.names_left().is_empty()
    });
}
