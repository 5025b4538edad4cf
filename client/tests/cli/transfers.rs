//! `put` and `get`: the bytes, the names, what is left behind, what is said.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use serde_json::json;

use crate::fake::Fake;
use crate::fake::run::{finished, json_lines};

/// The names in the test's folder, but for the bus's socket.
fn names(fake: &Fake) -> BTreeSet<String> {
    fs::read_dir(fake.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "bus")
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn put_keeps_the_name_or_takes_another() {
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
fn options_are_passed_on_and_nothing_else_is() {
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
            "UploadFd(plant,a,atomic=false if-exists=\"resume\" priority=-5 retries=uint32 0 \
             verify=\"content\" via=\"ufs\")",
        ]
    );
}

#[test]
fn several_files_go_to_a_directory_and_one_bad_one_stays_alone() {
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
fn standard_input_may_be_anything() {
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
        .expect(2, "needs modem-ftp to feed it");
    fake.run(&["put", "-"])
        .expect(2, "standard input has no name");
}

#[test]
fn get_names_the_file_only_when_it_is_whole() {
    let fake = Fake::start();
    fake.script.set_file("in/a.csv", b"content");
    fake.script.set_file("fail", b"content");
    let outcome = fake.run(&["get", "in/a.csv"]).expect(0, "");
    assert!(
        outcome.text().starts_with("in/a.csv -> a.csv: 7 bytes in "),
        "{outcome:?}"
    );
    assert_eq!(fs::read(fake.folder().join("a.csv")).unwrap(), b"content");

    fs::create_dir(fake.folder().join("d")).unwrap();
    fake.run(&["get", "in/a.csv", "d"]).expect(0, "");
    assert_eq!(fs::read(fake.folder().join("d/a.csv")).unwrap(), b"content");

    // A failure leaves nothing, and what was there before stays.
    fake.local("old", b"old");
    fake.run(&["get", "fail", "new"])
        .expect(6, "QFTPPUT: 452 no space\\u{1b}");
    fake.run(&["get", "fail", "old"]).expect(6, "452");
    assert_eq!(fs::read(fake.folder().join("old")).unwrap(), b"old");
    assert_eq!(names(&fake), set(&["a.csv", "d", "old"]));
    fake.run(&["get", "in/a.csv", "old"]).expect(0, "");
    assert_eq!(fs::read(fake.folder().join("old")).unwrap(), b"content");
}

#[test]
fn get_replaces_neither_links_nor_devices_nor_what_it_must_not() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content");
    let folder = fake.folder();
    fs::create_dir(folder.join("d")).unwrap();
    fs::write(folder.join("d/real"), b"old").unwrap();
    symlink("d/real", folder.join("link")).unwrap();
    fake.run(&["get", "a", "link"]).expect(0, "");
    assert!(folder.join("link").is_symlink());
    assert_eq!(fs::read(folder.join("d/real")).unwrap(), b"content");

    fake.run(&["get", "a", "/dev/null"]).expect(0, "");
    assert!(!fs::metadata("/dev/null").unwrap().is_file());

    fs::write(folder.join("old"), b"old").unwrap();
    fake.run(&["get", "a", "old", "--if-exists", "fail"])
        .expect(7, "old: ");
    assert_eq!(fs::read(folder.join("old")).unwrap(), b"old");
    fake.run(&["get", "a", "new", "--if-exists", "fail"])
        .expect(0, "");
    fake.run(&["get", "a", "nowhere/new"])
        .expect(7, "nowhere/new: No such file or directory");
    fake.run(&["get", "a", "nowhere/"])
        .expect(7, "nowhere/: no such directory");
    fake.run(&["get", "a/.."])
        .expect(2, "no file name of its own");
    assert_eq!(names(&fake), set(&["d", "link", "new", "old"]));
}

#[test]
fn a_file_that_is_replaced_keeps_its_rights() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content");
    let path = fake.local("secret", b"old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let root = fs::metadata(&path).unwrap().uid() == 0;
    if root {
        std::os::unix::fs::chown(&path, Some(1), Some(2)).unwrap();
    }
    fake.run(&["get", "a", "secret"]).expect(0, "");
    let now = fs::metadata(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"content");
    assert_eq!(now.permissions().mode() & 0o7777, 0o640);
    assert!(!root || (now.uid(), now.gid()) == (1, 2));
}

