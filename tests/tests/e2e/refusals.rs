//! What a server refuses: for now, in whatever words, with the 550 that means five things, and without
//! a data connection.

use modem_ftp_tests::hostile::Act;
use modem_ftp_tests::{Bench, Kind, Options, payload, within};
use std::fs;
use std::time::Duration;

fn refusal(text: &str) -> Act {
    Act::Reply(text.to_owned())
}

#[track_caller]
fn contains(sentence: &str, words: &[&str]) {
    for word in words {
        assert!(sentence.contains(word), "no {word:?} in {sentence:?}");
    }
}

/// Everything below refuses in these words.
fn refuse(bench: &Bench, verbs: &[&str], text: &str) {
    for verb in verbs {
        bench.script().on(verb, refusal(text));
    }
}

#[test]
fn a_login_refused_while_the_server_restarts_is_tried_again() {
    let bench = Bench::hostile();
    bench.local("a", b"content");
    bench.ok(&["ls"]);
    bench.ok(&["disconnect"]);
    bench.script().once("PASS", refusal("530 Not now."));
    bench.ok(&["ls"]);
    bench.ok(&["disconnect"]);
    bench.script().behave();
    bench.script().once("PASS", refusal("530 Not now."));
    bench.ok(&["put", "a"]);
    assert_eq!(bench.remote("a"), b"content");
}

#[test]
fn an_upload_that_was_cut_takes_another_name_and_waits_for_the_rename() {
    let bench = Bench::hostile();
    let content = payload(50_000);
    bench.local("a", &content);
    bench.script().nth(
        "STOR",
        1,
        Act::Swallow(20_000, "421 Going down.".to_owned()),
    );
    bench.script().nth("STOR", 1, refusal("550 It is in use."));
    bench.script().nth("RNTO", 1, refusal("553 It is in use."));
    bench.script().nth("RNTO", 1, refusal("550 It is in use."));
    bench.ok(&["put", "a"]);
    assert!(bench.remote("a") == content);
    let seen = bench.script().seen();
    let stored: Vec<_> = seen.iter().filter(|it| it.starts_with("STOR")).collect();
    assert_eq!(stored.len(), 3, "{stored:?}");
    assert_ne!(stored[1], stored[2], "another staging name");
    assert_eq!(bench.remote_names(), ["a"]);
}

#[test]
fn what_the_module_never_began_is_done_again() {
    let bench = Bench::hostile();
    bench.ok(&["mkdir", "old"]);
    let verbs: [(&str, &[&str]); 4] = [
        ("QFTPMKDIR", &["mkdir", "new"]),
        ("QFTPRENAME", &["mv", "old", "moved"]),
        ("QFTPRMDIR", &["rmdir", "moved"]),
        ("QFTPDEL", &["rm", "file"]),
    ];
    fs::write(bench.server.root().join("file"), "x").unwrap();
    for (command, arguments) in verbs {
        let fault = format!("fault refuse={command}:606");
        bench.modem.control(&fault).unwrap();
        bench.ok(arguments);
    }
    assert_eq!(bench.remote_names(), ["new"]);
}

#[test]
fn optional_commands_refused_in_any_words_are_missing() {
    for text in [
        "402 What?",
        "501 No.",
        "504 No.",
        "550 No.",
        "202 Superfluous.",
    ] {
        let bench = Bench::hostile();
        fs::write(bench.server.root().join("file"), "12345").unwrap();
        refuse(&bench, &["MLSD", "MDTM"], text);
        assert!(bench.ok(&["ls", "-l"]).contains("file"), "{text}");
        assert!(bench.ok(&["ls"]).contains("file"), "{text}");
        assert_eq!(bench.script().count("MLSD"), 1, "{text}");
        assert!(bench.ok(&["stat", "file"]).contains('5'), "{text}");
        bench.script().behave();
        refuse(&bench, &["SIZE"], text);
        assert!(bench.ok(&["stat", "file"]).contains('5'), "{text}");
        bench.ok(&["get", "file"]);
        assert_eq!(fs::read(bench.folder.join("file")).unwrap(), b"12345");
    }
}

#[test]
fn an_empty_directory_is_empty_whatever_the_server_says() {
    let bench = Bench::hostile();
    bench.ok(&["mkdir", "empty"]);
    for text in ["550 No files found.", "450 No files found."] {
        refuse(&bench, &["MLSD", "LIST", "NLST"], text);
        for arguments in [
            &["ls", "empty"][..],
            &["ls", "-1", "empty"],
            &["ls", "--raw", "empty"],
        ] {
            assert_eq!(bench.ok(arguments), "", "{text} {arguments:?}");
        }
        bench.fails(&["ls", "nowhere"], 6);
        bench.script().behave();
        bench.ok(&["disconnect"]);
    }
}

