//! The working directory belongs to the caller: what one sets changes nothing for others, and a
//! path means what it meant when the call was accepted.

use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote;

use crate::world::{Setup, World};

/// A caller.
pub const ANNA: &str = ":1.7";
/// Another caller.
pub const BERT: &str = ":1.8";

pub fn cd(world: &mut World, caller: &str, path: &str) -> Result<Reply, Failure> {
    world.call_as(caller, Operation::ChangeDirectory(path.into()))
}

pub fn pwd(world: &mut World, caller: &str) -> Result<Reply, Failure> {
    world.call_as(caller, Operation::WorkingDirectory)
}

pub fn text(path: &str) -> Result<Reply, Failure> {
    Ok(Reply::Text(path.into()))
}

/// A server with `/data/2026/x` and `/home/x`.
pub fn world() -> World {
    let world = World::online();
    world.server.put("/data/2026/x", b"data");
    world.server.put("/home/x", b"home");
    world
}

/// The same, where the server's configured directory is `directory`.
fn configured(directory: &str) -> World {
    let world = Setup::default()
        .server(|server| server.directory = directory.into())
        .online();
    world.server.put("/inbox/x", b"inbox");
    world.server.put("/data/x", b"data");
    world
}

#[test]
fn each_caller_has_its_own_directory() {
    let mut world = world();
    assert_eq!(cd(&mut world, ANNA, "data"), Ok(Reply::Done));
    assert_eq!(cd(&mut world, BERT, "home"), Ok(Reply::Done));
    assert_eq!(cd(&mut world, ANNA, "2026"), Ok(Reply::Done));
    assert_eq!(pwd(&mut world, ANNA), text("/data/2026"));
    assert_eq!(pwd(&mut world, BERT), text("/home"));
    assert_eq!(pwd(&mut world, ":1.9"), text("/"));
    assert_eq!(cd(&mut world, ANNA, ".."), Ok(Reply::Done));
    assert_eq!(pwd(&mut world, ANNA), text("/data"));
    let size = |caller: &str, world: &mut World| {
        let stat = world.call_as(caller, Operation::Stat("x".into()));
        stat.is_ok()
    };
    assert!(!size(ANNA, &mut world));
    assert!(size(BERT, &mut world));
    assert_eq!(world.server.logins(), 1);
}

#[test]
fn the_session_returns_to_where_every_session_stands() {
    for (directory, stands) in [("", "/"), ("inbox", "/inbox"), ("/inbox", "/inbox")] {
        let mut world = configured(directory);
        cd(&mut world, ANNA, "/data").unwrap();
        assert_eq!(pwd(&mut world, BERT), text(stands));
        cd(&mut world, ANNA, "/").unwrap();
        assert_eq!(pwd(&mut world, BERT), text(stands));
        // One PWD a login says where that is; one more each `cd` and each answer.
        assert_eq!(world.sent("AT+QFTPPWD").len(), 1 + 2 + 2, "{directory}");
        assert_eq!(world.server.logins(), 1);
    }
}

#[test]
fn a_directory_survives_logouts_and_is_told_without_the_network() {
    let mut world = world();
    cd(&mut world, ANNA, "/data/2026").unwrap();
    world.wait(Duration::from_secs(60));
    assert_eq!(world.port.condition().ftp, 4);
    assert_eq!(pwd(&mut world, ANNA), text("/data/2026"));
    assert_eq!(world.server.logins(), 1);
    let list = world.call_as(ANNA, Operation::ListNames(String::new()));
    assert_eq!(list, Ok(Reply::Names(["x"].into_iter().collect())));
    assert_eq!(world.server.logins(), 2);
}

#[test]
fn a_disconnect_and_a_vanished_caller_concern_nobody_else() {
    let mut world = world();
    cd(&mut world, ANNA, "data").unwrap();
    cd(&mut world, BERT, "home").unwrap();
    world.disconnect_as(ANNA).unwrap();
    assert_eq!(pwd(&mut world, ANNA), text("/"));
    assert_eq!(pwd(&mut world, BERT), text("/home"));
    cd(&mut world, ANNA, "data").unwrap();
    world.vanish(BERT);
    assert_eq!(pwd(&mut world, BERT), text("/"));
    assert_eq!(pwd(&mut world, ANNA), text("/data"));
}

#[test]
fn a_directory_belongs_to_one_server() {
    let mut world = world();
    cd(&mut world, ANNA, "data").unwrap();
    let ticket = world.begin_as(ANNA, "other", Operation::WorkingDirectory);
    assert_eq!(world.reply(ticket), text("/"));
    let ticket = world.begin_as(ANNA, "plant", Operation::WorkingDirectory);
    assert_eq!(
        world.reply(ticket),
        text("/data"),
        "the default server by name"
    );
}

