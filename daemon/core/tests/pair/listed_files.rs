//! `ls` of one file, where the server lists directories only: the listing of its directory shows it.

use modem_ftp_core::api::reply::{EntryType, Reply};
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;

use crate::world::World;

fn served() -> World {
    let world = World::online();
    world.server.put("/d/a.csv", &[7; 1234]);
    world.server.put("/d/b.csv", b"1");
    world
}

/// The file is shown, and nothing that is not there.
fn check(mut world: World) {
    for path in ["d/a.csv", "/d/a.csv"] {
        let listed = world.call(Operation::List(path.into()));
        let Ok(Reply::Entries(entries)) = listed else {
            panic!("{listed:?}");
        };
        let shown: Vec<_> = entries
            .entries()
            .into_iter()
            .map(|entry| (entry.name, entry.kind, entry.size))
            .collect();
        assert_eq!(shown, [("a.csv".into(), EntryType::File, Some(1234))]);
        let named = world.call(Operation::ListNames(path.into()));
        assert_eq!(named, Ok(Reply::Names(["a.csv"].into_iter().collect())));
    }
    for operation in [Operation::List, Operation::ListNames] {
        let failure = world.call(operation("d/c.csv".into())).unwrap_err();
        assert_eq!(failure.name, ErrorName::RemoteNotFound, "{failure}");
    }
}

#[test]
fn a_file_that_the_server_does_not_list_by_path_is_shown() {
    for reply in [450, 501, 550] {
        let world = served();
        for verb in ["MLSD", "LIST", "NLST"] {
            for path in ["/d/a.csv", "/d/c.csv"] {
                world.server.refuse_path(verb, path, reply);
            }
        }
        check(world);
    }
}

#[test]
fn a_file_of_which_the_server_lists_nothing_is_shown() {
    let world = served();
    world.server.set_lists_no_file(true);
    check(world);
}

#[test]
fn a_file_is_shown_where_the_server_lists_another_directory() {
    let world = served();
    world.server.set_ignores_paths(true);
    check(world);
}

#[test]
fn a_directory_that_is_there_and_closed_is_not_absent() {
    for operation in [Operation::List, Operation::ListNames] {
        let mut world = served();
        for verb in ["CWD", "MLSD", "LIST", "NLST"] {
            world.server.refuse_path(verb, "/d", 550);
        }
        let failure = world.call(operation("d".into())).unwrap_err();
        assert_eq!(failure.name, ErrorName::RemoteRefused, "{failure}");
        assert!(failure.text.contains("d is on the server"), "{failure}");
    }
}
