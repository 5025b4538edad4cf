//! `put`: the bytes that arrive, the remote names, what is printed.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::fake::Fake;
use crate::fake::run::finished;

#[test]
fn the_remote_name_is_the_files_own_or_the_given_one() {
    let fake = Fake::start();
    fake.local("a.csv", b"1;2\n");
    let outcome = fake.run(&["put", "a.csv"]).expect(0, "");
    assert_eq!(fake.script.file("a.csv").unwrap(), b"1;2\n");
    let line = outcome.text();
    assert!(
        line.starts_with("a.csv -> a.csv: 4 bytes in 0.") && line.ends_with("/s)\n"),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1);

    fake.run(&["put", "a.csv", "in/b.csv"]).expect(0, "");
    fake.run(&["put", "a.csv", "--to", "in/"]).expect(0, "");
    assert_eq!(fake.script.file("in/b.csv").unwrap(), b"1;2\n");
    assert_eq!(fake.script.file("in/a.csv").unwrap(), b"1;2\n");
}

#[test]
fn only_the_given_options_are_passed_on() {
    let fake = Fake::start();
    fake.local("a", b"x");
    fake.run(&["put", "a"]).expect(0, "");
    fake.run(&[
        "put",
        "a",
        "--server",
        "plant",
        "--if-exists",
        "resume",
        "--no-atomic",
        "--verify",
        "content",
        "--via",
        "ufs",
        "--priority",
        "-5",
        "--retries",
        "0",
        "--expires",
        "2100-01-01",
    ])
    .expect(0, "");
    let uploads: Vec<_> = fake
        .script
        .calls()
        .into_iter()
        .filter(|call| call.starts_with("UploadFd"))
        .collect();
    assert_eq!(
        uploads,
        [
            "UploadFd(,a,)",
            "UploadFd(plant,a,atomic=false expires=uint64 4102444800 if-exists=\"resume\" \
             priority=-5 retries=uint32 0 verify=\"content\" via=\"ufs\")",
        ]
    );
}

#[test]
fn several_files_go_to_a_directory_and_one_failure_does_not_stop_the_others() {
    let fake = Fake::start();
    fake.local("a", b"A");
    fake.local("c", b"C");
    let outcome = fake.run(&["put", "a", "missing", "c", "in"]);
    assert_eq!(outcome.exit, 7);
    assert_eq!(
        outcome.err,
        "modem-ftp: missing: No such file or directory\nmodem-ftp: 1 of 3 failed\n"
    );
    assert_eq!(outcome.text().lines().count(), 2);
    assert_eq!(fake.script.file("in/a").unwrap(), b"A");
    assert_eq!(fake.script.file("in/c").unwrap(), b"C");
    fake.run(&["put", "a", "c"])
        .expect(2, "c is a local file too");
    fake.local("d", b"D");
    fake.run(&["put", "a", "c", "d"]).expect(0, "");
    assert_eq!(fake.script.file("d").unwrap(), b"D");
    fake.run(&["put", "d", "./d"]).expect(0, "");
    assert_eq!(fake.script.file("./d").unwrap(), b"D");
}

#[test]
fn a_name_that_cannot_be_sent_is_one_failure() {
    let long = "n".repeat(240) + &"ö".repeat(6) + "x.csv";
    for (bad, shown, why) in [
        (&b"caf\xe9.csv"[..], r"caf\xe9.csv", "is not UTF-8"),
        (b"\xff\xfe", r"\xff\xfe", "is not UTF-8"),
        (b"a\"b.csv", "a\"b.csv", "has a quote"),
        (b"a\nb.csv", r"a\nb.csv", "has a control character"),
        (long.as_bytes(), &long, "is longer than 255 bytes"),
    ] {
        let fake = Fake::start();
        let bad = OsStr::from_bytes(bad);
        // A file system may not have room for such a name.
        if fs::write(fake.folder().join(bad), b"B").is_err() {
            continue;
        }
        fake.local("a.csv", b"A");
        fake.local("z.csv", b"Z");
        let names = [OsStr::new("a.csv"), bad, OsStr::new("z.csv")];
        // Wherever a pattern puts the name, the last place included, where REMOTE could be.
        for turn in 0..3 {
            let mut command = fake.command(&["put"]);
            let turned = names.iter().cycle().skip(turn).take(3);
            command.args(turned);
            let outcome = finished(command);
            assert_eq!(outcome.exit, 7, "{}", outcome.err);
            let told: Vec<&str> = outcome.err.lines().collect();
            assert_eq!(told.len(), 2, "{}", outcome.err);
            assert!(told[0].contains(shown) && told[0].contains(why), "{told:?}");
            assert_eq!(told[1], "modem-ftp: 1 of 3 failed");
            assert_eq!(outcome.text().lines().count(), 2);
        }
        // Two files, of which the last cannot be REMOTE.
        let mut command = fake.command(&["put", "a.csv"]);
        command.arg(bad);
        let outcome = finished(command);
        assert_eq!(outcome.exit, 7, "{}", outcome.err);
        assert!(outcome.err.ends_with("1 of 2 failed\n"), "{}", outcome.err);
        let mut command = fake.command(&["put"]);
        command.arg(bad).arg("a.csv");
        let outcome = finished(command);
        assert_eq!(outcome.exit, 7, "{}", outcome.err);
        assert!(outcome.err.ends_with("1 of 2 failed\n"), "{}", outcome.err);
        // Alone, and under another name.
        let mut command = fake.command(&["put"]);
        command.arg(bad);
        assert_eq!(finished(command).exit, 7);
        let mut command = fake.command(&["put"]);
        command.arg(bad).arg("good.csv");
        let outcome = finished(command).expect(0, "");
        let line = outcome.text();
        assert!(
            line.starts_with(&format!("{shown} -> good.csv: ")),
            "{line}"
        );
        assert_eq!(fake.script.file("good.csv").unwrap(), b"B");
        assert_eq!(fake.script.file("a.csv").unwrap(), b"A");
        assert_eq!(fake.script.file("z.csv").unwrap(), b"Z");
    }
}

