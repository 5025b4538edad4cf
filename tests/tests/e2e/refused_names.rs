//! What a real server means by 550 to mkdir, rmdir and mv.

use modem_ftp_tests::{Bench, Kind, Options, on_servers};

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
libunftp = Libunftp => refused_names }

fn refused_names(kind: Kind) {
    let Some(bench) = Bench::with(kind, Options::default()) else {
        return;
    };
    bench.local("file", b"x");
    bench.ok(&["mkdir", "full"]);
    bench.ok(&["put", "file", "full/"]);
    bench.ok(&["put", "file"]);
    let mut cases = vec![
        (
            ["mkdir", "full"].to_vec(),
            "full is on the server already (a directory)",
        ),
        (
            vec!["mkdir", "file"],
            "file is on the server already (a file)",
        ),
        (vec!["rmdir", "none"], "none is not on the server"),
        (vec!["mv", "none", "other"], "none is not on the server"),
        (
            vec!["mv", "file", "none/file"],
            "the directory none is not on the server",
        ),
    ];
    // libunftp makes the directories that lead to one, and removes what is in one.
    if kind != Kind::Libunftp {
        cases.push((
            vec!["mkdir", "none/sub"],
            "the directory none is not on the server",
        ));
        cases.push((
            vec!["rmdir", "full"],
            "full is not empty, there is one name in it",
        ));
        cases.push((vec!["rmdir", "file"], "file is a file and no directory"));
    }
    for (words, expected) in cases {
        let said = bench.fails(&words, 6);
        assert!(said.contains(expected), "{words:?}: {said}");
    }
}

#[test]
fn what_a_read_only_account_may_not_do_is_not_called_missing() {
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let Some(bench) = Bench::with(Kind::Vsftpd, options) else {
        return;
    };
    let root = bench.server.root();
    std::fs::create_dir(root.join("there")).unwrap();
    std::fs::write(root.join("file"), b"x").unwrap();
    for (words, expected) in [
        (
            &["mkdir", "new"][..],
            "new is not on the server, which does not create it",
        ),
        (&["mkdir", "there"], "there is on the server already"),
        (
            &["rmdir", "there"],
            "there is on the server with nothing listed in it",
        ),
        (
            &["mv", "file", "other"],
            "file is on the server, other is not",
        ),
    ] {
        let said = bench.fails(words, 6);
        assert!(said.contains(expected), "{words:?}: {said}");
    }
}
