//! Sessions that the server ends, logins that it refuses for a while, and servers that do not tell where
//! a session stands.

use modem_ftp_tests::Bench;
use modem_ftp_tests::hostile::Act;
use std::fs;

fn reply(text: &str) -> Act {
    Act::Reply(text.to_owned())
}

#[test]
fn a_call_that_finds_its_session_ended_logs_in_again() {
    let bench = Bench::hostile();
    fs::write(bench.server.root().join("file"), "x").unwrap();
    bench.ok(&["mkdir", "old"]);
    let calls: [(&str, &[&str]); 4] = [
        ("MKD", &["mkdir", "new"]),
        ("RNFR", &["mv", "old", "moved"]),
        ("RMD", &["rmdir", "moved"]),
        ("DELE", &["rm", "file"]),
    ];
    for (verb, arguments) in calls {
        bench.script().once(verb, reply("421 Timeout."));
        bench.ok(arguments);
    }
    assert_eq!(bench.remote_names(), ["new"]);
}

#[test]
fn a_login_that_has_worked_is_waited_for_in_whatever_words_it_is_refused() {
    let bench = Bench::hostile();
    bench.ok(&["ls"]);
    for (verb, text) in [("PASS", "421 Too many users."), ("USER", "500 What?")] {
        bench.ok(&["disconnect"]);
        bench.script().once(verb, reply(text));
        bench.ok(&["ls"]);
    }
    bench.local("a", b"content");
    bench.ok(&["disconnect"]);
    bench.script().once("PASS", reply("500 What?"));
    bench.ok(&["put", "a"]);
    assert_eq!(bench.remote("a"), b"content");
}

#[test]
fn a_server_that_refuses_pwd_is_listed() {
    for text in ["550 No.", "530 No.", "226 Done."] {
        let bench = Bench::hostile();
        fs::create_dir(bench.server.root().join("d")).unwrap();
        fs::write(bench.server.root().join("d/a.csv"), "12345").unwrap();
        bench.script().on("PWD", reply(text));
        assert!(bench.ok(&["ls", "d"]).contains("a.csv"), "{text}");
        for verb in ["SIZE", "MDTM"] {
            bench.script().on(verb, reply("550 No."));
        }
        assert!(bench.ok(&["stat", "d/a.csv"]).contains('5'), "{text}");
    }
}

#[test]
fn a_file_is_listed_where_the_server_lists_directories_only() {
    let bench = Bench::hostile();
    fs::write(bench.server.root().join("a.csv"), "12345").unwrap();
    fs::write(bench.server.root().join("b.csv"), "1").unwrap();
    bench.ok(&["ls"]);
    for verb in ["MLSD", "LIST", "NLST"] {
        bench.script().once(verb, reply("550 No such directory."));
    }
    let shown = bench.ok(&["ls", "a.csv"]);
    assert!(
        shown.contains("a.csv") && !shown.contains("b.csv"),
        "{shown}"
    );
}
