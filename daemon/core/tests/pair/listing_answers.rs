//! Servers that answer SIZE but not MDTM, and servers that refuse to list an empty directory.

use modem_ftp_core::api::listing::{Listing, Names};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;

use crate::world::World;

fn stat_with(mdtm: &str) -> Result<Reply, ErrorName> {
    let mut world = World::online();
    world.server.put("/a", &[7; 1234]);
    world.fault(&format!("fail=QFTPMDTM:{mdtm}"));
    let reply = world.call(Operation::Stat("a".into()));
    reply.map_err(|failure| failure.name)
}

fn size_alone() -> Result<Reply, ErrorName> {
    Ok(Reply::Stat {
        size: Some(1234),
        modified: None,
    })
}

#[test]
fn stat_returns_the_size_alone_if_mdtm_is_not_implemented() {
    for mdtm in ["620,500", "622,502", "601,500", "601,502"] {
        assert_eq!(stat_with(mdtm), size_alone(), "{mdtm}");
    }
}

#[test]
fn stat_returns_the_size_alone_if_mdtm_is_refused() {
    for mdtm in ["627,550", "621,501", "630,553", "601,202"] {
        assert_eq!(stat_with(mdtm), size_alone(), "{mdtm}");
    }
}

#[test]
fn stat_of_a_missing_file_fails_with_remote_not_found() {
    let mut world = World::online();
    let failure = world
        .call(Operation::Stat("missing".into()))
        .expect_err("missing");
    assert_eq!(failure.name, ErrorName::RemoteNotFound);
}

/// A server without MLSD that refuses to list the empty directory `d`.
fn refusing(listing: &str) -> World {
    let mut world = World::online();
    world.call(Operation::MakeDirectory("d".into())).unwrap();
    world.fault("no-mlsd");
    for command in ["QFTPLIST", "QFTPNLST"] {
        world.fault(&format!("fail={command}:{listing}"));
    }
    world
}

#[test]
fn an_empty_directory_whose_listing_is_refused_is_empty() {
    for listing in ["627,550", "617,450", "627,450"] {
        let list = refusing(listing).call(Operation::List("d".into()));
        assert_eq!(list, Ok(Reply::Entries(Listing::default())), "{listing}");
        let names = refusing(listing).call(Operation::ListNames("d".into()));
        assert_eq!(names, Ok(Reply::Names(Names::default())), "{listing}");
    }
}

#[test]
fn an_empty_listing_of_what_is_not_changed_to_is_refused() {
    for operation in [Operation::List, Operation::ListNames, Operation::ListRaw] {
        let mut world = World::online();
        world.fault("no-mlsd");
        world.call(Operation::MakeDirectory("d".into())).unwrap();
        assert!(world.call(operation("d".into())).is_ok());
        assert!(world.has_sent("AT+QFTPCWD=\"d\""));
        world.fault("fail=QFTPCWD:627,550");
        let failure = world
            .call(operation("d".into()))
            .expect_err("not changed to");
        assert_eq!(failure.name, ErrorName::RemoteRefused);
        assert!(failure.text.contains("d is on the server"), "{failure}");
    }
}

#[test]
fn checking_for_an_empty_directory_keeps_the_working_directory() {
    let mut world = refusing("627,550");
    world.server.put("/home/x", b"");
    world
        .call(Operation::MakeDirectory("/home/d".into()))
        .unwrap();
    world
        .call(Operation::ChangeDirectory("/home".into()))
        .unwrap();
    let list = world.call(Operation::List("d".into()));
    assert_eq!(list, Ok(Reply::Entries(Listing::default())));
    let directory = world.call(Operation::WorkingDirectory);
    assert_eq!(directory, Ok(Reply::Text("/home".into())));
}

#[test]
fn listing_a_missing_directory_fails_with_remote_not_found() {
    for operation in [Operation::List, Operation::ListNames, Operation::ListRaw] {
        let mut world = World::online();
        world.fault("no-mlsd");
        let failure = world
            .call(operation("missing".into()))
            .expect_err("no such directory");
        assert_eq!(failure.name, ErrorName::RemoteNotFound);
    }
}
