//! Rows of RFC 3659 in forms that the captured listings do not have.

use super::super::time::mdtm;
use super::mlsd;
use super::more;
use crate::api::reply::{Entry, EntryType};

/// The one entry of a machine listing.
fn one(row: &str) -> Entry {
    let mut entries = mlsd(row.as_bytes()).unwrap();
    assert_eq!(entries.len(), 1, "{row}");
    entries.remove(0)
}

#[test]
fn facts_in_any_case_and_order() {
    let entry = one("MODIFY=20240229134607.999;Size=18446744073709551615;TYPE=File;Lang=; x");
    assert_eq!(entry.kind, EntryType::File);
    assert_eq!(entry.size, Some(u64::MAX));
    assert_eq!(entry.modified, mdtm("20240229134607"));
    assert_eq!(entry.more, [("lang".to_owned(), String::new())]);
}

#[test]
fn kinds() {
    for (told, kind, more_told) in [
        ("file", EntryType::File, None),
        ("DIR", EntryType::Directory, None),
        ("OS.unix=slink", EntryType::Link, None),
        ("OS.UNIX=slink:", EntryType::Link, None),
        (
            "OS.unix=slink:/a:b=c",
            EntryType::Link,
            Some(("target", "/a:b=c")),
        ),
        ("OS.unix=symlink", EntryType::Link, None),
        (
            "OS.unix=blkdev",
            EntryType::Other,
            Some(("type", "OS.unix=blkdev")),
        ),
        (
            "OS.unix=chr-13/29",
            EntryType::Other,
            Some(("type", "OS.unix=chr-13/29")),
        ),
        ("file:x", EntryType::Other, Some(("type", "file:x"))),
        ("", EntryType::Other, None),
    ] {
        let entry = one(&format!("type={told}; x"));
        assert_eq!(entry.kind, kind, "{told}");
        let found = entry.more.first().map(|(key, value)| (&**key, &**value));
        assert_eq!(found, more_told, "{told}");
    }
}

#[test]
fn a_fact_of_the_server_is_not_hidden_by_the_target() {
    let entry = one("type=OS.unix=slink:/a;target=/b; x");
    assert_eq!(entry.more, [("target".to_owned(), "/b".to_owned())]);
}

#[test]
fn facts_that_are_missing_or_empty() {
    // Without any it may as well be something else than a row.
    for row in [" x", "x", "x y", "size=5 x", "type=file;size=5;x"] {
        assert!(mlsd(row.as_bytes()).is_err(), "{row}");
    }
    let entry = one("size=;modify=;type=file; x");
    assert_eq!((entry.size, entry.modified), (None, None));
    assert_eq!(entry.more, []);
}

#[test]
fn the_directory_itself_and_its_parent_are_dropped() {
    let rows = "type=cdir; /pub\r\ntype=PDIR; /\r\ntype=dir; .\r\ntype=dir; ..\r\n ..\r\n";
    assert_eq!(mlsd(rows.as_bytes()).unwrap(), []);
}

#[test]
fn the_name_is_all_that_follows_the_first_blank() {
    // Facts behind a blank are no part of a name, unless they were told before.
    let rows = "type=file;size=1; modify=20240229134607; x\r\ntype=file;size=1; y\r\n";
    let entries = mlsd(rows.as_bytes()).unwrap();
    assert_eq!(more(&entries[0], "unreadable"), Some("row"));
    assert_eq!(entries[1].name, "y");
    for facts in [
        "type=file;media-type=text/plain; charset=utf8;size=5;",
        "type=file;size=5;media-type=text/plain; charset=utf8;",
        "type=file;size=5;media-type=text/plain; format=flowed;",
        "type=file;size=5; unix.owner=0;",
        "type=file; UNIX.owner=0;size=5;",
        "type=file; win32.ea=0x10;size=5;",
        "type=file; os.x=1;",
        "type=file; Lang=de;",
        "type=file; media-type=text/plain;",
        "type=file; x.y=1;size=5;",
    ] {
        let rows = format!("{facts} a\r\ntype=file; y\r\n");
        let entries = mlsd(rows.as_bytes()).unwrap();
        assert_eq!(more(&entries[0], "unreadable"), Some("row"), "{facts}");
    }
    for name in [
        "x",
        " x ",
        "a; b",
        "type=dir; c",
        "a=b; c",
        "a; size=5",
        "unix.=",
        "=",
        ";",
        "...",
        "\\",
        "-> x",
    ] {
        assert_eq!(one(&format!("type=file;size=1; {name}\r\n")).name, name);
    }
}

/// A value that cannot be read is left out and marked; the row and the listing stay.
#[test]
fn values_that_cannot_be_read() {
    for (facts, mark) in [
        ("size=-1", "size"),
        ("size=+1", "size"),
        ("size=1k", "size"),
        ("size=18446744073709551616", "size"),
        ("size=12modify=20240229134607", "size"),
        ("modify=20240230000000", "modify"),
        ("modify=2024", "modify"),
        ("modify=20240229134607Z", "modify"),
        ("modify=-3400101000000", "modify"),
        ("modify=x;size=y", "size,modify"),
    ] {
        let rows = format!(
            "type=file;size=1;modify=20240229134607; a\r\n\
             type=file;{facts};x=y; b\r\n\
             type=dir; c\r\n"
        );
        let entries = mlsd(rows.as_bytes()).unwrap();
        let [a, b, c] = &entries[..] else {
            panic!("{facts}: {entries:?}");
        };
        assert_eq!((a.size, a.modified), (Some(1), mdtm("20240229134607")));
        assert_eq!((&*b.name, b.kind), ("b", EntryType::File));
        assert_eq!((b.size, b.modified), (None, None), "{facts}");
        assert_eq!(more(b, "x"), Some("y"));
        assert_eq!(more(b, "unreadable"), Some(mark), "{facts}");
        assert_eq!((&*c.name, more(c, "unreadable")), ("c", None));
        assert_eq!(more(a, "unreadable"), None);
    }
    // Only what cannot be read is left out.
    let entry = one("size=7;modify=never; x");
    assert_eq!((entry.size, entry.modified), (Some(7), None));
}

#[test]
fn rows_of_another_form() {
    let many: String = (0..65).map(|n| format!("x.{n}=;")).collect();
    for row in [
        "x",
        "type=file;size=1;",
        "type=file;size=1 x",
        "type=OS.unix=slink:/a b;size=1; x",
        "type=file;;size=1; x",
        "; x",
        "type; x",
        "=file; x",
        "type=file;TYPE=dir; x",
        "size=1;size=1; x",
        "total 12",
        "-rw-r--r-- 1 u g 5 Nov 22 08:00 x",
        &format!("{many} x"),
    ] {
        assert!(mlsd(row.as_bytes()).is_err(), "{row}");
    }
    assert!(more(&one(&format!("{} x", &many[..many.len() - 6])), "x.63").is_some());
}
