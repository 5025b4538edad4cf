//! Kind 9: names are data.

use crate::watch::Watch;
use modem_ftp_tests::hostile::{Act, Content};
use modem_ftp_tests::{Bench, Kind, Options, installed};
use serde_json::Value;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

/// Control characters, bidirectional marks, what has no width.
const HARMFUL: [char; 12] = [
    '\x1b', '\x07', '\x7f', '\u{9b}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}',
    '\u{2066}', '\u{2069}', '\u{feff}',
];

#[track_caller]
fn harmless(text: &str) {
    let found = text.chars().find(|c| HARMFUL.contains(c));
    assert_eq!(found, None, "{text:?}");
}

#[test]
fn a_name_with_escape_is_listed_and_never_sent_raw() {
    let bench = Bench::plain();
    let name = std::ffi::OsStr::from_bytes(b"red\x1b[31m\xe4");
    fs::write(bench.server.root().join(name), "x").unwrap();
    fs::write(bench.server.root().join("plain"), "x").unwrap();
    let watch = Watch::begin(&bench);
    let listing = bench.ok(&["ls"]);
    assert!(listing.contains("plain"), "{listing}");
    assert!(!listing.contains('\x1b'), "{listing}");
    watch.end();
}

/// Rows with names of every kind, in each form of listing that a server has.
#[test]
fn every_form_of_listing_keeps_its_rows_whatever_the_names_are() {
    let bench = Bench::hostile();
    let names: [(&[u8], &str, &str); 7] = [
        (b"plain", "plain", ""),
        (b"red\x1b[31m\xe4", r"red\x1b[31m\xe4", "escaped"),
        (b"../etc/passwd", r"..\x2fetc\x2fpasswd", "escaped"),
        (b"a\"b", "a\"b", "quote"),
        (b"trailing ", r"trailing\u{20}", ""),
        ("exe.\u{202e}cod".as_bytes(), r"exe.\u{202e}cod", ""),
        (b"c\rd", r"c\x0dd", "escaped"),
    ];
    let rows = |before: &str| {
        let rows = names.map(|(name, ..)| [before.as_bytes(), name, b"\r\n"].concat());
        // And one that is no row at all.
        Act::Send(Content::of([rows.concat(), b"???\r\n".into()].concat()))
    };
    let watch = Watch::begin(&bench);
    for verb in ["MLSD", "LIST"] {
        bench.script().behave();
        match verb {
            "MLSD" => bench.script().on("MLSD", rows("type=file;size=5; ")),
            _ => bench
                .script()
                .on("MLSD", Act::Reply("502 Unknown.".into()))
                .on("LIST", rows("-rw-r--r-- 1 u g 5 Nov 22 08:00 ")),
        };
        let listing = bench.ok(&["ls", "-l"]);
        let json = bench.ok(&["--json", "ls"]);
        harmless(&listing);
        harmless(&json);
        let entries: Vec<Value> = json
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(entries.len(), names.len() + 1, "{verb}: {json}");
        for (_, shown, unaddressable) in names {
            let line = listing.lines().find(|line| line.ends_with(shown));
            assert!(line.is_some(), "{verb}: {shown}\n{listing}");
            let marked = entries.iter().filter(|entry| {
                let why = entry.get("unaddressable").and_then(Value::as_str);
                why.unwrap_or_default() == unaddressable
            });
            assert!(marked.count() > 0, "{verb}: {unaddressable}: {json}");
        }
        let unread = entries.iter().find(|entry| entry["name"] == "???").unwrap();
        assert_eq!(unread["unreadable"], "row");
    }
    // A list of names has paths, of which the last component is the name.
    bench.script().behave();
    bench.script().on("NLST", rows(""));
    let listing = bench.ok(&["ls", "-1"]);
    harmless(&listing);
    for shown in [
        "plain",
        "passwd",
        "exe.\\u{202e}cod",
        "trailing\\u{20}",
        "???",
    ] {
        assert!(listing.lines().any(|line| line == shown), "{listing}");
    }
    bench.script().behave();
    watch.end();
}

