//! Listings are of the directory that was asked for, whatever the server makes of paths, and are read row
//! by row, with what the server has instead of MLSD.

use modem_ftp_core::api::reply::{Entry, Reply};
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;

use crate::world::World;

/// A server with a file at home and others in `in`, which lists its working directory whatever it is asked
/// for.
fn ignoring() -> World {
    let world = World::online();
    world.server.put("/home.csv", b"h");
    world.server.put("/in/a.csv", b"aa");
    world.server.put("/in/b.txt", b"bbb");
    world.server.set_ignores_paths(true);
    world
}

fn entries(world: &mut World, path: &str) -> Result<Vec<Entry>, ErrorName> {
    match world.call(Operation::List(path.into())) {
        Ok(Reply::Entries(entries)) => Ok(entries.entries()),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure.name),
    }
}

fn listed(world: &mut World, path: &str) -> Result<Vec<String>, ErrorName> {
    let entries = entries(world, path)?;
    Ok(entries.into_iter().map(|entry| entry.name).collect())
}

fn names(world: &mut World, path: &str) -> Result<Vec<String>, ErrorName> {
    match world.call(Operation::ListNames(path.into())) {
        Ok(Reply::Names(names)) => Ok(names.iter().map(|name| name.to_string()).collect()),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure.name),
    }
}

#[test]
fn a_server_that_ignores_paths_lists_the_right_directory() {
    for faults in [&[][..], &["no-mlsd"], &["no-mlsd", "no-nlst"]] {
        let mut world = ignoring();
        for fault in faults {
            world.fault(fault);
        }
        let inside = ["a.csv", "b.txt"].map(str::to_owned).to_vec();
        for path in ["in", "/in", "in/", "in/../in"] {
            assert_eq!(listed(&mut world, path), Ok(inside.clone()), "{path}");
            assert_eq!(names(&mut world, path), Ok(inside.clone()), "{path}");
        }
        let raw = world.call(Operation::ListRaw("in".into()));
        let Ok(Reply::Bytes(bytes)) = raw else {
            panic!("{raw:?}");
        };
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.contains("a.csv") && !text.contains("home.csv"),
            "{text}"
        );
        // The session is back where it was.
        let home = ["home.csv", "in"].map(str::to_owned).to_vec();
        assert_eq!(listed(&mut world, ""), Ok(home.clone()));
        assert_eq!(listed(&mut world, "/"), Ok(home));
        assert_eq!(world.server.logins(), 1);
    }
}

#[test]
fn a_server_that_ignores_paths_lists_nothing_else_for_what_is_not_there() {
    for operation in [Operation::List, Operation::ListNames, Operation::ListRaw] {
        for path in ["missing", "in/missing", "home.csv/x"] {
            let mut world = ignoring();
            let failure = world.call(operation(path.into())).expect_err(path);
            assert_eq!(failure.name, ErrorName::RemoteNotFound, "{path} {failure}");
        }
    }
}

#[test]
fn a_server_that_ignores_patterns_lists_what_matches() {
    let mut world = ignoring();
    let csv = vec!["a.csv".to_owned()];
    for path in ["in/*.csv", "/in/?.CSV"] {
        let found = listed(&mut world, path);
        // The simulated server has no patterns: only what ignores them lists anything.
        assert_eq!(found, Ok(csv.clone()), "{path}");
        assert_eq!(names(&mut world, path), Ok(csv.clone()), "{path}");
    }
    assert_eq!(listed(&mut world, "in/*.bin"), Ok(Vec::new()));
    let missing = listed(&mut world, "missing/*.csv");
    assert_eq!(missing, Err(ErrorName::RemoteNotFound));
}

#[test]
fn a_file_can_be_listed_by_its_path() {
    let mut world = World::online();
    world.server.put("/in/a.csv", b"aa");
    for path in ["in/a.csv", "/in/a.csv"] {
        let found = entries(&mut world, path).unwrap();
        assert_eq!((&*found[0].name, found[0].size), ("a.csv", Some(2)));
        assert_eq!(found.len(), 1);
    }
    // As servers do that hand the path to ls.
    world.fault("no-mlsd");
    let row = b"-rw-r--r-- 1 gw gw 2 May 01 10:00 /in/a.csv\r\n";
    world.server.set_listing("LIST", row);
    let found = entries(&mut world, "/in/a.csv").unwrap();
    assert_eq!((&*found[0].name, found[0].size), ("a.csv", Some(2)));
    assert!(found[0].more.iter().all(|(key, _)| !key.starts_with("un")));
}

#[test]
fn the_session_returns_after_a_listing_that_failed() {
    let mut world = ignoring();
    world.fault("no-mlsd");
    for _ in 0..2 {
        world.fault("fail=QFTPLIST:619,452");
    }
    world.fault("fail=QFTPNLST:619,452");
    let failed = listed(&mut world, "in");
    assert_eq!(failed, Err(ErrorName::RemoteFull));
    let raw = world.call(Operation::ListRaw("in".into()));
    assert!(raw.is_err());
    world.heal("no-mlsd");
    let home = ["home.csv", "in"].map(str::to_owned).to_vec();
    assert_eq!(listed(&mut world, ""), Ok(home));
}

