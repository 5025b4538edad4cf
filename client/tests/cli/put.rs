//! `put`: the bytes that arrive, the remote names, what is printed.

use std::fs;
use std::io::Write as _;
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
