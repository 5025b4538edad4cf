//! A refusal counts for the name that it was given for, and only where the same command has told of
//! another file; a listing counts only for what it can show.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::options::{IfExists, Options};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Log, Setup, World};

const OLD: &[u8] = &[7; 1234];

fn served() -> World {
    let world = World::online();
    world.server.put("/a.csv", OLD);
    world.server.put("/d/b.csv", OLD);
    world
}

fn refuse(world: &World, verbs: &[&str], reply: u16) {
    for verb in verbs {
        world.server.refuse(verb, reply);
    }
}

fn put_new(world: &mut World, remote: &str) -> TransferStatus {
    let options = Options {
        if_exists: IfExists::Fail,
        ..Options::default()
    };
    let id = world.upload(&noise(500), remote, options);
    world.finish(id)
}

fn failed(status: &TransferStatus) -> (ErrorName, String) {
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    status.error.clone().expect("an error")
}

fn by_name() -> Options {
    Options {
        atomic: false,
        ..Options::default()
    }
}

/// MDTM is refused for every file, and SIZE for one that is in use.
#[test]
fn a_file_in_use_is_not_replaced_where_times_are_never_told() {
    for new_session in [false, true] {
        let mut world = served();
        world.server.refuse("MDTM", 550);
        assert_eq!(put_new(&mut world, "n1").state, TransferState::Done);
        world.server.refuse_path("SIZE", "/a.csv", 550);
        if new_session {
            world.disconnect().unwrap();
        }
        assert_eq!(
            failed(&put_new(&mut world, "a.csv")).0,
            ErrorName::RemoteExists
        );
        assert_eq!(world.server.get("/a.csv").unwrap(), OLD);
        assert_eq!(put_new(&mut world, "n2").state, TransferState::Done);
    }
}

/// Both commands work for other files, and are refused for one that may not be looked at.
#[test]
fn a_file_that_may_not_be_looked_at_is_not_replaced() {
    let mut world = served();
    assert_eq!(put_new(&mut world, "n1").state, TransferState::Done);
    for verb in ["SIZE", "MDTM"] {
        world.server.refuse_path(verb, "/a.csv", 550);
    }
    assert_eq!(
        failed(&put_new(&mut world, "a.csv")).0,
        ErrorName::RemoteExists
    );
    assert_eq!(world.server.get("/a.csv").unwrap(), OLD);
    assert_eq!(put_new(&mut world, "n2").state, TransferState::Done);
}

/// A name in other letters may be the same file; where the server tells the two apart, it is not.
#[test]
fn a_name_in_other_letters_is_not_replaced_unless_it_is_another_file() {
    let mut world = World::online();
    world.server.put("/A.CSV", OLD);
    assert_eq!(put_new(&mut world, "a.csv").state, TransferState::Done);

    let mut world = World::online();
    world.server.put("/A.CSV", OLD);
    refuse(&world, &["SIZE", "MDTM"], 550);
    let (name, text) = failed(&put_new(&mut world, "a.csv"));
    assert_eq!(name, ErrorName::RemoteRefused, "{text}");
    assert!(text.contains("lists A.CSV"), "{text}");
    assert_eq!(world.server.get("/a.csv"), None);
}

#[test]
fn what_the_server_took_and_does_not_list_is_not_done() {
    for (verbs, text) in [(&["SIZE", "MDTM"][..], false), (&["MDTM"], true)] {
        for atomic in [false, true] {
            let setup = Setup::default();
            let mut world = setup.server(|server| server.binary = !text).online();
            world.server.put("/other", OLD);
            refuse(&world, verbs, 502);
            world.server.set_takes_files(true);
            let options = Options {
                atomic,
                ..Options::default()
            };
            let id = world.upload(&noise(3000), "w9", options);
            let (_, why) = failed(&world.finish(id));
            assert!(
                why.contains("neither name") || why.contains("does not list it"),
                "{why}"
            );
        }
    }
}

/// Nothing tells the size: it is done, and the log says so.
#[test]
fn a_size_that_nothing_tells_is_no_failure_and_is_logged() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Log::new({
        let lines = Arc::clone(&lines);
        move |line: &str| lines.lock().unwrap().push(line.to_owned())
    });
    tracing::subscriber::with_default(log, || {
        let mut world = served();
        refuse(&world, &["SIZE", "MLSD", "LIST"], 502);
        let id = world.upload(&noise(3000), "w9", by_name());
        assert_eq!(world.finish(id).state, TransferState::Done);
    });
    let lines = lines.lock().unwrap();
    let is_said = |line: &String| line.contains("w9: its size on the server was not checked");
    assert!(lines.iter().any(is_said), "{lines:?}");
}

fn is_there(failure: &Failure) {
    assert_eq!(failure.name, ErrorName::RemoteRefused, "{failure}");
    assert!(failure.text.contains("is on the server"), "{failure}");
}

