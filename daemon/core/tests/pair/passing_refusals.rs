//! Refusals that are true for now: after a cut, while a server restarts, of what has just worked. They
//! are tried again slowly and not often; what the module never began is done again at once.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::{TransferId, TransferState};
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::{Change, Setup, World};

const SECOND: Duration = Duration::from_secs(1);

/// An upload that was cut when so many bytes had moved; the server is back, and nothing was tried
/// again yet.
fn cut(bytes: &[u8], moved: u64, options: Options) -> (World, TransferId) {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    let id = world.upload(bytes, "a", options);
    world.after_bytes(moved, |world| world.rules.set_down(true));
    world.until_transfer(id, TransferState::Waiting);
    world.rules.set_down(false);
    (world, id)
}

fn staging(world: &World) -> String {
    let stored = world.rules.changes().into_iter().find_map(|it| match it {
        Change::Stored(name) => Some(name),
        Change::Renamed(..) => None,
    });
    stored.expect("an upload")
}

#[test]
fn a_staging_name_that_the_server_still_holds_is_left_for_another_one() {
    for reply in [550, 553] {
        let bytes = noise(60_000);
        let (mut world, id) = cut(&bytes, 40_000, Options::default());
        let held = staging(&world);
        for verb in ["STOR", "DELE"] {
            world.server.refuse_path(verb, &held, reply);
        }
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/a"), Some(bytes));
        assert!(world.server.get(&held).is_some(), "{reply}: it is held");
        world.wait(600 * SECOND);
        // The server gives it up, and it is removed.
        world.server.refuse_nothing();
        world.run_within(7200 * SECOND, |world| world.server.get(&held).is_none());
    }
}

#[test]
fn a_refused_rename_after_a_cut_is_tried_again_and_nothing_is_sent_twice() {
    for codes in ["627,550", "630,553"] {
        let bytes = noise(60_000);
        let (mut world, id) = cut(&bytes, 40_000, Options::default());
        for _ in 0..6 {
            world.fault(&format!("fail=QFTPRENAME:{codes}"));
        }
        let sent = world.server.uploaded();
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert_eq!(world.server.get("/a"), Some(bytes.clone()));
        let sent = world.server.uploaded() - sent;
        assert!(sent <= bytes.len() as u64, "{sent} bytes were sent again");
    }
}

#[test]
fn a_final_name_that_the_server_still_holds_is_written_to_later() {
    let bytes = noise(60_000);
    let options = Options {
        atomic: false,
        ..Options::default()
    };
    let (mut world, id) = cut(&bytes, 40_000, options);
    world.server.refuse_path("STOR", "/a", 550);
    world.after(60 * SECOND, |world| world.server.refuse_nothing());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    assert_eq!(world.server.get("/a"), Some(bytes));
}

#[test]
fn what_stays_refused_after_a_cut_fails_in_the_end() {
    let (mut world, id) = cut(&noise(60_000), 40_000, Options::default());
    world.server.refuse("STOR", 553);
    let begin = world.now().unix;
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.unwrap().0, ErrorName::RemoteRefused);
    let tries = world.sent("AT+QFTPPUT=").len();
    assert!((6..20).contains(&tries), "{tries}");
    let took = world.now().unix - begin;
    assert!((60..1800).contains(&took), "{took} s");
}

#[test]
fn a_login_that_has_worked_is_tried_again_while_it_is_refused() {
    let mut world = World::online();
    world.put(b"first", "first");
    world.disconnect().unwrap();
    world.server.refuse("PASS", 530);
    let id = world.upload(b"second", "second", Options::default());
    world.after(100 * SECOND, |world| world.server.refuse_nothing());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
    let tried = world.sent("AT+QFTPOPEN=").len();
    assert!((3..8).contains(&tried), "{tried}");
}

