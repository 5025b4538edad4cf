//! Every operation on the files of a server, its reply and its failures.

use modem_ftp_core::request::{EntryKind, Operation, Reply};
use modem_ftp_dbus::errors::ErrorName;

use crate::world::World;

fn served() -> World {
    let world = World::online();
    world.server.put("/readings/day 1, raw.csv", b"12345");
    world.server.put("/readings/Übersicht.txt", b"");
    world.server.put("/a.csv", &[7; 1000]);
    world
}

fn name(result: Result<Reply, modem_ftp_core::failure::Failure>) -> ErrorName {
    result.expect_err("a failure").name
}

#[test]
fn a_listing_has_every_entry() {
    let mut world = served();
    let Ok(Reply::Entries(entries)) = world.call(Operation::List("readings".into())) else {
        panic!("no entries, {}", world.dialogue());
    };
    let found: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.kind, entry.size))
        .collect();
    assert_eq!(
        found,
        [
            ("day 1, raw.csv", EntryKind::File, Some(5)),
            ("Übersicht.txt", EntryKind::File, Some(0)),
        ]
    );
    assert!(world.has_sent("AT+QFTPMLSD=\"readings\""));
}
