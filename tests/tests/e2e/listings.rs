//! Listings of servers that ignore paths, answer in old forms, or garble rows.

use modem_ftp_tests::Bench;
use modem_ftp_tests::hostile::{Act, Content};
use std::fs;

/// The hostile server with a file at home and others in `in`.
fn bench() -> Bench {
    let bench = Bench::hostile();
    let root = bench.server.root();
    fs::create_dir_all(root.join("in")).unwrap();
    fs::create_dir_all(root.join("empty")).unwrap();
    fs::write(root.join("home.csv"), "h").unwrap();
    fs::write(root.join("in/a.csv"), "aa").unwrap();
    fs::write(root.join("in/b.txt"), "bbb").unwrap();
    bench
}

/// The server has no MLSD, and sends this for LIST.
fn sends(bench: &Bench, rows: &str) {
    let script = bench.script();
    script.behave();
    script.on("MLSD", Act::Reply("500 What?".to_owned()));
    script.on("LIST", Act::Send(Content::of(rows)));
}

#[test]
fn a_server_that_ignores_paths_does_not_list_another_directory() {
    let bench = bench();
    bench.script().ignore_paths();
    for refused in [None, Some("MLSD")] {
        if let Some(verb) = refused {
            bench.ok(&["disconnect"]);
            bench.script().on(verb, Act::Reply("502 No.".to_owned()));
        }
        assert_eq!(bench.ok(&["ls", "in"]), "a.csv\nb.txt\n");
        assert_eq!(bench.ok(&["ls", "-1", "/in"]), "a.csv\nb.txt\n");
        assert_eq!(bench.ok(&["ls", "empty"]), "");
        assert_eq!(bench.ok(&["ls", "in/*.csv"]), "a.csv\n");
        let raw = bench.ok(&["ls", "--raw", "in"]);
        assert!(raw.contains("a.csv") && !raw.contains("home.csv"), "{raw}");
        for arguments in [
            &["ls", "missing"][..],
            &["ls", "-1", "missing"],
            &["ls", "--raw", "missing"],
        ] {
            let told = bench.fails(arguments, 6);
            assert!(told.contains("missing"), "{told}");
        }
        assert_eq!(bench.ok(&["ls"]), "empty\nhome.csv\nin\n", "back at home");
    }
}

#[test]
fn old_forms_are_read() {
    let bench = bench();
    for (rows, names) in [
        (
            "Directory DKA0:[DATA]\r\n\r\nMETER.DAT;2   3/6  2-FEB-2024 12:00:02  [1,4]  (RWED,,,)\r\n",
            "METER.DAT\n",
        ),
        (
            "+i8.44,m839956783,r,s10376,\tRFC EPLF.txt\r\n",
            "RFC EPLF.txt\n",
        ),
        ("d [R----F--] anna   512 Jan 16 18:53 login\r\n", "login\n"),
        (
            "WRK001 3390   2024/05/21  1  200  FB      80  8053  PS  LOG.DAILY\r\n",
            "LOG.DAILY\n",
        ),
        (
            "GW17          1234 06/11/24 12:27:40 *STMF      daily report.csv\r\n",
            "daily report.csv\n",
        ),
        (
            "  20.20    24/03/29 1026   ------wr     2A1       960 startup\r\n",
            "startup\n",
        ),
        (
            "-rw-rw-rw-   1  20480 Mar 02 14:06 trend.dat\r\n",
            "trend.dat\n",
        ),
    ] {
        sends(&bench, rows);
        let outcome = bench.cli.run(&["ls", "in"]).unwrap();
        assert_eq!(outcome.text(), names);
        assert_eq!(outcome.errors, "");
    }
}

#[test]
fn a_form_that_is_not_known_gives_the_names() {
    let bench = bench();
    sends(
        &bench,
        "a.csv .... 2 bytes, Tuesday\r\nb.txt .... 3 bytes, Sunday\r\n",
    );
    assert_eq!(bench.ok(&["ls", "in"]), "a.csv\nb.txt\n");
    let listed = bench.ok(&["--json", "ls", "in"]);
    assert_eq!(
        listed
            .matches("\"unreadable\":\"type,size,modify\"")
            .count(),
        2,
        "{listed}"
    );
}

#[test]
fn a_garbled_row_costs_the_row_and_is_counted() {
    let bench = bench();
    let rows = "type=file;size=5;modify=20240229134607; a\r\n\
                type=fi\r\n\
                bare\r\n\
                type=file;size=5x;modify=2024; b\r\n";
    bench.script().on("MLSD", Act::Send(Content::of(rows)));
    let outcome = bench.cli.run(&["ls", "in"]).unwrap();
    assert_eq!(outcome.code, Some(0));
    assert_eq!(outcome.text(), "a\nb\nbare\ntype=fi\n");
    assert!(outcome.errors.contains("2 rows"), "{}", outcome.errors);
    let listed = bench.ok(&["--json", "ls", "in"]);
    assert!(
        listed.contains("\"unreadable\":\"size,modify\""),
        "{listed}"
    );
    assert_eq!(
        listed.matches("\"unreadable\":\"row\"").count(),
        2,
        "{listed}"
    );
}