#[test]
fn a_directory_is_not_an_absent_file() {
    for unlisted in [false, true] {
        let mut world = served();
        world.get("a.csv");
        world.call(Operation::Stat("a.csv".into())).unwrap();
        if unlisted {
            refuse(&world, &["MLSD", "LIST", "NLST"], 550);
        }
        is_there(&world.call(Operation::Delete("d".into())).unwrap_err());
        let (id, _) = world.download("d", Options::default());
        let (name, text) = failed(&world.finish(id));
        assert_eq!(name, ErrorName::RemoteRefused, "{text}");
        assert!(text.contains("(a directory)"), "{text}");
        let gone = world.call(Operation::Delete("e".into())).unwrap_err();
        assert_eq!(gone.name, ErrorName::RemoteNotFound);
        // The session stands where it stood.
        assert_eq!(world.get("d/b.csv"), OLD);
    }
}

#[test]
fn a_file_that_may_not_be_looked_at_is_not_absent() {
    let mut world = served();
    world.get("d/b.csv");
    world.call(Operation::Stat("d/b.csv".into())).unwrap();
    for verb in ["SIZE", "MDTM", "DELE", "RETR"] {
        world.server.refuse_path(verb, "/a.csv", 550);
    }
    is_there(&world.call(Operation::Delete("a.csv".into())).unwrap_err());
    let (id, _) = world.download("a.csv", Options::default());
    assert_eq!(failed(&world.finish(id)).0, ErrorName::RemoteRefused);
}

/// A directory that is too long to be listed is no reason to fail with another error.
#[test]
fn what_is_absent_from_a_very_long_directory_is_absent() {
    let mut world = served();
    let rows = b"-rw-r--r-- 1 ftp ftp 5 Jul 08 2014 some-name\r\n".repeat(70_000);
    for verb in ["MLSD", "LIST", "NLST"] {
        world.server.set_listing(verb, &rows);
    }
    let gone = world.call(Operation::Delete("e".into())).unwrap_err();
    assert_eq!(gone.name, ErrorName::RemoteNotFound, "{gone}");
    assert_eq!(world.get("d/b.csv"), OLD);
}

/// Servers without case, with versions, and rows that cannot be read: RETR tells.
#[test]
fn a_name_that_is_listed_in_another_form_is_not_absent() {
    const UNIX: &str = "-rw-r--r-- 1 u g 1234 Jan 01 2024 ";
    let mut listings = vec![
        "README.TXT;1   1/3  1-JAN-2024 10:00:00  [A,B]  (RWED,RE,RE,)\r\n".to_owned(),
        "01-01-24  10:00AM  5 README.TXT\r\n".to_owned(),
        format!("{UNIX}good\r\n-rw-rw-r--* ?? strange ?? readme.txt\r\n"),
        format!("{UNIX}readme.txt\r\r\n"),
    ];
    for rows in listings.drain(..) {
        for refused in [
            &["SIZE", "MDTM", "MLSD"][..],
            &["SIZE", "MDTM", "MLSD", "NLST"],
        ] {
            let mut world = World::online();
            world.server.put("/readme.txt", OLD);
            world.server.set_listing("LIST", rows.as_bytes());
            refuse(&world, refused, 502);
            assert_eq!(world.get("readme.txt"), OLD, "{rows}");
            let (id, _) = world.download("other", Options::default());
            assert_eq!(failed(&world.finish(id)).0, ErrorName::RemoteNotFound);
            match world.call(Operation::Stat("readme.txt".into())) {
                Ok(_) => {}
                Err(failure) => assert_ne!(failure.name, ErrorName::RemoteNotFound, "{rows}"),
            }
        }
    }
}

#[test]
fn a_time_that_is_refused_for_one_file_is_told_of_others() {
    for first in ["a.csv", "w1"] {
        let mut world = served();
        world.server.put("/w1", OLD);
        world.server.refuse_path("MDTM", "/w1", 550);
        for path in [first, "w1", "a.csv"] {
            let reply = world.call(Operation::Stat(path.into())).unwrap();
            let Reply::Stat { size, modified } = reply else {
                panic!("{reply:?}");
            };
            assert_eq!((size, modified.is_some()), (Some(1234), path == "a.csv"));
        }
    }
}

/// The server makes the file, and then opens no data connection for it.
#[test]
fn an_empty_file_goes_also_where_sizes_are_only_listed() {
    for reply in [500, 550] {
        let mut world = served();
        world.server.refuse("SIZE", reply);
        world.server.refuse("STOR", 425);
        world.when("> AT+QFTPPUT=", |world| world.server.put("/new", b""));
        let options = Options {
            retries: 0,
            ..by_name()
        };
        let id = world.upload(&noise(500), "new", options);
        failed(&world.finish(id));
        world.wait(Duration::from_secs(20));
        assert_eq!(
            world.server.get("/new"),
            None,
            "{reply} {}",
            world.dialogue()
        );
        assert_eq!(world.server.get("/a.csv").unwrap(), OLD);
    }
}