#[test]
fn a_call_waits_a_moment_for_a_login_that_has_worked() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    world.disconnect().unwrap();
    world.server.refuse("PASS", 530);
    world.after(4 * SECOND, |world| world.server.refuse_nothing());
    assert_eq!(world.call(Operation::Connect), Ok(Reply::Done));
    world.disconnect().unwrap();

    world.server.refuse("PASS", 530);
    let begin = world.now().unix;
    let failure = world.call(Operation::Connect).expect_err("refused");
    assert_eq!(failure.name, ErrorName::LoginFailed);
    assert!(world.now().unix - begin < 30, "it does not wait for ever");
}

#[test]
fn a_login_that_stays_refused_fails_in_the_end() {
    let mut world = World::online();
    world.put(b"first", "first");
    world.disconnect().unwrap();
    world.server.refuse("PASS", 530);
    let id = world.upload(b"second", "second", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert_eq!(status.error.unwrap().0, ErrorName::LoginFailed);
    let tried = world.sent("AT+QFTPOPEN=").len();
    assert!((5..9).contains(&tried), "{tried}");
}

/// What an earlier run of the daemon has done shows that the login works.
#[test]
fn a_login_that_has_worked_before_a_restart_is_tried_again() {
    let mut world = World::online();
    world.put(b"first", "first");
    world.disconnect().unwrap();
    world.kill_daemon();
    world.open_line();
    world.server.refuse("PASS", 530);
    world.until_online();
    let id = world.upload(b"second", "second", Options::default());
    world.after(100 * SECOND, |world| world.server.refuse_nothing());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
}

#[test]
fn the_directory_of_a_server_that_starts_may_come_later() {
    let mut world = Setup::default()
        .server(|server| server.directory = "/in".into())
        .start();
    world.server.put("/in/x", b"x");
    world.until_online();
    world.put(b"first", "first");
    world.disconnect().unwrap();
    world.server.refuse_path("CWD", "/in", 550);
    let id = world.upload(b"second", "second", Options::default());
    world.after(60 * SECOND, |world| world.server.refuse_nothing());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");
}

#[test]
fn what_has_just_worked_in_a_directory_is_tried_once_more() {
    let mut world = World::online();
    world.put(b"first", "first");
    world.server.refuse("STOR", 550);
    let id = world.upload(b"second", "second", Options::default());
    world.after(3 * SECOND, |world| world.server.refuse_nothing());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Done, "{status:?}");

    world.server.refuse("STOR", 550);
    let begin = world.now().unix;
    let id = world.upload(b"third", "third", Options::default());
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed);
    assert!(world.now().unix - begin < 20, "the path may be refused");
}

/// The module answers 606 or 603 in place of OK: whatever it was, it was not done.
#[test]
fn what_the_module_never_began_is_done_again() {
    for code in [606, 603] {
        let mut world = World::online();
        world.server.put("/old", b"1");
        world.server.put("/gone", b"2");
        world.server.put("/d/x", b"3");
        world
            .call(Operation::MakeDirectory("empty".into()))
            .unwrap();
        let operations = [
            ("QFTPMKDIR", Operation::MakeDirectory("made".into())),
            ("QFTPRENAME", Operation::Rename("old".into(), "new".into())),
            ("QFTPDEL", Operation::Delete("gone".into())),
            ("QFTPRMDIR", Operation::RemoveDirectory("empty".into())),
        ];
        for (command, operation) in operations {
            world.fault(&format!("refuse={command}:{code}"));
            let reply = world.call(operation);
            assert_eq!(reply, Ok(Reply::Done), "{code} {command}");
        }
        assert_eq!(
            world.server.paths(),
            ["/d/", "/d/x", "/made/", "/new"],
            "each was done once"
        );
    }
}

#[test]
fn what_the_module_never_begins_is_not_tried_for_ever() {
    let mut world = World::online();
    for _ in 0..50 {
        world.fault("refuse=QFTPMKDIR:606");
    }
    let failure = world.call(Operation::MakeDirectory("d".into()));
    assert_eq!(failure.unwrap_err().name, ErrorName::ConnectFailed);
    assert!(world.sent("AT+QFTPMKDIR").len() <= 3);
    world.heal("refuse");
}
