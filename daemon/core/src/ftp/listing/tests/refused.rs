//! Names that could reach out of a directory or harm a terminal, and what the errors say.

use modem_ftp_dbus::ErrorName;

use super::super::{list, mlsd, names};
use super::now;

/// What the three readers say to this name.
fn errors(name: &[u8]) -> Vec<String> {
    let row = |before: &str| [before.as_bytes(), name, b"\r\n"].concat();
    let results = [
        mlsd(&row("type=file; ")).map(|_| ()),
        list(&row("-rw-r--r-- 1 u g 5 Nov 22 08:00 "), now()).map(|_| ()),
        list(&row("11-22-26  08:00AM  5 "), now()).map(|_| ()),
        names(&row("")).map(|_| ()),
    ];
    results
        .into_iter()
        .filter_map(|result| {
            let failure = result.err()?;
            assert_eq!(failure.name, ErrorName::Protocol);
            Some(failure.text)
        })
        .collect()
}

#[test]
fn unsafe_names() {
    for name in ["a\0b", "a\rb", "a\r", "\x1b[2J", "a\tb", "\x7f", "a\u{9b}b"] {
        assert_eq!(errors(name.as_bytes()).len(), 4, "{name:?}");
        assert!(errors(name.as_bytes())[0].contains("control character"));
    }
    assert_eq!(errors(b"caf\xe9").len(), 4);
    assert!(
        errors(b"caf\xe9")
            .iter()
            .all(|text| text.contains("not UTF-8"))
    );
    assert!(errors(b"caf\xe9")[3].ends_with("\"caf\\xe9\""));
    // A list of names has paths, of which the last component counts.
    for name in ["a/b", "/", "../x", "/etc/passwd", "a/"] {
        assert!(errors(name.as_bytes()).len() >= 3, "{name:?}");
    }
    assert_eq!(errors(b"/").len(), 4);
    assert_eq!(errors(b"a//").len(), 4);
    assert_eq!(
        errors(b"").len(),
        3,
        "an empty line is no name, but no row either"
    );
    // A link's target may be a path; its name may not.
    for row in ["a/b -> c", " -> c", "../x -> c"] {
        let row = format!("lrwxrwxrwx 1 u g 1 Nov 22 08:00 {row}");
        assert!(list(row.as_bytes(), now()).is_err(), "{row}");
    }
}

#[test]
fn one_bad_row_fails_the_listing() {
    for row in [
        "ls: cannot open directory",
        "total 4k",
        "-rw-r--r-- 1 u g 5 Nov 22 08:00",
        "-rw-r--r-- 1 u g 5 Nov 22 08:00 ",
        "-rw-r--r-- 1 u g Nov 22 08:00 x",
        "-rw-r--r- 1 u g 5 Nov 22 08:00 x",
        "-rw-r--r--++ 1 u g 5 Nov 22 08:00 x",
        "-rw-r--q-- 1 u g 5 Nov 22 08:00 x",
        "?rw-r--r-- 1 u g 5 Nov 22 08:00 x",
        "-rw-r--r-- 1 2 3 4 5 6 7 8 9 10 11 12 13 14 Nov 22 08:00 x",
        "-rw-r--r-- 1 u g 18446744073709551616 Nov 22 08:00 x",
        "d [R----F--] supervisor 512 Jan 16 18:53 login",
        "   ",
        "\u{feff}-rw-r--r-- 1 u g 5 Nov 22 08:00 x",
    ] {
        let good = "-rw-r--r-- 1 u g 5 Nov 22 08:00 x\r\n";
        assert_eq!(list(good.as_bytes(), now()).unwrap().len(), 1);
        let rows = format!("{good}{row}\r\n{good}");
        assert!(list(rows.as_bytes(), now()).is_err(), "{row}");
    }
}

#[test]
fn the_error_quotes_the_row() {
    let failure = list(b"hello \x1b \xff \"w\xc3\xb6rld\"", now()).unwrap_err();
    assert_eq!(
        failure.text,
        "the server's listing has a row that is not UTF-8 (ListRaw gives the bytes as they are): \
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
fn large_listings() {
    let rows = "type=file;size=1; name\r\n".repeat(100_000);
    assert_eq!(mlsd(rows.as_bytes()).unwrap().len(), 100_000);
    // One row of megabytes, of what each reader looks at most closely.
    assert!(mlsd("a=;".repeat(1_000_000).as_bytes()).is_err());
    let arrows = " -> ".repeat(1_000_000);
    let row = format!("lrwxrwxrwx 1 u g 1 Nov 22 08:00 x{arrows}");
    assert!(list(row.as_bytes(), now()).is_err());
    let row = format!("-rw-r--r-- {}", "1 Nov ".repeat(1_000_000));
    assert!(list(row.as_bytes(), now()).is_err());
}
