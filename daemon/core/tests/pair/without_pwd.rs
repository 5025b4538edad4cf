//! Servers that do not tell the working directory, in whatever words they refuse PWD: what needs no
//! name of it works.

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::world::World;

const REFUSALS: [u16; 8] = [226, 451, 500, 501, 502, 504, 530, 550];

fn refusing(reply: u16) -> World {
    let world = World::online();
    world.server.put("/d/b.csv", &[7; 1234]);
    world.server.put("/a.csv", &[8; 10]);
    world.server.refuse("PWD", reply);
    world
}

fn names(names: &[&str]) -> Reply {
    Reply::Names(names.iter().copied().collect())
}

#[test]
fn a_directory_is_listed() {
    for reply in REFUSALS {
        let mut world = refusing(reply);
        let listed = world.call(Operation::ListNames("d".into()));
        assert_eq!(listed, Ok(names(&["b.csv"])), "{reply}");
        let listed = world.call(Operation::ListNames(String::new()));
        assert_eq!(listed, Ok(names(&["a.csv", "d"])), "{reply}: at home again");
    }
}

#[test]
fn an_absolute_path_becomes_the_working_directory() {
    for reply in REFUSALS {
        let mut world = refusing(reply);
        let changed = world.call(Operation::ChangeDirectory("/d".into()));
        assert_eq!(changed, Ok(Reply::Done), "{reply}");
        let listed = world.call(Operation::ListNames(String::new()));
        assert_eq!(listed, Ok(names(&["b.csv"])), "{reply}");
    }
}

#[test]
fn a_relative_path_does_not_since_its_name_is_not_known() {
    for reply in REFUSALS {
        let mut world = refusing(reply);
        let failure = world.call(Operation::ChangeDirectory("d".into()));
        let failure = failure.unwrap_err();
        assert!(failure.text.contains("d is not known"), "{failure}");
        assert_ne!(failure.name, ErrorName::ConnectFailed, "{failure}");
        assert_ne!(failure.name, ErrorName::LoginFailed, "{failure}");
        let listed = world.call(Operation::ListNames(String::new()));
        assert_eq!(listed, Ok(names(&["a.csv", "d"])), "{reply}: at home again");
    }
}

/// Neither SIZE nor MDTM tells of a file; the listing of its directory does.
#[test]
fn a_second_source_is_asked() {
    for reply in REFUSALS {
        for path in ["d/b.csv", "/d/b.csv", "a.csv"] {
            let mut world = refusing(reply);
            world.server.refuse("SIZE", 550);
            world.server.refuse("MDTM", 550);
            let stat = world.call(Operation::Stat(path.into()));
            let size = world
                .server
                .get(&format!("/{}", path.trim_start_matches('/')));
            let size = size.map(|bytes| bytes.len() as u64);
            assert!(
                matches!(&stat, Ok(Reply::Stat { size: told, .. }) if *told == size),
                "{reply} {path}: {stat:?}"
            );
            let (id, _) = world.download(path, Options::default());
            let status = world.finish(id);
            assert_eq!(status.state, TransferState::Done, "{reply}: {status:?}");
            world.put(b"1", "new");
            assert_eq!(world.server.get("/new"), Some(b"1".to_vec()), "at home");
            let missing = world.call(Operation::Stat("d/missing".into()));
            assert_eq!(missing.unwrap_err().name, ErrorName::RemoteNotFound);
        }
    }
}

/// The server lists the home directory whatever it is asked for.
#[test]
fn a_file_of_another_directory_is_not_taken_for_it() {
    let mut world = refusing(502);
    world.server.refuse("SIZE", 550);
    world.server.refuse("MDTM", 550);
    world.server.set_ignores_paths(true);
    let stat = world.call(Operation::Stat("d/a.csv".into()));
    assert_eq!(stat.unwrap_err().name, ErrorName::RemoteNotFound);
}