#[test]
fn an_argument_that_has_no_name_is_one_failure() {
    for (bad, why) in [
        ("", "\"\": does not end in a file name"),
        ("..", "..: does not end in a file name"),
        ("/", "/: does not end in a file name"),
        ("-", "standard input has no name"),
    ] {
        let fake = Fake::start();
        fake.local("x", b"X");
        fake.local("y", b"Y");
        for arguments in [
            &["put", "x", bad, "y", "d/"][..],
            &["put", bad, "x", "y", "d/"],
            &["put", "x", "y", bad, "--to", "d"],
        ] {
            let outcome = fake.run(arguments);
            assert_eq!(outcome.exit, 7, "{}", outcome.err);
            let told: Vec<&str> = outcome.err.lines().collect();
            assert!(told[0].contains(why), "{told:?}");
            assert_eq!(told[1..], ["modem-ftp: 1 of 3 failed"]);
            assert_eq!(outcome.text().lines().count(), 2);
        }
        assert_eq!(fake.script.file("d/x").unwrap(), b"X");
        assert_eq!(fake.script.file("d/y").unwrap(), b"Y");
        // Alone it is wrong usage.
        fake.run(&["put", bad, "--to", "d/"]).expect(2, why);
    }
}

#[test]
fn programs_are_told_names_that_are_not_utf_8_with_escapes() {
    let fake = Fake::start();
    let bad = OsStr::from_bytes(b"caf\xe9.csv");
    fs::write(fake.folder().join(bad), b"B").unwrap();
    let mut command = fake.command(&["--json", "put"]);
    command.arg(bad);
    let outcome = finished(command);
    assert!(
        outcome.err.contains(r#""caf\\xe9.csv: the name"#),
        "{}",
        outcome.err
    );
    let mut command = fake.command(&["--json", "put"]);
    command.arg(bad).arg("good.csv");
    let outcome = finished(command);
    assert!(
        outcome.text().contains(r#""caf\\xe9.csv""#),
        "{}",
        outcome.text()
    );
}

#[test]
fn a_remote_that_is_not_there_and_cannot_be_sent_is_wrong_usage() {
    let fake = Fake::start();
    fake.local("a", b"A");
    let mut command = fake.command(&["put", "a"]);
    command.arg(OsStr::from_bytes(b"caf\xe9"));
    finished(command).expect(2, r"caf\xe9: cannot be REMOTE");
    assert!(fake.script.calls().is_empty());
}

#[test]
fn what_a_pattern_found_last_is_no_remote_directory() {
    let fake = Fake::start();
    fake.local("a", b"A");
    fake.local("b", b"B");
    std::os::unix::fs::symlink("nowhere", fake.folder().join("c")).unwrap();
    let outcome = fake.run(&["put", "a", "b", "c"]);
    assert_eq!(outcome.exit, 7);
    assert!(outcome.err.contains("c: No such file"), "{}", outcome.err);
    assert_eq!(fake.script.file("a").unwrap(), b"A");
    assert_eq!(fake.script.file("b").unwrap(), b"B");
}

#[test]
fn local_files_that_cannot_be_read_are_exit_7() {
    let fake = Fake::start();
    fs::create_dir(fake.folder().join("dir")).unwrap();
    fake.run(&["put", "missing"])
        .expect(7, "missing: No such file or directory");
    fake.run(&["put", "dir"]).expect(7, "dir is a directory");
    assert!(fake.script.calls().is_empty());
}

#[test]
fn standard_input_may_be_a_pipe_a_file_a_socket_or_a_device() {
    let fake = Fake::start();
    let content: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
    fake.run_with_input(&["put", "-", "pipe"], &content)
        .expect(0, "");
    assert_eq!(fake.script.file("pipe").unwrap(), content);

    let path = fake.local("file", &content);
    let mut command = fake.command(&["put", "-", "regular"]);
    command.stdin(fs::File::open(path).unwrap());
    finished(command).expect(0, "");
    assert_eq!(fake.script.file("regular").unwrap(), content);

    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let mut command = fake.command(&["put", "-", "socket"]);
    command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)));
    let writing = {
        let content = content.clone();
        std::thread::spawn(move || ours.write_all(&content))
    };
    finished(command).expect(0, "");
    writing.join().unwrap().unwrap();
    assert_eq!(fake.script.file("socket").unwrap(), content);

    fake.run(&["put", "-", "null"]).expect(0, "");
    assert_eq!(fake.script.file("null").unwrap(), b"");
    fake.run(&["put", "-", "null", "--detach"])
        .expect(2, "modem-ftp would have to stay");
    fake.run(&["put", "-"])
        .expect(2, "standard input has no name");
}
