//! Names that could lead out of a directory or harm a terminal, rows that cannot be read, and the texts
//! of the errors.

use super::{list, mlsd, names};
use super::{more, now};
use crate::api::failure::Failure;
use crate::api::reply::{Entry, EntryType};

/// What the readers make of this name in each form of listing.
fn read(name: &[u8]) -> [Result<Vec<Entry>, Failure>; 3] {
    let row = |before: &str| [before.as_bytes(), name, b"\r\n"].concat();
    [
        mlsd(&row("type=file; ")),
        list(&row("-rw-r--r-- 1 u g 5 Nov 22 08:00 "), now()),
        list(&row("11-22-26  08:00AM  5 "), now()),
    ]
}

/// A name that cannot be shown is escaped and marked; it does not fail the listing.
#[test]
fn names_with_control_characters_or_not_in_utf_8() {
    for (name, shown) in [
        (&b"a\0b"[..], r"a\x00b"),
        (b"a\rb", r"a\x0db"),
        (b"\x1b[2J", r"\x1b[2J"),
        (b"a\tb", r"a\x09b"),
        (b"\x7f", r"\x7f"),
        ("a\u{9b}b".as_bytes(), r"a\xc2\x9bb"),
        (b"caf\xe9", r"caf\xe9"),
        (b"\xff\xfe", r"\xff\xfe"),
        (b"\xc3\xb6\\\xe9", r"ö\\\xe9"),
    ] {
        for entries in read(name) {
            let [entry] = &entries.unwrap()[..] else {
                panic!("{name:?}");
            };
            assert_eq!(entry.name, shown);
            assert_eq!(more(entry, "unreadable"), Some("name"));
        }
        assert_eq!(names(&[name, b"\r\n"].concat()).unwrap(), [shown]);
    }
    for entries in read(br"a\x1bb") {
        let entry = &entries.unwrap()[0];
        assert_eq!(entry.name, r"a\x1bb");
        assert_eq!(more(entry, "unreadable"), None);
    }
    // The rows around it are not concerned.
    let rows = b"type=file; a\r\ntype=file; \x1b\xe9\r\ntype=file;size=5; c\r\n";
    let entries = mlsd(rows).unwrap();
    let shown: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
    assert_eq!(shown, ["a", r"\x1b\xe9", "c"]);
    assert_eq!(entries[2].size, Some(5));
    assert_eq!(more(&entries[2], "unreadable"), None);
}

#[test]
fn slashes_lead_nowhere() {
    for (name, shown) in [
        ("a/b", r"a\x2fb"),
        ("/", r"\x2f"),
        ("../x", r"..\x2fx"),
        ("/etc/passwd", r"\x2fetc\x2fpasswd"),
        ("a/", r"a\x2f"),
    ] {
        for entries in read(name.as_bytes()) {
            let [entry] = &entries.unwrap()[..] else {
                panic!("{name:?}");
            };
            assert_eq!(entry.name, shown);
            assert_eq!(more(entry, "unreadable"), Some("name"));
            assert_eq!(more(entry, "unaddressable"), Some("escaped"));
        }
    }
    // A list of names may have paths; their last component is the name.
    assert_eq!(names(b"d/a\r\nb/\r\n").unwrap(), ["a", "b"]);
    for row in ["/", "a//"] {
        assert!(names(row.as_bytes()).is_err(), "{row}");
        let rows = format!("x\r\n{row}\r\n");
        let found = names(rows.as_bytes()).unwrap();
        assert_eq!(found, ["x", &row.replace('/', r"\x2f")]);
    }
    // A link's target may be a path; its name may not.
    for (row, shown) in [("a/b -> c", r"a\x2fb"), ("../x -> c", r"..\x2fx")] {
        let row = format!("lrwxrwxrwx 1 u g 1 Nov 22 08:00 {row}");
        let entries = list(row.as_bytes(), now()).unwrap();
        assert_eq!(entries[0].name, shown);
        assert_eq!(more(&entries[0], "target"), Some("c"));
    }
}

#[test]
fn names_that_cannot_be_sent_back_are_marked() {
    let long = "n".repeat(256);
    let fits = "n".repeat(255);
    for (name, why) in [
        ("a\"b", Some("quote")),
        (&long, Some("length")),
        (&fits, None),
        ("plain", None),
        (" a b ", None),
    ] {
        for entries in read(name.as_bytes()) {
            let entry = &entries.unwrap()[0];
            assert_eq!(entry.name, name);
            assert_eq!(more(entry, "unaddressable"), why);
            assert_eq!(more(entry, "unreadable"), None);
        }
    }
    // A server that sets the marks itself is not believed.
    let row = b"type=file;Unaddressable=x;unreadable=name; a";
    let entry = &mlsd(row).unwrap()[0];
    assert_eq!(entry.more, []);
}

