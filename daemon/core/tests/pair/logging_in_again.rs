//! The session is opened anew whenever the server says that it ended it.

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::Failure;

use crate::world::World;

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
