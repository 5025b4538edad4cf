//! Rows in the form of `ls -l` that the captured listings do not have.

use super::super::time::mdtm;
use super::list;
use super::{assert_lines, more, now, one};
use crate::api::reply::EntryType::{Directory, File, Link, Other};

/// The time of a row with this date.
fn modified(date: &str, now: &str) -> Option<i64> {
    let row = format!("-rw-r--r-- 1 u g 5 {date} x");
    let entries = list(row.as_bytes(), mdtm(now).unwrap()).unwrap();
    assert_eq!(entries[0].name, "x");
    entries[0].modified
}

#[test]
fn total_group_or_none_and_marks() {
    let rows = "\
total 4920
-rw-r--r--   1 root      531 Jan 29 03:26 README
drwxr-xr-x+  2 root   staff   512 Jan 29  2001 acl
-rwsr-l--T.  1 root root 7 Jan 29  2001 context
drwx--S--t@ 12 502 Domain Users 4096 Jan 29  2001 three words
-rw-r--r-- 1 1 Jan 29 2001 nobody's
";
    let entries = list(rows.as_bytes(), now()).unwrap();
    let day = Some("20010129000000");
    assert_lines(
        &entries,
        &[
            (File, Some(531), Some("20260129032600"), "README"),
            (Directory, Some(512), day, "acl"),
            (File, Some(7), day, "context"),
            (Directory, Some(4096), day, "three words"),
            (File, Some(1), day, "nobody's"),
        ],
    );
    let people = |at: usize| (more(&entries[at], "owner"), more(&entries[at], "group"));
    assert_eq!(people(0), (Some("root"), None));
    assert_eq!(people(1), (Some("root"), Some("staff")));
    assert_eq!(people(3), (None, None));
    assert_eq!(people(4), (None, None));
    let folder = one("drwxr-xr-x      folder        0 Nov 22 08:00 mac");
    assert_eq!((more(&folder, "owner"), folder.size), (None, Some(0)));
}

#[test]
fn devices() {
    let disk = one("brw-rw----   1 root disk      8,  16 Nov 22 08:00 sdb");
    assert_eq!((disk.kind, disk.size), (Other, None));
    assert_eq!(more(&disk, "owner"), Some("root"));
    assert_eq!(more(&disk, "group"), Some("disk"));
    let null = one("crw-rw-rw-   1 root root      0 Nov 22 08:00 null");
    assert_eq!((null.kind, null.size), (Other, Some(0)));
}

#[test]
fn links() {
    for (row, name, target) in [
        ("7 Nov 22 08:00 dir -> sub dir", "dir", Some("sub dir")),
        (
            "0 Nov 22 08:00 one -> wrong size",
            "one",
            Some("wrong size"),
        ),
        ("1 Nov 22 08:00 a -> -> x", "a ->", Some("x")),
        ("4 Nov 22 08:00 a -> -> x", "a", Some("-> x")),
        ("1 Nov 22 08:00 unreadable", "unreadable", None),
        ("1 Nov 22 08:00  blank -> /a/b", " blank", Some("/a/b")),
    ] {
        let entry = one(&format!("lrwxrwxrwx 1 u g {row}"));
        assert_eq!((entry.kind, &*entry.name), (Link, name));
        assert_eq!(more(&entry, "target"), target, "{row}");
    }
    let unclear = "lrwxrwxrwx 1 u g 99 Nov 22 08:00 a -> b -> c";
    assert!(list(unclear.as_bytes(), now()).is_err());
    // Only a link has a target.
    assert_eq!(one("-rw-r--r-- 1 u g 9 Nov 22 08:00 a -> b").name, "a -> b");
}

#[test]
fn names_keep_their_blanks() {
    for name in [
        "x",
        " x",
        "   x  y  ",
        "x ",
        " ",
        "Nov 22 08:00 x",
        "-rw-r--r--",
    ] {
        let row = format!("-rw-r--r-- 1 u g 5 Nov 22 08:00 {name}\r\n");
        assert_eq!(one(&row).name, name);
        let row = format!("-rw-r--r-- 1 u g 5 Nov 22  2019 {name}\n");
        assert_eq!(one(&row).name, name);
        let row = format!("-rw-r--r-- 1 u g 5 2019-11-22 08:00 {name}");
        assert_eq!(one(&row).name, name);
    }
    // What could go on with the date is the name, where `ls` would not go on with it.
    for (date, name) in [
        ("Nov 22 08:00", "2024 x"),
        ("Nov 22  2019", "08:00 x"),
        ("Nov 22 2019", "08:00"),
        ("Nov 22 2019", " 08:00 x"),
        ("Nov 22 2019 08:00", "09:00 x"),
        ("Nov 22 08:00:00 2019", "2024 x"),
    ] {
        let entry = one(&format!("-rw-r--r-- 1 u g 5 {date} {name}"));
        assert_eq!((&*entry.name, entry.size), (name, Some(5)));
        assert_eq!(more(&entry, "unreadable"), None, "{date} {name}");
    }
}

