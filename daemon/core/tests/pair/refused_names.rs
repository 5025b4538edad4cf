//! A server refuses to make, remove or rename something, always with 550: the reply says whether it
//! is there already, is not there, is not empty, is of another kind, or is not allowed.

use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;

use crate::world::World;

use ErrorName::{RemoteExists, RemoteNotFound, RemoteRefused};

fn served() -> World {
    let world = World::online();
    world.server.put("/d/a.csv", &[7; 1234]);
    world.server.put("/d/sub/b.csv", &[7; 12]);
    world
}

fn make(path: &str) -> Operation {
    Operation::MakeDirectory(path.into())
}

fn remove(path: &str) -> Operation {
    Operation::RemoveDirectory(path.into())
}

fn rename(from: &str, to: &str) -> Operation {
    Operation::Rename(from.into(), to.into())
}

/// The operation fails with this name and these words, in the words of the server last; the session
/// stands where it did and is still the same.
fn check(world: &mut World, operation: Operation, name: ErrorName, words: &str) {
    let failure = world.call(operation.clone()).unwrap_err();
    assert_eq!(failure.name, name, "{operation:?}: {failure}");
    assert!(failure.text.contains(words), "{operation:?}: {failure}");
    assert!(failure.text.contains("627"), "{operation:?}: {failure}");
    let logins = world.server.logins();
    let here = world.call(Operation::Stat("d/a.csv".into()));
    assert!(here.is_ok(), "{operation:?}: {here:?}");
    assert_eq!(world.server.logins(), logins);
}

#[test]
fn a_directory_that_is_not_made() {
    let mut world = served();
    for (path, name, words) in [
        (
            "d",
            RemoteExists,
            "d is on the server already (a directory)",
        ),
        ("/d/sub/", RemoteExists, "already (a directory)"),
        (
            "d/a.csv",
            RemoteExists,
            "d/a.csv is on the server already (a file)",
        ),
        (
            "n/x",
            RemoteNotFound,
            "the directory n is not on the server",
        ),
        (
            "d/n/x",
            RemoteNotFound,
            "the directory d/n is not on the server",
        ),
        (
            "/n/o/p/q",
            RemoteNotFound,
            "the directory /n is not on the server",
        ),
        (
            "d/a.csv/x",
            RemoteRefused,
            "d/a.csv is a file and no directory",
        ),
    ] {
        check(&mut world, make(path), name, words);
    }
    world.server.refuse("MKD", 550);
    let words = "d/new is not on the server, which does not create it";
    check(&mut world, make("d/new"), RemoteRefused, words);
    check(&mut world, make("d/sub"), RemoteExists, "already");
}

#[test]
fn a_directory_that_is_not_removed() {
    let mut world = served();
    world.call(make("e")).unwrap();
    for (path, name, words) in [
        (
            "d",
            RemoteRefused,
            "d is not empty, there are 2 names in it",
        ),
        (
            "d/sub",
            RemoteRefused,
            "d/sub is not empty, there is one name in it",
        ),
        (
            "d/a.csv",
            RemoteRefused,
            "d/a.csv is a file and no directory",
        ),
        ("n", RemoteNotFound, "n is not on the server"),
        (
            "n/o",
            RemoteNotFound,
            "the directory n is not on the server",
        ),
        (
            "d/a.csv/x",
            RemoteRefused,
            "d/a.csv is a file and no directory",
        ),
    ] {
        check(&mut world, remove(path), name, words);
    }
    world.server.refuse("RMD", 550);
    let words = "e is on the server with nothing listed in it, and the server does not remove it";
    check(&mut world, remove("e"), RemoteRefused, words);
}

#[test]
fn a_name_that_is_not_changed() {
    let mut world = served();
    for (from, to, name, words) in [
        ("n", "o", RemoteNotFound, "n is not on the server"),
        (
            "n/a",
            "o",
            RemoteNotFound,
            "the directory n is not on the server",
        ),
        (
            "d/a.csv",
            "d/sub",
            RemoteExists,
            "d/sub is on the server already (a directory)",
        ),
        (
            "d/a.csv",
            "n/o/x",
            RemoteNotFound,
            "the directory n is not on the server",
        ),
        (
            "d/sub",
            "d/a.csv/x",
            RemoteRefused,
            "d/a.csv is a file and no directory",
        ),
    ] {
        check(&mut world, rename(from, to), name, words);
    }
    world.rules.refuse_existing();
    let words = "d/sub/b.csv is on the server already (a file)";
    check(
        &mut world,
        rename("d/a.csv", "d/sub/b.csv"),
        RemoteExists,
        words,
    );
    for refused in ["RNFR", "RNTO"] {
        world.server.refuse_nothing();
        world.server.refuse(refused, 550);
        let words = "d/a.csv is on the server, d/c is not, and the server does not rename it";
        check(&mut world, rename("d/a.csv", "d/c"), RemoteRefused, words);
    }
}

/// Where nothing may be listed, changing to a directory tells; else the refusal stays as it is.
#[test]
fn a_second_source_that_tells_nothing_changes_nothing() {
    let mut world = served();
    world.call(Operation::Connect).unwrap();
    for verb in ["MLSD", "LIST", "NLST"] {
        world.server.refuse(verb, 550);
    }
    check(
        &mut world,
        make("d/sub"),
        RemoteExists,
        "already (a directory)",
    );
    check(&mut world, make("d/a.csv"), RemoteRefused, "QFTPMKDIR: 627");
    check(
        &mut world,
        remove("d/sub"),
        RemoteRefused,
        "d/sub is on the server, which",
    );
    check(&mut world, remove("d/n"), RemoteRefused, "QFTPRMDIR: 627");
    check(
        &mut world,
        rename("d/n", "d/m"),
        RemoteRefused,
        "QFTPRENAME: 627",
    );
}