#[test]
fn a_transfer_goes_where_its_caller_was_when_it_was_accepted() {
    let mut world = world();
    cd(&mut world, ANNA, "data").unwrap();
    // It is active while both callers change their directories, and the second one waits.
    let large = vec![7; 200_000];
    let active = world.upload_as(ANNA, &large, "active");
    world.until_transfer(active, TransferState::Active);
    let queued = world.upload_as(ANNA, b"queued", "queued");
    let other = world.upload_as(BERT, b"other", "other");
    let calls = [
        world.begin_as(BERT, "", Operation::ChangeDirectory("home".into())),
        world.begin_as(ANNA, "", Operation::ChangeDirectory("/home".into())),
    ];
    for id in [active, queued, other] {
        assert_eq!(world.finish(id).state, TransferState::Done);
    }
    for call in calls {
        assert_eq!(world.reply(call), Ok(Reply::Done));
    }
    assert_eq!(world.transfer(queued).remote, "/data/queued");
    assert_eq!(world.server.get("/data/active").unwrap(), large);
    assert_eq!(world.server.get("/data/queued").unwrap(), b"queued");
    assert_eq!(world.server.get("/other").unwrap(), b"other");
}

#[test]
fn a_transfer_keeps_its_path_over_a_new_login_and_a_restart_of_the_daemon() {
    let mut world = world();
    cd(&mut world, ANNA, "data").unwrap();
    let id = world.upload_as(ANNA, &[7; 50_000], "a");
    world.until_transfer(id, TransferState::Active);
    world.server.break_data(remote::Failure::ControlClosed);
    cd(&mut world, ANNA, "/home").unwrap();
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/data/a").unwrap().len(), 50_000);

    cd(&mut world, ANNA, "/data/2026").unwrap();
    let id = world.upload_as(ANNA, &[8; 50_000], "b");
    world.close_line("gone");
    world.restart_daemon();
    world.until_online();
    if world.seen.transfers.contains_key(&id) {
        world.finish(id);
    }
    assert_eq!(world.server.get("/home/b"), None);
    assert_eq!(world.server.get("/b"), None);
}

#[test]
fn a_directory_that_is_gone_fails_the_call_and_no_other_file_is_touched() {
    let mut world = world();
    world.server.put("/victim", b"of somebody else");
    world.server.put("/data/victim", b"");
    cd(&mut world, ANNA, "data/2026").unwrap();
    world
        .call(Operation::Delete("/data/2026/x".into()))
        .unwrap();
    let removed = world.call(Operation::RemoveDirectory("/data/2026".into()));
    assert_eq!(removed, Ok(Reply::Done));
    for new_login in [false, true] {
        if new_login {
            world.wait(Duration::from_secs(60));
            assert_eq!(world.port.condition().ftp, 4);
        }
        for operation in [
            Operation::Delete("victim".into()),
            Operation::Stat("victim".into()),
            Operation::List(String::new()),
            Operation::ListRaw(".".into()),
            Operation::ListNames(String::new()),
            Operation::ChangeDirectory("sub".into()),
        ] {
            let failure = world.call_as(ANNA, operation.clone());
            let failure = failure.expect_err("the directory is gone");
            assert_eq!(failure.name, ErrorName::RemoteNotFound, "{operation:?}");
            assert!(failure.text.starts_with("/data/2026"), "{failure}");
        }
        let renamed = world.call_as(ANNA, Operation::Rename("victim".into(), "a".into()));
        assert_eq!(renamed.unwrap_err().name, ErrorName::RemoteNotFound);
        let id = world.upload_as(ANNA, b"new", "victim");
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Failed);
        assert!(status.error.unwrap().1.contains("/data/2026/victim"));
    }
    assert_eq!(pwd(&mut world, ANNA), text("/data/2026"));
    assert_eq!(world.server.get("/victim").unwrap(), b"of somebody else");
    assert_eq!(world.server.get("/data/victim").unwrap(), b"");
    assert_eq!(pwd(&mut world, BERT), text("/"));
}

#[test]
fn a_connection_lost_during_cd_leaves_nothing_behind() {
    for lost_after in 0..4 {
        let mut world = world();
        cd(&mut world, ANNA, "home").unwrap();
        world.disconnect_as(BERT).unwrap();
        world.call(Operation::Connect).unwrap();
        for _ in 0..lost_after {
            // An answer of the server that is no failure here.
            world.server.fail_next(remote::Failure::Reply(550));
        }
        world.server.fail_next(remote::Failure::ControlClosed);
        let changed = cd(&mut world, ANNA, "/data");
        let expected = match changed {
            Ok(_) => "/data",
            Err(_) => "/home",
        };
        assert_eq!(pwd(&mut world, ANNA), text(expected), "{lost_after}");
        let id = world.upload_as(BERT, b"1", "b");
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.server.get("/b").unwrap(), b"1", "{lost_after}");
    }
}

#[test]
fn paths_start_at_the_configured_directory_where_it_is_absolute() {
    let mut world = configured("/inbox");
    let id = world.upload(b"1", "a", Options::default());
    assert_eq!(world.transfer(id).remote, "/inbox/a");
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/inbox/a").unwrap(), b"1");
    let mut world = configured("inbox");
    let id = world.upload(b"1", "a", Options::default());
    assert_eq!(world.transfer(id).remote, "a");
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/inbox/a").unwrap(), b"1");
    cd(&mut world, ANNA, "/data").unwrap();
    world.call_as(ANNA, Operation::Delete("x".into())).unwrap();
    assert!(world.server.get("/inbox/x").is_some());
    assert_eq!(world.server.get("/data/x"), None);
}