#[test]
fn the_year_is_the_latest_that_is_not_more_than_a_day_ahead() {
    for (date, now, want) in [
        ("Nov 22 08:00", "20261122080000", "20261122080000"),
        ("Nov 23 08:00", "20261122080000", "20261123080000"),
        ("Nov 23 08:01", "20261122080000", "20251123080100"),
        ("Dec 31 23:59", "20270101000000", "20261231235900"),
        ("Jan  1 00:30", "20261231120000", "20270101003000"),
        ("jan  2 00:30", "20261231120000", "20260102003000"),
        ("Feb 29 12:00", "20270101000000", "20240229120000"),
        ("Feb 29 12:00", "20240228120000", "20240229120000"),
        ("Feb 29 12:00", "20240228115900", "20200229120000"),
        ("Feb 29 12:00", "21040227115900", "20960229120000"),
        ("Dec 31 23:59", "99991231235959", "99991231235900"),
        ("Nov 22 08:00", "19700101000000", "19691122080000"),
    ] {
        assert_eq!(modified(date, now), mdtm(want), "{date} at {now}");
    }
    // A host clock that is wrong beyond any date.
    let row = b"-rw-r--r-- 1 u g 5 Dec 31 23:59 x";
    let last = list(row, i64::MAX).unwrap().remove(0).modified;
    assert_eq!(last, mdtm("99991231235900"));
    let entries = list(row, i64::MIN).unwrap();
    assert_eq!(more(&entries[0], "unreadable"), Some("modify"));
}

#[test]
fn dates_with_a_year() {
    for (date, want) in [
        ("Nov 22  2019", Some("20191122000000")),
        ("Feb 29 2000", Some("20000229000000")),
        ("2024-02-29 13:46", Some("20240229134600")),
        ("2024-02-29 13:46:07 +0000", Some("20240229134607")),
        (
            "2024-02-29 00:46:07.123456789 +0130",
            Some("20240228231607"),
        ),
        ("2024-02-29 23:46:07.5 -0800", Some("20240301074607")),
        ("--- -- --:--", None),
        ("Nov 18 19:01:02 2024", Some("20241118190102")),
        ("18 Nov 19:01:02 2024", Some("20241118190102")),
        ("Mon Nov 18 19:01:02 2024", Some("20241118190102")),
        ("Mon Nov 18  2024", Some("20241118000000")),
        ("Jan  1 2024 05:06", Some("20240101050600")),
        ("Jan  1 2024 05:06:07", Some("20240101050607")),
        (" 1 Jan 2024 05:06", Some("20240101050600")),
    ] {
        assert_eq!(
            modified(date, "20261122080000"),
            want.and_then(mdtm),
            "{date}"
        );
    }
}

/// Whether the row counts as one that cannot be read, and else which of its values.
fn unreadable(row: &str) -> Result<Option<String>, ()> {
    let entries = list(row.as_bytes(), now()).map_err(|_| ())?;
    assert_eq!(entries[0].name, "x", "{row}");
    Ok(more(&entries[0], "unreadable").map(str::to_owned))
}

#[test]
fn invalid_dates_cost_the_date() {
    for date in [
        "Feb 30 08:00",
        "Feb 29 2023",
        "Nov 0 08:00",
        "Nov 22 24:00",
        "Nov 31 08:00:00 2024",
        "Nov 22 24:00:00 2024",
        "Nov 22 2024 24:00",
        "Mon Nov 31 2024",
        "22. Mai 2024 08:00",
        "Mai 22 08:00:00 2024",
        "Nov 22 8:0",
        "Nov 22 08:00:00",
        "Nov +2 08:00",
        "Nov 22 19",
        "Nix 22 08:00",
        "22 mai 08:00",
        "2024-13-01 08:00",
        "2024-02-30 08:00",
        "2024-02-29",
        "2024-02-29 08:00:00 +0160",
        "2024-02-29 08:00:00. +0100",
    ] {
        let row = format!("-rw-r--r-- 1 u g 5 {date} x");
        assert_eq!(unreadable(&row), Ok(Some("modify".into())), "{date}");
        let size = list(row.as_bytes(), now()).unwrap()[0].size;
        assert_eq!(size, Some(5), "{date}");
    }
    for date in ["22 Nov 08:00", "22 Nov 2019", "2024-02-29 08:00:00"] {
        let row = format!("-rw-r--r-- 1 u g 5 {date} x");
        assert_eq!(unreadable(&row), Ok(None), "{date}");
    }
    for date in ["Nov 22", "Nov"] {
        let row = format!("-rw-r--r-- 1 u g 5 {date} x");
        assert_eq!(unreadable(&row), Err(()), "{date}");
    }
}

#[test]
fn invalid_sizes_cost_the_size() {
    for size in ["18446744073709551616", "4.0K", "-1", "?"] {
        let row = format!("-rw-r--r-- 1 u g {size} Nov 22  2019 x");
        assert_eq!(unreadable(&row), Ok(Some("size".into())), "{size}");
        let entry = one(&row);
        assert_eq!((entry.size, entry.modified), (None, mdtm("20191122000000")));
    }
}

#[test]
fn sizes_with_blanks_cost_the_size() {
    for size in ["1 234 567", "12 345"] {
        let row = format!("-rw-r--r-- 1 u g {size} Nov 22  2019 x");
        assert_eq!(unreadable(&row), Ok(Some("size".into())), "{size}");
        assert_eq!(one(&row).size, None);
        let row = format!("-rw-r--r-- 1 u g {size} Nov 31  2019 x");
        assert_eq!(unreadable(&row), Ok(Some("size,modify".into())), "{size}");
    }
    for before in ["1 1000 1000 567", "1 u Domain Users 567", "1 u 100 567"] {
        let row = format!("-rw-r--r-- {before} Nov 22  2019 x");
        assert_eq!(unreadable(&row), Ok(None), "{before}");
        assert_eq!(one(&row).size, Some(567));
    }
}

#[test]
fn inodes_and_blocks_before_the_mode() {
    for before in ["131", "  131 ", "131 8"] {
        let row = format!("{before} -rw-r--r-- 1 u g 5 Nov 22  2019 x");
        assert_eq!(unreadable(&row), Ok(None), "{before}");
    }
}
