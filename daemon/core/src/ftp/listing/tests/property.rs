//! Properties of any input: no panic, no unsafe name, and a written listing is read back unchanged.

use proptest::prelude::*;
use time::UtcDateTime;

use super::{list, mlsd, names};
use crate::api::reply::{Entry, EntryType};

/// The rule for names, written independently of the code under test.
fn is_safe(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && !name
            .chars()
            .any(|c| c == '/' || c < ' ' || ('\x7f'..='\u{9f}').contains(&c))
}

fn check(bytes: &[u8], now: i64) {
    let entries = [mlsd(bytes), list(bytes, now)];
    for entry in entries.into_iter().flatten().flatten() {
        assert!(is_safe(&entry.name), "{:?}", entry.name);
    }
    for name in names(bytes).into_iter().flatten() {
        assert!(is_safe(&name), "{name:?}");
    }
}

/// Bytes made of pieces of rows, which get further into the readers than arbitrary bytes.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "type=",
        "file",
        "OS.unix=slink:",
        "size=",
        "modify=20240229134607",
        ";",
        "; ",
        "=",
        " ",
        "-rw-r--r--",
        "lrwxrwxrwx",
        "brw-rw----",
        " 1 u g 8, 5",
        " Nov 22 08:00 ",
        " 2024-02-29 ",
        "08:00",
        ":07",
        " +0100 ",
        " -> ",
        "11-22-26  08:00AM",
        "<DIR>",
        "total ",
        "4",
        "name",
        ".",
        "/",
        "é",
        "\r",
        "\n",
        "\0",
        "\u{9b}",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

fn name() -> impl Strategy<Value = String> {
    "[ !#-.0-~äß€]{1,40}".prop_filter("not a name", |name| is_safe(name))
}

fn entry() -> impl Strategy<Value = Entry> {
    use EntryType::{Directory, File, Link};
    (
        name(),
        prop::sample::select(vec![File, Directory, Link]),
        any::<Option<u64>>(),
        prop::option::of(-62_167_219_200..=253_402_300_799i64),
        prop::collection::btree_map("x\\.[a-z0-9.-]{1,8}", "[!-:<-~]{0,8}", 0..5),
    )
        .prop_map(|(name, kind, size, modified, more)| Entry {
            name,
            kind,
            size,
            modified,
            more: more.into_iter().collect(),
        })
}

fn row(entry: &Entry) -> String {
    let mut row = format!(
        "Type={};",
        match entry.kind {
            EntryType::Directory => "dir",
            EntryType::Link => "OS.unix=slink:",
            _ => "file",
        }
    );
    if let Some(size) = entry.size {
        row += &format!("Size={size};");
    }
    for (key, value) in &entry.more {
        row += &format!("{}={value};", key.to_uppercase());
    }
    if let Some(time) = entry.modified {
        let time = UtcDateTime::from_unix_timestamp(time).unwrap();
        let (year, month, day) = time.to_calendar_date();
        let (hour, minute, second) = time.as_hms();
        row += &format!(
            "Modify={year:04}{:02}{day:02}{hour:02}{minute:02}{second:02}.25;",
            u8::from(month)
        );
    }
    row + " " + &entry.name
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), now in any::<i64>()) {
        check(&bytes, now);
    }

    #[test]
    fn rows_of_pieces(bytes in nearly(), now in any::<i64>()) {
        check(&bytes, now);
    }

    #[test]
    fn a_machine_listing_is_read_back_unchanged(
        entries in prop::collection::vec(entry(), 0..5),
        end in prop::sample::select(vec!["\r\n", "\n"]),
        last in any::<bool>(),
    ) {
        let rows: Vec<String> = entries.iter().map(row).collect();
        let text = rows.join(end) + if last { end } else { "" };
        prop_assert_eq!(mlsd(text.as_bytes()).unwrap(), entries);
    }

    #[test]
    fn a_listing_for_people_keeps_the_name(name in name(), size in any::<u64>()) {
        let row = format!("-rw-r--r--   1 ftp      ftp      {size:>12} Feb 28  2019 {name}\r\n");
        let entries = list(row.as_bytes(), 0).unwrap();
        prop_assert_eq!((&entries[0].name, entries[0].size), (&name, Some(size)));
        prop_assert_eq!(names(name.as_bytes()).unwrap(), [name]);
    }
}