#[test]
fn get_to_standard_output_is_the_bytes_and_nothing_else() {
    let fake = Fake::start();
    fake.script.set_file("a", b"\x00content\xff");
    let pipe = fake.run(&["get", "a", "-"]);
    assert_eq!(
        (pipe.exit, pipe.out.as_slice()),
        (0, &b"\x00content\xff"[..])
    );
    assert!(
        pipe.err.starts_with("a -> standard output: 9 bytes in "),
        "{pipe:?}"
    );

    let json = fake.run(&["get", "a", "-", "--json"]);
    assert_eq!(json.out, b"\x00content\xff");
    assert_eq!(json_lines(&json.err).last().unwrap()["state"], "done");

    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let mut command = fake.command(&["get", "a", "-"]);
    command
        .stdout(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stderr(Stdio::null());
    assert!(command.status().unwrap().success());
    drop(command);
    let mut got = Vec::new();
    std::io::Read::read_to_end(&mut ours, &mut got).unwrap();
    assert_eq!(got, b"\x00content\xff");
}

#[test]
fn a_destination_that_cannot_be_written_is_the_clients_to_tell() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content");
    fake.run(&["get", "a", "/dev/full"])
        .expect(7, "/dev/full: No space left on device");
}

#[test]
fn detached_transfers_go_on_alone() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content");
    fake.local("b", b"x");
    let put = fake.run(&["put", "b", "--detach"]).expect(0, "");
    assert_eq!(put.text(), "/org/example/ModemFtp/transfer/1\n");
    let put = fake
        .run(&["put", "b", "--detach", "--json"])
        .expect(0, "")
        .json();
    assert_eq!(
        put,
        [json!({ "transfer": 2, "path": "/org/example/ModemFtp/transfer/2" })]
    );
    let get = fake.run(&["get", "a", "new", "--detach"]).expect(0, "");
    assert_eq!(get.text(), "/org/example/ModemFtp/transfer/3\n");
    let last = fake.script.calls().pop().unwrap();
    assert_eq!(
        last,
        format!("Download(,a,{}/new,)", fake.folder().display())
    );
    fake.run(&["get", "a", "-", "--detach"])
        .expect(2, "--detach");
}

#[test]
fn json_tells_progress_and_result_a_line_each() {
    let fake = Fake::start();
    fake.local("a", b"abcd");
    let lines = fake.run(&["put", "a", "--json"]).expect(0, "").json();
    assert_eq!(
        lines[0],
        json!({ "transfer": 1, "state": "queued", "transferred": 0, "size": 4 })
    );
    assert!(
        lines.iter().any(|line| line["transferred"] == 250),
        "{lines:?}"
    );
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["state"], &last["from"], &last["to"]),
        (&json!("done"), &json!("a"), &json!("a"))
    );
    assert_eq!(
        (&last["transferred"], &last["error"]),
        (&json!(4), &json!(null))
    );
    assert!(last["seconds"].as_f64().unwrap() > 0.0);

    let failed = fake.run(&["put", "a", "fail", "--json"]);
    assert_eq!(failed.exit, 6);
    assert_eq!(
        json_lines(&failed.err)[0]["error"]["name"],
        "org.example.ModemFtp.Error.RemoteFull"
    );
}

#[test]
fn a_daemon_that_goes_away_is_told_and_leaves_nothing() {
    let fake = Fake::start();
    fake.script.set_file("vanish", b"content");
    fake.run(&["get", "vanish", "new"])
        .expect(3, "modem-ftpd went away");
    assert_eq!(names(&fake), set(&[]));
}

#[test]
fn a_bus_that_goes_away_is_told_and_leaves_nothing() {
    let Some(mut fake) = Fake::start_on_dbus_daemon() else {
        return;
    };
    let get = fake.spawn(&["get", "hold", "new"]);
    fake.wait_for_call("Wait(1)");
    fake.bus.end();
    let (exit, _, err) = get.end();
    assert_eq!((exit, err.lines().count()), (3, 1), "{err}");
    assert_eq!(names(&fake), set(&[]));
}