#[test]
fn on_a_terminal_nothing_is_raw_and_in_a_pipe_everything_is() {
    let Some(script) = installed("script") else {
        return eprintln!("SKIPPED: the program script is missing");
    };
    let bench = Bench::hostile();
    let raw = b"red \x1b[31m\xe4\x07 \xe2\x80\xaeover\rwritten\r\n";
    bench.script().on("LIST", Act::Send(Content::of(*raw)));
    fs::write(bench.server.root().join("file"), raw).unwrap();
    let pipe = bench.cli.run(&["ls", "--raw"]).unwrap();
    assert_eq!(pipe.output, raw);
    let pipe = bench.cli.run(&["get", "file", "-"]).unwrap();
    assert_eq!(pipe.output, raw);
    let client = modem_ftp_tests::binary("modem-ftp").unwrap();
    for arguments in [
        "ls --raw",
        "--json ls --raw",
        "get file -",
        "stat $'\\e[31m'",
        "rm $'no\\u202e\\x9b'",
        "put $'\\e[31m'",
        "history",
        "transfers",
        "status",
        "doctor",
    ] {
        let bus = bench.bus.address();
        let line = format!("{} --bus '{bus}' {arguments}", client.display());
        let shown = Command::new(&script)
            .args(["-qec", &format!("bash -c {}", quoted(&line)), "/dev/null"])
            .current_dir(bench.folder.path())
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(!shown.is_empty(), "{arguments}");
        // A progress bar, which is the client's own, erases its line.
        let shown = shown.replace("\x1b[2K", "").replace("\x1b[1A", "");
        harmless(&shown);
        if arguments.contains("raw") || arguments.contains("file") {
            assert!(shown.contains("over"), "{arguments}: {shown:?}");
            assert!(!shown.contains("over\rwritten"), "{arguments}: {shown:?}");
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The server calls the directory `/data"x`; what is left of that is the name of another one.
#[test]
fn files_never_go_to_another_directory_than_the_one_that_cd_accepted() {
    let bench = Bench::hostile();
    for folder in ["data", "data\"x", "home"] {
        fs::create_dir(bench.server.root().join(folder)).unwrap();
    }
    bench.local("file", b"content");
    bench.ok(&["ls"]);
    let watch = Watch::begin(&bench);
    for said in [
        "257 \"/data\"x\" is it",
        "257 \"/data\"\"x\"",
        "257 /data\"x",
        "257 \"/data\"",
        "257 \"relative\"",
        "257 \"/da\x1bta\"",
        "257 \"\"",
        "257 no quotes",
        "257 \"/data\u{202e}\"",
    ] {
        bench.script().behave();
        bench.ok(&["disconnect"]);
        bench.ok(&["cd", "/"]);
        // The first one says where the session stands, the second one where it went.
        bench.script().nth("PWD", 2, Act::Reply(said.into()));
        let changed = bench.cli.run(&["cd", "home"]).unwrap();
        bench.script().behave();
        let name = format!("f{}", said.len());
        match changed.code {
            Some(0) => {
                bench.ok(&["put", "file", &name]);
                assert_eq!(
                    bench.remote(&format!("home/{name}")),
                    b"content",
                    "{said:?}"
                );
            }
            Some(5 | 6) => {
                harmless(&changed.errors);
                bench.ok(&["put", "file", &name]);
                assert_eq!(bench.remote(&name), b"content", "{said:?}");
            }
            other => panic!("{said:?}: {other:?}: {}", changed.errors),
        }
    }
    watch.end();
}

#[test]
fn names_begin_no_line_in_the_log_and_colour_none() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set_log_filter("trace");
    })
    .unwrap();
    let root = bench.daemon.root();
    for name in [
        "a\nerror: forged\x1b[31m",
        "b\u{2028}forged",
        "c\u{202e}forged",
        "d\r\u{9b}31mforged",
    ] {
        let path = root.join(name);
        fs::write(&path, "x").unwrap();
        zbus::block_on(async {
            let front = bench.daemon.front().await.unwrap();
            let local = path.to_str().unwrap();
            let options = [("wait", zbus::Variant::from(true))].into();
            let _ = front.upload("", local, "remote", &options).await;
            let missing = format!("{local}none");
            let _ = front.upload("", &missing, name, &options).await;
        });
        let _ = bench.cli.run(&["rm", &format!("x{name}")]).unwrap();
    }
    let log = bench.daemon.log();
    harmless(&log);
    assert!(!log.contains('\r'), "{log}");
    let forged = log.lines().filter(|line| line.starts_with("error: forged"));
    assert_eq!(forged.count(), 0, "{log}");
}