#[test]
fn a_file_that_may_not_be_touched_is_not_called_missing() {
    let bench = Bench::hostile();
    fs::write(bench.server.root().join("file"), "12345").unwrap();
    for (verb, arguments) in [
        ("DELE", &["rm", "file"][..]),
        ("RETR", &["get", "file", "here"]),
    ] {
        bench.script().on(verb, refusal("550 Permission denied."));
        contains(
            &bench.fails(arguments, 6),
            &["file is on the server", "627"],
        );
    }
    // SIZE before TYPE I, as some servers have it.
    bench.script().behave();
    refuse(
        &bench,
        &["SIZE", "MDTM"],
        "550 SIZE not allowed in ASCII mode.",
    );
    contains(
        &bench.fails(&["put", "--if-exists", "fail", "file"], 7),
        &["file"],
    );
    bench.local("file", b"other");
    contains(
        &bench.fails(&["put", "--if-exists", "fail", "file"], 6),
        &["file"],
    );
    bench.ok(&["get", "file", "here"]);
    assert_eq!(fs::read(bench.folder.join("here")).unwrap(), b"12345");
}

#[test]
fn a_folder_that_takes_files_at_once() {
    let bench = Bench::hostile();
    bench.local("a", b"content");
    bench.script().on("STOR", Act::Take);
    let sentence = bench.fails(&["put", "a"], 6);
    contains(
        &sentence,
        &["all 7 bytes were sent to a.", "QFTPSIZE", "550"],
    );
    contains(&sentence, &["--verify none", "--no-atomic"]);
    let sentence = bench.fails(&["put", "a", "--verify", "none"], 6);
    contains(&sentence, &["rename", "--no-atomic"]);
    let sentence = bench.fails(&["put", "a", "--no-atomic"], 6);
    contains(&sentence, &["sent to a ", "QFTPSIZE", "--verify none"]);
    bench.ok(&["put", "a", "--no-atomic", "--verify", "none"]);
}

#[test]
fn the_configuration_has_what_such_servers_need() {
    let bench = Bench::configured(Kind::Hostile, Options::default(), &[], |config| {
        config.set("server.plant.atomic", false);
        config.set("server.plant.verify", "none");
    });
    let bench = bench.unwrap();
    bench.local("a", b"content");
    bench.script().on("STOR", Act::Take);
    bench.ok(&["put", "a"]);
    assert!(bench.script().seen().contains(&"STOR a".to_owned()));

    let bench = Bench::configured(Kind::Hostile, Options::default(), &[], |config| {
        config.set("server.plant.staging", ".{name}.part");
    });
    let bench = bench.unwrap();
    bench.local("a", b"content");
    bench.ok(&["put", "a"]);
    assert!(bench.script().seen().contains(&"STOR .a.part".to_owned()));
    assert_eq!(bench.remote_names(), ["a"]);
}

#[test]
fn data_connections_that_fail_leave_no_empty_file() {
    for switch in [&[][..], &["--no-atomic"]] {
        let bench = Bench::hostile();
        bench.local("a", b"content");
        let act = Act::Touch("425 No data connection.".to_owned());
        bench.script().on("STOR", act);
        let mut arguments = vec!["put", "a", "--retries", "1"];
        arguments.extend_from_slice(switch);
        contains(&bench.fails(&arguments, 5), &["615"]);
        let is_clean = within(Duration::from_secs(20), || bench.remote_names().is_empty());
        assert!(is_clean, "{switch:?}: {:?}", bench.remote_names());
        // The control connection is alive.
        bench.ok(&["pwd"]);
    }
}

/// Neither a server that opens no data connection nor one whose data connections break off at once
/// makes the module be restarted while control works.
#[test]
fn data_connections_that_break_leave_nothing_and_restart_nothing() {
    let bench = Bench::hostile();
    bench.local("a", b"content");
    for (act, code) in [
        (Act::Touch("426 Broken off.".to_owned()), 5),
        (Act::Swallow(0, "451 Gone.".to_owned()), 6),
    ] {
        bench.script().on("STOR", act);
        bench.fails(&["put", "a", "--retries", "0"], code);
        bench.script().behave();
        let is_clean = within(Duration::from_secs(20), || bench.remote_names().is_empty());
        assert!(is_clean, "{:?}", bench.remote_names());
        bench.ok(&["pwd"]);
    }
    assert!(bench.modem.written("AT+CFUN=1,1").is_empty());
    bench.ok(&["put", "a"]);
    assert_eq!(bench.remote("a"), b"content");
}

/// The same, when it is the module whose data connections do not come up.
#[test]
fn a_module_without_data_connections_leaves_nothing() {
    let bench = Bench::hostile();
    bench.local("a", b"content");
    bench.modem.control("fault data-refused=2").unwrap();
    bench.ok(&["put", "a"]);
    assert_eq!(bench.remote("a"), b"content");
    assert_eq!(bench.remote_names(), ["a"]);
}

/// What one session has found missing is asked once in it, and asked again in the next.
#[test]
fn what_a_server_lacks_is_remembered_for_the_session() {
    let bench = Bench::hostile();
    fs::write(bench.server.root().join("file"), "12345").unwrap();
    refuse(&bench, &["MLSD", "LIST"], "500 What?");
    for _ in 0..3 {
        assert_eq!(bench.ok(&["ls"]).trim(), "file");
    }
    assert_eq!(bench.script().count("MLSD"), 1);
    assert_eq!(bench.script().count("LIST"), 1);
    bench.ok(&["disconnect"]);
    bench.script().behave();
    assert!(bench.ok(&["ls", "-l"]).contains('5'));
    assert_eq!(bench.script().count("MLSD"), 2);
}