#[test]
fn a_bad_row_costs_the_row_and_not_the_listing() {
    for row in [
        "ls: cannot open directory",
        "-rw-r--r-- 1 u g 5 Nov 22 08:00",
        "-rw-r--r-- 1 u g 5 Nov 22 08:00 ",
        "-rw-r--r- 1 u g 5 Nov 22 08:00 x",
        "-rw-r--r--++ 1 u g 5 Nov 22 08:00 x",
        "-rw-r--q-- 1 u g 5 Nov 22 08:00 x",
        "?rw-r--r-- 1 u g 5 Nov 22 08:00 x",
        "-rw-r--r-- 1 2 3 4 5 6 7 8 9 10 11 12 13 14 Nov 22 08:00 x",
        "   ",
        "\u{feff}-rw-r--r-- 1 u g 5 Nov 22 08:00 x",
    ] {
        let good = "-rw-r--r-- 1 u g 5 Nov 22 08:00 x\r\n";
        assert_eq!(list(good.as_bytes(), now()).unwrap().len(), 1);
        let rows = format!("{good}{row}\r\n{good}");
        let entries = list(rows.as_bytes(), now()).unwrap();
        assert_eq!(entries.len(), 3, "{row}");
        assert_eq!(entries[1].name, row);
        assert_eq!(entries[1].kind, EntryType::Other);
        assert_eq!(more(&entries[1], "unreadable"), Some("row"));
        assert_eq!(more(&entries[1], "unaddressable"), Some("escaped"));
        // A listing of nothing else is refused.
        assert!(list(row.as_bytes(), now()).is_err(), "{row}");
    }
    // What is shown of the row is bounded, and leads nowhere.
    let rows = format!("type=file; a\r\n../{}\r\n", "ö".repeat(5000));
    let entries = mlsd(rows.as_bytes()).unwrap();
    assert!(entries[1].name.starts_with(r"..\x2fö"));
    assert!(entries[1].name.len() <= 255);
}

#[test]
fn the_error_quotes_the_row() {
    let failure = list(b"hello \x1b \xff \"w\xc3\xb6rld\"", now()).unwrap_err();
    assert_eq!(
        failure.text,
        "the server's listing has a row of no known form: \
         \"hello \\u{1b} \\xff \\\"wörld\\\"\""
    );
}

#[test]
fn the_quote_is_bounded() {
    for (row, shown) in [
        ("x".repeat(200), 79),
        ("\x01".repeat(200), 15 * 5),
        ("ö".repeat(79), 79),
    ] {
        let text = list(row.as_bytes(), now()).unwrap_err().text;
        let (_, quoted) = text.split_once(": \"").unwrap();
        let quoted = quoted.strip_suffix('"').unwrap();
        assert!(quoted.chars().count() <= 80);
        assert_eq!(quoted.trim_end_matches('…').chars().count(), shown);
        assert_eq!(quoted.ends_with('…'), row.chars().count() > 79);
    }
}

#[test]
fn line_ends() {
    for rows in [
        "a\r\nb\r\n",
        "a\nb\n",
        "a\r\nb",
        "a\nb",
        "\r\n\na\r\n\r\nb\n\n",
        "a\r\r\nb\r\r\n\r\r\n",
        "a\r\r\r\nb\r",
    ] {
        assert_eq!(names(rows.as_bytes()).unwrap(), ["a", "b"], "{rows:?}");
    }
    for rows in ["", "\r\n", "\n\n"] {
        assert_eq!(names(rows.as_bytes()).unwrap(), [""; 0]);
        assert_eq!(list(rows.as_bytes(), now()).unwrap(), []);
        assert_eq!(mlsd(rows.as_bytes()).unwrap(), []);
    }
}

#[test]
fn a_directory_may_have_a_slash_behind_its_name() {
    let rows = b"type=dir; sub/\r\ntype=dir; ./\r\ntype=dir; ../\r\n";
    let machine = mlsd(rows).unwrap();
    let rows = b"drwxr-xr-x 1 u g 5 Nov 22 08:00 sub/\r\ndrwxr-xr-x 1 u g 5 Nov 22 08:00 ../\r\n";
    let people = list(rows, now()).unwrap();
    let dos = list(b"11-22-26  08:00AM  <DIR> sub/\r\n", now()).unwrap();
    let eplf = list(b"+/,m1,\tsub/\r\n+/,\t./\r\n", now()).unwrap();
    for entries in [machine, people, dos, eplf] {
        let [entry] = &entries[..] else {
            panic!("{entries:?}");
        };
        assert_eq!((entry.kind, &*entry.name), (EntryType::Directory, "sub"));
        assert_eq!(more(entry, "unreadable"), None);
        assert_eq!(more(entry, "unaddressable"), None);
    }
    for (name, shown) in [("/", r"\x2f"), ("a//", r"a\x2f"), ("a/b/", r"a\x2fb")] {
        let entries = mlsd(format!("type=dir; {name}").as_bytes()).unwrap();
        assert_eq!(entries[0].name, shown);
        assert_eq!(more(&entries[0], "unaddressable"), Some("escaped"));
    }
}

#[test]
fn large_listings() {
    let rows = "type=file;size=1; name\r\n".repeat(100_000);
    assert_eq!(mlsd(rows.as_bytes()).unwrap().len(), 100_000);
    // One row of megabytes, made of what takes each reader the most time.
    assert!(mlsd("a=;".repeat(1_000_000).as_bytes()).is_err());
    let arrows = " -> ".repeat(1_000_000);
    let row = format!("lrwxrwxrwx 1 u g 1 Nov 22 08:00 x{arrows}");
    assert!(list(row.as_bytes(), now()).is_err());
    let row = format!("-rw-r--r-- {}", "1 Nov ".repeat(1_000_000));
    assert!(list(row.as_bytes(), now()).is_err());
}