#[test]
fn a_listing_in_no_known_form_gives_the_names() {
    let mut world = ignoring();
    world.fault("no-mlsd");
    let unknown = b"a.csv  2 bytes, written Tuesday\r\nb.txt  3 bytes, written Sunday\r\n";
    world.server.set_listing("LIST", unknown);
    let found = entries(&mut world, "in").unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|entry| (&*entry.name, entry.size))
        .collect();
    assert_eq!(shown, [("a.csv", None), ("b.txt", None)]);
    let marks = ("unreadable".to_owned(), "type,size,modify".to_owned());
    assert!(found.iter().all(|entry| entry.more.contains(&marks)));
    // Without names either, the rows are told: not as names, which would be wrong ones.
    world.fault("no-nlst");
    let rows = [
        "a.csv  2 bytes, written Tuesday",
        "b.txt  3 bytes, written Sunday",
    ];
    assert_eq!(
        listed(&mut world, "in"),
        Ok(rows.map(str::to_owned).to_vec())
    );
    let failure = world
        .call(Operation::ListNames("in".into()))
        .expect_err("no form");
    assert_eq!(failure.name, ErrorName::Protocol);
    assert!(failure.text.contains("written Tuesday"), "{failure}");
    // Nor as files that match, or as the file that was asked for.
    for path in ["in/*.csv", "in/a.csv"] {
        assert!(listed(&mut world, path).is_err(), "{path}");
    }
    // What is said of one directory is not said of another.
    world.server.set_listing("LIST", b"");
    assert_eq!(listed(&mut world, "in"), Ok(Vec::new()));
}

/// A directory of which neither MLSD nor LIST brings a row that can be read, and NLST nothing at all.
#[test]
fn rows_that_cannot_be_read_are_all_that_is_listed() {
    let unknown: [(&[&str], &str, &[u8]); 5] = [
        (
            &["no-mlsd"],
            "LIST",
            b"total 4\r\n1 -rw- 5 <no date> a.csv\r\n",
        ),
        (&["no-mlsd"], "LIST", b"1 -rw- 5 <no date> a.csv\r\n"),
        (&["no-mlsd"], "LIST", b"a.csv\r\n"),
        (&["fail=QFTPLIST:620,500"], "MLSD", b"a.csv\r\n"),
        (&["fail=QFTPLIST:627,550"], "MLSD", b"a.csv\r\n"),
    ];
    for (faults, verb, bytes) in unknown {
        for nlst in ["no-nlst", "fail=QFTPNLST:627,550", "names"] {
            let mut world = World::online();
            for fault in faults {
                world.fault(fault);
            }
            match nlst {
                "names" => world.server.set_listing("NLST", b""),
                fault => world.fault(fault),
            }
            world.server.put("/in/a.csv", b"aa");
            world.server.set_listing(verb, bytes);
            let found = entries(&mut world, "in").unwrap();
            let [row] = &found[..] else {
                panic!("{verb} {nlst}: {found:?}");
            };
            assert!(row.name.ends_with("a.csv"), "{row:?}");
            let marks = ("unreadable".to_owned(), "row".to_owned());
            assert!(row.more.contains(&marks), "{row:?}");
        }
    }
}

#[test]
fn a_machine_listing_that_is_none_is_followed_by_another() {
    let mut world = ignoring();
    world.server.set_listing("MLSD", b"a.csv\r\nb.txt\r\n");
    let found = entries(&mut world, "in").unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|entry| (&*entry.name, entry.size))
        .collect();
    assert_eq!(shown, [("a.csv", Some(2)), ("b.txt", Some(3))]);
    // It is asked for once in a session.
    let mark = world.mark();
    assert!(listed(&mut world, "in").is_ok());
    let sent = world.sent_since(mark);
    assert!(
        sent.iter().all(|line| !line.starts_with("AT+QFTPMLSD")),
        "{sent:?}"
    );
}

#[test]
fn mlsd_that_is_refused_in_any_words_is_followed_by_list() {
    for refusal in [
        "620,500", "621,501", "622,502", "624,504", "601,402", "627,550", "601,0",
    ] {
        let mut world = ignoring();
        world.fault(&format!("fail=QFTPMLSD:{refusal}"));
        let inside = ["a.csv", "b.txt"].map(str::to_owned).to_vec();
        assert_eq!(listed(&mut world, "in"), Ok(inside), "{refusal}");
    }
}

#[test]
fn rows_that_cannot_be_read_are_counted() {
    let mut world = World::online();
    let rows = b"type=file;size=1; a\r\nnoise\r\ntype=file;size=2; b\r\nmore noise\r\n";
    world.server.set_listing("MLSD", rows);
    let found = entries(&mut world, "").unwrap();
    let told = |entry: &Entry, key: &str| {
        let value = entry.more.iter().find(|(other, _)| other == key);
        value.map(|(_, value)| value.clone())
    };
    let counts: Vec<_> = found
        .iter()
        .map(|entry| told(entry, "unreadable-rows"))
        .collect();
    assert_eq!(counts, [None, Some("1".into()), None, Some("2".into())]);
    assert_eq!(told(&found[1], "unreadable").as_deref(), Some("row"));
    assert_eq!(found[3].name, "more noise");
}
