//! The session is opened anew whenever the server says that it ended it, and a login that has worked is
//! tried again whatever the server refuses it with.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::Failure;

use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

fn served() -> World {
    let mut world = World::online();
    world.server.put("/old", b"1");
    world.server.put("/gone", b"2");
    world
        .call(Operation::MakeDirectory("empty".into()))
        .unwrap();
    world
}

/// Operations that change something, and what is on the server after all of them.
fn changes() -> ([Operation; 4], [&'static str; 2]) {
    let operations = [
        Operation::MakeDirectory("made".into()),
        Operation::Rename("old".into(), "new".into()),
        Operation::Delete("gone".into()),
        Operation::RemoveDirectory("empty".into()),
    ];
    (operations, ["/made/", "/new"])
}

/// The server itself says that it did nothing: idle for too long, not logged in, out of sequence.
#[test]
fn what_the_server_did_not_do_for_want_of_a_session_is_done_again() {
    for reply in [421, 503, 530] {
        let mut world = served();
        let (operations, after) = changes();
        for operation in operations {
            world.server.fail_next(Failure::Reply(reply));
            assert_eq!(world.call(operation), Ok(Reply::Done), "{reply}");
        }
        assert_eq!(world.server.paths(), after, "{reply}: each was done once");
        assert_eq!(world.server.logins(), 5, "{reply}");
    }
}

/// Some firmware tells its own code only.
#[test]
fn the_same_from_the_module_alone() {
    for code in ["614,0", "623,0", "625,0"] {
        let mut world = served();
        world.fault(&format!("fail=QFTPMKDIR:{code}"));
        let made = world.call(Operation::MakeDirectory("made".into()));
        assert_eq!(made, Ok(Reply::Done), "{code}");
    }
}

#[test]
fn it_is_done_again_once_only() {
    let mut world = served();
    world.server.refuse("MKD", 530);
    let failure = world.call(Operation::MakeDirectory("made".into()));
    assert_eq!(failure.unwrap_err().name, ErrorName::LoginFailed);
    assert_eq!(world.sent("AT+QFTPMKDIR=\"made\"").len(), 2);
}

/// Refusals of a login, from "too many users" to what only a server that starts says.
const REFUSALS: [u16; 11] = [331, 332, 421, 430, 450, 500, 501, 503, 530, 532, 550];

#[test]
fn a_call_waits_for_a_login_that_has_worked_whatever_it_is_refused_with() {
    for reply in REFUSALS {
        let mut world = World::online();
        world.call(Operation::Connect).unwrap();
        world.disconnect().unwrap();
        world.server.refuse("PASS", reply);
        world.after(4 * SECOND, |world| world.server.refuse_nothing());
        assert_eq!(world.call(Operation::Connect), Ok(Reply::Done), "{reply}");
        world.disconnect().unwrap();

        world.server.refuse("PASS", reply);
        let begin = world.now().unix;
        world.call(Operation::Connect).expect_err("refused");
        let took = world.now().unix - begin;
        assert!((10..30).contains(&took), "{reply}: {took} s");
    }
}

#[test]
fn a_login_that_has_never_worked_is_refused_at_once() {
    for reply in REFUSALS {
        let mut world = World::online();
        world.server.refuse("PASS", reply);
        world.call(Operation::Connect).expect_err("refused");
        assert_eq!(world.sent("AT+QFTPOPEN=").len(), 1, "{reply}");
    }
}

#[test]
fn an_upload_outlasts_a_login_refused_in_any_words() {
    for reply in REFUSALS {
        let mut world = World::online();
        world.put(b"first", "first");
        world.disconnect().unwrap();
        world.server.refuse("PASS", reply);
        let id = world.upload(b"second", "second", Options::default());
        world.after(20 * SECOND, |world| world.server.refuse_nothing());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{reply}: {status:?}");
    }
}

#[test]
fn a_login_command_that_stays_unknown_fails_in_the_end() {
    for reply in [500, 502] {
        let mut world = World::online();
        world.put(b"first", "first");
        world.disconnect().unwrap();
        world.server.refuse("PASS", reply);
        let id = world.upload(b"second", "second", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Failed, "{reply}");
        let tried = world.sent("AT+QFTPOPEN=").len();
        assert!((5..9).contains(&tried), "{reply}: {tried}");
    }
}

/// What an earlier run of the daemon has done shows that the login works, to calls as to transfers.
#[test]
fn a_call_waits_for_a_login_that_has_worked_before_a_restart() {
    for has_worked in [true, false] {
        let mut world = World::online();
        if has_worked {
            world.put(b"first", "first");
            world.disconnect().unwrap();
        }
        world.kill_daemon();
        world.open_line();
        world.server.refuse("PASS", 530);
        world.until_online();
        let begin = world.now().unix;
        let failure = world.call(Operation::Connect).unwrap_err();
        assert_eq!(failure.name, ErrorName::LoginFailed);
        let took = world.now().unix - begin;
        assert_eq!((10..30).contains(&took), has_worked, "{took} s");
        world.server.refuse_nothing();
        assert_eq!(world.call(Operation::Connect), Ok(Reply::Done));
    }
}
