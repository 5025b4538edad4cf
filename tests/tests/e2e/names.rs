//! Unusual remote names, and names that cannot be a parameter of an AT command.

use modem_ftp_tests::{Bench, Kind, Options, on_servers};
use std::fs;

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
libunftp = Libunftp => unusual_names }

fn unusual_names(kind: Kind) {
    let Some(bench) = Bench::with(kind, Options::default()) else {
        return;
    };
    let names = [
        "two words.csv",
        "a,b;c.csv",
        "Übersicht März.txt",
        "見積.bin",
        "-dash",
        "a'b",
        "100%.log",
        "#1",
    ];
    bench.local("source", b"content");
    for name in names {
        bench.ok(&["put", "source", &format!("--to={name}")]);
        assert_eq!(bench.remote(name), b"content", "{name}");
    }
    let listed = bench.ok(&["ls"]);
    for name in names {
        assert!(
            listed.lines().any(|line| line == name),
            "{name} is not in {listed:?}"
        );
        bench.ok(&["get", "--", name, "back"]);
        assert_eq!(
            fs::read(bench.folder.join("back")).unwrap(),
            b"content",
            "{name}"
        );
        bench.ok(&["mv", "--", name, "between"]);
        bench.ok(&["mv", "--", "between", name]);
    }
    let mut remove = vec!["rm", "--"];
    remove.extend(names);
    bench.ok(&remove);
    assert_eq!(bench.remote_names(), [""; 0]);
}

/// A name that could end the quoted parameter is refused and never sent to the module.
#[test]
fn names_that_cannot_be_quoted_are_refused() {
    let bench = Bench::plain();
    bench.local("source", b"content");
    bench.ok(&["connect"]);
    let before = bench.modem.dialogue();
    let long = "x".repeat(300);
    for name in [
        "a\"b",
        "a\rb",
        "a\nAT+QPOWD",
        "a\tb",
        "\u{1b}[2J",
        "\u{7f}",
        &long,
    ] {
        bench.fails(&["put", "source", "--to", name], 2);
        bench.fails(&["get", name, "back"], 2);
        bench.fails(&["rm", name], 2);
        bench.fails(&["mkdir", name], 2);
        bench.fails(&["mv", name, "b"], 2);
        bench.fails(&["mv", "b", name], 2);
        bench.fails(&["cd", name], 2);
        bench.fails(&["ls", name], 2);
        bench.fails(&["stat", name], 2);
    }
    assert_eq!(bench.modem.dialogue(), before, "an AT line was sent");
    assert!(!bench.folder.join("back").exists());
}
