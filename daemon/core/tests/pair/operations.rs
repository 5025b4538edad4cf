//! Every operation on the files of a server, its reply and its failures.

use modem_ftp_core::api::listing::{Listing, Names};
use modem_ftp_core::api::reply::{EntryType, Reply};
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::Failure;

use crate::world::World;

fn served() -> World {
    let world = World::online();
    world.server.put("/readings/day 1, raw.csv", b"12345");
    world.server.put("/readings/Übersicht.txt", b"");
    world.server.put("/a.csv", &[7; 1000]);
    world
}

fn error_name(result: Result<Reply, modem_ftp_core::api::failure::Failure>) -> ErrorName {
    result.expect_err("a failure").name
}

#[test]
fn a_listing_has_every_entry() {
    let mut world = served();
    let Ok(Reply::Entries(entries)) = world.call(Operation::List("readings".into())) else {
        panic!("no entries, {}", world.dialogue());
    };
    let entries = entries.entries();
    let found: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.kind, entry.size))
        .collect();
    assert_eq!(
        found,
        [
            ("day 1, raw.csv", EntryType::File, Some(5)),
            ("Übersicht.txt", EntryType::File, Some(0)),
        ]
    );
    assert!(world.has_sent("AT+QFTPCWD=\"readings\""));
    assert!(world.has_sent("AT+QFTPMLSD=\".\""));
}

#[test]
fn a_module_without_mlsd_is_listed_with_list() {
    let mut world = served();
    world.fault("no-mlsd");
    let Ok(Reply::Entries(entries)) = world.call(Operation::List(String::new())) else {
        panic!("no entries, {}", world.dialogue());
    };
    let entries = entries.entries();
    let found: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.kind))
        .collect();
    assert_eq!(
        found,
        [
            ("a.csv", EntryType::File),
            ("readings", EntryType::Directory)
        ]
    );
    assert!(world.has_sent("AT+QFTPLIST=\".\""));
}

#[test]
fn a_server_without_mlsd_is_listed_with_list() {
    for reply in [500, 502] {
        let mut world = served();
        world.call(Operation::Connect).unwrap();
        world.server.fail_next(Failure::Reply(reply));
        let listed = world.call(Operation::List("/".into()));
        assert!(matches!(listed, Ok(Reply::Entries(entries)) if entries.len() == 2));
    }
}

#[test]
fn raw_listings_and_name_listings() {
    let mut world = served();
    let Ok(Reply::Bytes(bytes)) = world.call(Operation::ListRaw("readings".into())) else {
        panic!("no bytes, {}", world.dialogue());
    };
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.ends_with(
        "day 1, raw.csv\r\n-rw-r--r-- 1 ftp ftp          0 Jul 08 2014 Übersicht.txt\r\n"
    ));
    let names = world.call(Operation::ListNames("readings".into()));
    let expected = vec!["day 1, raw.csv".to_owned(), "Übersicht.txt".to_owned()];
    assert_eq!(names, Ok(Reply::Names(expected.into_iter().collect())));
    assert!(world.has_sent("AT+QFTPLEN"), "listings are counted");
}

#[test]
fn listings_of_an_empty_directory_are_empty() {
    let mut world = served();
    world
        .call(Operation::MakeDirectory("empty".into()))
        .unwrap();
    let path = || "empty".to_owned();
    assert_eq!(
        world.call(Operation::List(path())),
        Ok(Reply::Entries(Listing::default()))
    );
    assert_eq!(
        world.call(Operation::ListRaw(path())),
        Ok(Reply::Bytes(Vec::new()))
    );
    assert_eq!(
        world.call(Operation::ListNames(path())),
        Ok(Reply::Names(Names::default()))
    );
}

#[test]
fn a_long_listing_is_complete() {
    let mut world = World::online();
    for number in 0..800 {
        world
            .server
            .put(&format!("/log/entry-{number:04}.csv"), b"x");
    }
    let Ok(Reply::Entries(entries)) = world.call(Operation::List("/log".into())) else {
        panic!("no entries, {}", world.dialogue());
    };
    assert_eq!(entries.len(), 800);
}

#[test]
fn stat_returns_size_and_time() {
    let mut world = served();
    assert_eq!(
        world.call(Operation::Stat("a.csv".into())),
        Ok(Reply::Stat {
            size: Some(1000),
            modified: Some(1_404_817_239),
        })
    );
}

#[test]
fn files_and_directories_are_created_renamed_and_removed() {
    let mut world = served();
    let done = |world: &mut World, operation| assert_eq!(world.call(operation), Ok(Reply::Done));
    done(&mut world, Operation::MakeDirectory("new".into()));
    done(
        &mut world,
        Operation::Rename("a.csv".into(), "new/ä b.csv".into()),
    );
    assert_eq!(world.server.get("/new/ä b.csv"), Some(vec![7; 1000]));
    done(&mut world, Operation::Delete("new/ä b.csv".into()));
    done(&mut world, Operation::RemoveDirectory("new".into()));
    assert!(!world.server.paths().iter().any(|path| path.contains("new")));
}

#[test]
fn the_working_directory_is_changed_and_returned() {
    let mut world = served();
    assert_eq!(
        world.call(Operation::WorkingDirectory),
        Ok(Reply::Text("/".into()))
    );
    assert_eq!(
        world.call(Operation::ChangeDirectory("readings".into())),
        Ok(Reply::Done)
    );
    assert_eq!(
        world.call(Operation::WorkingDirectory),
        Ok(Reply::Text("/readings".into()))
    );
}

#[test]
fn operations_on_missing_paths_fail_with_remote_not_found() {
    let mut world = served();
    let missing = || "missing".to_owned();
    for (operation, expected) in [
        (Operation::Stat(missing()), ErrorName::RemoteNotFound),
        (Operation::Delete(missing()), ErrorName::RemoteNotFound),
        (Operation::ListRaw(missing()), ErrorName::RemoteNotFound),
        (Operation::ListNames(missing()), ErrorName::RemoteNotFound),
        (Operation::List(missing()), ErrorName::RemoteNotFound),
        (
            Operation::ChangeDirectory(missing()),
            ErrorName::RemoteNotFound,
        ),
        (
            Operation::RemoveDirectory(missing()),
            ErrorName::RemoteNotFound,
        ),
        (
            Operation::Rename(missing(), "else".into()),
            ErrorName::RemoteNotFound,
        ),
        (
            Operation::MakeDirectory("readings".into()),
            ErrorName::RemoteExists,
        ),
    ] {
        let failure = world.call(operation.clone()).expect_err("nothing is there");
        assert_eq!(failure.name, expected, "{operation:?}: {failure}");
        assert!(failure.text.contains("627"), "{failure}");
    }
    assert_eq!(world.server.logins(), 1, "the session survives refusals");
}

#[test]
fn paths_that_cannot_be_quoted_are_refused_before_anything_is_sent() {
    let mut world = served();
    let mark = world.mark();
    for path in ["a\"b", "a\rb", "a\nb", "a\0b", "", &"x".repeat(256)] {
        let refused = world.call(Operation::Stat(path.to_owned()));
        assert_eq!(error_name(refused), ErrorName::InvalidArguments, "{path:?}");
    }
    let ticket = world.begin_as("", "nowhere", Operation::Connect);
    assert_eq!(error_name(world.reply(ticket)), ErrorName::InvalidArguments);
    assert_eq!(world.sent_since(mark), Vec::<&str>::new());
}
