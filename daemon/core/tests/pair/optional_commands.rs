//! Optional commands that a server refuses, in whatever words: another one does, and what is missing is
//! asked for once in a session.

use modem_ftp_core::api::options::{Options, Verify};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;

use crate::transfers::noise;
use crate::world::World;

fn served() -> World {
    let world = World::online();
    world.server.put("/d/a.csv", &[7; 1234]);
    world.server.put("/d/b.csv", b"b");
    world
}

fn names(reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Entries(entries) => entries
            .entries()
            .iter()
            .map(|entry| entry.name.clone())
            .collect(),
        Reply::Names(names) => names.iter().map(str::to_owned).collect(),
        other => panic!("{other:?}"),
    }
}

fn list(world: &mut World) -> Reply {
    world.call(Operation::List("d".into())).expect("a listing")
}

#[test]
fn mlsd_refused_in_any_words_is_list() {
    for reply in [500, 501, 502, 504, 402, 550, 503, 451, 202] {
        let mut world = served();
        world.server.refuse("MLSD", reply);
        let Reply::Entries(entries) = list(&mut world) else {
            panic!("no entries");
        };
        assert_eq!(entries.len(), 2, "{reply}");
        assert_eq!(entries.entries()[0].size, Some(1234), "{reply}");
        list(&mut world);
        assert_eq!(world.sent("AT+QFTPMLSD").len(), 1, "{reply} is remembered");
        assert_eq!(world.server.logins(), 1, "{reply}");
    }
}

#[test]
fn mlsd_refused_by_the_module_is_list() {
    for refusal in [
        "refuse=QFTPMLSD:601",
        "refuse=QFTPMLSD:4",
        "fail=QFTPMLSD:601,0",
    ] {
        let mut world = served();
        world.call(Operation::Connect).unwrap();
        world.fault(refusal);
        assert_eq!(names(&list(&mut world)), ["a.csv", "b.csv"], "{refusal}");
    }
}

#[test]
fn a_list_of_no_known_shape_is_nlst() {
    let mut world = served();
    world.server.refuse("MLSD", 502);
    world
        .server
        .set_listing("LIST", b"%% no shape that anybody knows %%\r\n?? 17\r\n");
    assert_eq!(names(&list(&mut world)), ["a.csv", "b.csv"]);
    assert_eq!(names(&list(&mut world)), ["a.csv", "b.csv"]);
    assert_eq!(world.sent("AT+QFTPLIST").len(), 1, "it is remembered");
}

#[test]
fn list_refused_is_nlst_and_nlst_refused_is_list() {
    for reply in [500, 502, 550, 450, 402] {
        let mut world = served();
        world.server.refuse("MLSD", reply);
        world.server.refuse("LIST", reply);
        assert_eq!(names(&list(&mut world)), ["a.csv", "b.csv"], "{reply}");

        let mut world = served();
        world.server.refuse("NLST", reply);
        for _ in 0..2 {
            let listed = world.call(Operation::ListNames("d".into())).unwrap();
            assert_eq!(names(&listed), ["a.csv", "b.csv"], "{reply}");
        }
        assert_eq!(world.sent("AT+QFTPNLST").len(), 1, "{reply} is remembered");
    }
}

#[test]
fn a_refused_time_costs_the_time() {
    // 550 and 553 may be of this file only.
    for (reply, asked) in [
        (500, 1),
        (501, 1),
        (502, 1),
        (504, 1),
        (402, 1),
        (550, 2),
        (553, 2),
        (202, 1),
    ] {
        let mut world = served();
        world.server.refuse("MDTM", reply);
        for _ in 0..2 {
            let stat = world.call(Operation::Stat("d/a.csv".into()));
            let size = Some(1234);
            let expected = Reply::Stat {
                size,
                modified: None,
            };
            assert_eq!(stat, Ok(expected), "{reply}");
        }
        assert_eq!(world.sent("AT+QFTPMDTM").len(), asked, "{reply}");
    }
}

#[test]
fn a_refused_size_is_told_by_a_listing() {
    for reply in [500, 501, 502, 504, 402, 550, 202] {
        let mut world = served();
        world.server.refuse("SIZE", reply);
        let stat = world.call(Operation::Stat("d/a.csv".into()));
        let expected = Reply::Stat {
            size: Some(1234),
            modified: Some(1_404_817_239),
        };
        assert_eq!(stat, Ok(expected), "{reply}");
        assert_eq!(world.get("d/a.csv"), [7; 1234], "{reply}");
        world.put(&noise(5000), "d/new");
        assert_eq!(world.server.get("/d/new"), Some(noise(5000)), "{reply}");
        assert_eq!(world.sent("AT+QFTPSIZE").len(), 1, "{reply} is remembered");
    }
}

/// The size in a listing is a check as good as SIZE.
#[test]
fn a_short_file_is_found_by_a_listing() {
    let mut world = served();
    world.server.refuse("SIZE", 502);
    world.when("< +QFTPPUT: 0,5000", |world| {
        let staging = world.names_left().remove(0);
        world.server.put(&staging, &noise(4000));
    });
    let status = world.put(&noise(5000), "d/new");
    assert_eq!(status.attempts, 2, "{status:?}");
    assert_eq!(world.server.get("/d/new"), Some(noise(5000)));
}

#[test]
fn a_server_that_tells_no_size_at_all_is_uploaded_to() {
    let mut world = World::online();
    for verb in ["SIZE", "MDTM", "MLSD", "LIST", "NLST"] {
        world.server.refuse(verb, 502);
    }
    for name in ["a", "b"] {
        let id = world.upload(&noise(5000), name, Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
    }
    assert_eq!(world.sent("AT+QFTPSIZE").len(), 1, "it is remembered");
    let without = Options {
        verify: Verify::None,
        ..Options::default()
    };
    let id = world.upload(&noise(50), "c", without);
    assert_eq!(world.finish(id).state, TransferState::Done);
}

/// Another session: the server may have been mended meanwhile.
#[test]
fn what_a_server_lacks_is_asked_again_in_another_session() {
    let mut world = served();
    world.server.refuse("MLSD", 502);
    list(&mut world);
    world.disconnect().unwrap();
    world.server.refuse_nothing();
    let Reply::Entries(entries) = list(&mut world) else {
        panic!("no entries");
    };
    assert!(
        entries
            .entries()
            .iter()
            .all(|entry| entry.modified.is_some())
    );
    assert_eq!(world.sent("AT+QFTPMLSD").len(), 2);
}
