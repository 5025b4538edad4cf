//! Rows of Windows servers: the `dir` style of IIS and its Unix style.

use super::list;
use super::{assert_lines, more, now, one};
use crate::api::reply::EntryType::{Directory, File};

#[test]
fn dir_style() {
    let rows = "\
04-27-00  09:09PM       <DIR>          licensed\r
07-18-00  10:16AM       <DIR>          Program Files\r
04-14-00  03:47PM                  589 readme.htm\r
12-31-99  12:00AM                    0  two leading\r
01-29-1997  12:30PM           5368709120 big one.iso\r
02-09-2024  23:05       <DIR>          ..\r
02-29-2024  23:05       <DIR>            padded\r
02-29-24  23:05 <DIR> close\r
12-31-69  01:02AM                    1 later\r
01-01-70  01:02AM                    1 earlier\r
";
    assert_lines(
        &list(rows.as_bytes(), now()).unwrap(),
        &[
            (Directory, None, Some("20000427210900"), "licensed"),
            (Directory, None, Some("20000718101600"), "Program Files"),
            (File, Some(589), Some("20000414154700"), "readme.htm"),
            (File, Some(0), Some("19991231000000"), " two leading"),
            (
                File,
                Some(5_368_709_120),
                Some("19970129123000"),
                "big one.iso",
            ),
            (Directory, None, Some("20240229230500"), "  padded"),
            (Directory, None, Some("20240229230500"), "close"),
            (File, Some(1), Some("20691231010200"), "later"),
            (File, Some(1), Some("19700101010200"), "earlier"),
        ],
    );
}

#[test]
fn halves_of_the_day_in_any_case() {
    for (clock, want) in [
        ("03:47pm", "154700"),
        ("03:47Pm", "154700"),
        ("03:47p", "154700"),
        ("03:47P", "154700"),
        ("03:47a", "034700"),
        ("12:00a", "000000"),
        ("12:00 pm", "120000"),
        ("03:47 P", "154700"),
    ] {
        let entry = one(&format!("04-14-00  {clock}                  589 x"));
        let time = format!("20000414{want}");
        assert_lines(&[entry], &[(File, Some(589), Some(&time), "x")]);
    }
}

/// Blanks between groups of digits look like the blank before the name: unless the columns tell, such a
/// row is not read.
#[test]
fn sizes_with_blanks_are_not_taken_for_names() {
    let good = "04-14-00  03:47PM                  589 x\r\n";
    for size in [
        "1 234 567 x.csv",
        "  12 345 x.csv",
        "1 234 567",
        "999 000 a b",
    ] {
        let rows = format!("{good}04-14-00  03:47PM  {size}\r\n");
        let entries = list(rows.as_bytes(), now()).unwrap();
        assert_eq!(more(&entries[1], "unreadable"), Some("row"), "{size}");
        assert_eq!(entries[1].size, None);
    }
    for (rest, size, name) in [
        ("                  589 007 bond.csv", 589, "007 bond.csv"),
        ("                    1 234 567 x.csv", 1, "234 567 x.csv"),
        ("  589 2024 x.csv", 589, "2024 x.csv"),
        ("  589 234.csv", 589, "234.csv"),
        ("  589 234", 589, "234"),
        ("  0 234 x", 0, "234 x"),
        ("  1234 567 x", 1234, "567 x"),
        ("  1,234 567 x", 1234, "567 x"),
        ("  1\u{a0}234\u{a0}567 x", 1_234_567, "x"),
        ("  1\u{202f}234 x", 1234, "x"),
        ("  1'234 x", 1234, "x"),
    ] {
        let entry = one(&format!("04-14-00  03:47PM{rest}"));
        assert_eq!((entry.size, &*entry.name), (Some(size), name), "{rest}");
        assert_eq!(more(&entry, "unreadable"), None, "{rest}");
    }
}

#[test]
fn unix_style() {
    let row = "----------   1 owner    group         1803128 Jul 10 10:18 ls-lR.Z";
    let entry = one(row);
    assert_lines(
        std::slice::from_ref(&entry),
        &[(File, Some(1_803_128), Some("20260710101800"), "ls-lR.Z")],
    );
    assert_eq!(more(&entry, "group"), Some("group"));
    let row = "d---------   1 owner    group               0 May  9 19:45 Softlib";
    assert_eq!(one(row).kind, Directory);
}

#[test]
fn invalid_values_cost_the_value() {
    for (row, mark) in [
        ("13-01-24  01:00AM  1 x", "modify"),
        ("02-30-24  01:00AM  1 x", "modify"),
        ("02-01-24  13:00PM  1 x", "modify"),
        ("02-01-24  00:00AM  1 x", "modify"),
        ("02-01-24  24:00  1 x", "modify"),
        ("02-01-024  01:00AM  1 x", "modify"),
        ("02-01-24  01:00AM  1k x", "size"),
        ("02-01-24  01:00AM  1,23 x", "size"),
        ("02-31-24  01:00AM  - x", "size,modify"),
    ] {
        let entry = one(row);
        assert_eq!((entry.kind, &*entry.name), (File, "x"), "{row}");
        assert_eq!(more(&entry, "unreadable"), Some(mark), "{row}");
    }
    for row in [
        "+2-01-24  01:00AM  1 x",
        "02-01-24  01:00AM  1",
        "02-01-24  01:00AM",
        "02-01-24",
    ] {
        assert!(list(row.as_bytes(), now()).is_err(), "{row}");
    }
}
