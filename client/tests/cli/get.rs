//! `get`: the bytes that arrive, the local names, what is left after a failure, what is printed.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::fake::Fake;
use crate::fake::run::json_lines;

#[test]
fn a_file_gets_its_name_only_when_it_is_complete() {
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

    // A failure leaves no file, and an existing file stays as it was.
    fake.local("old", b"old");
    fake.run(&["get", "fail", "new"])
        .expect(6, "QFTPPUT: 452 no space\\u{1b}");
    fake.run(&["get", "fail", "old"]).expect(6, "452");
    assert_eq!(fs::read(fake.folder().join("old")).unwrap(), b"old");
    assert_eq!(fake.names(), ["a.csv", "d", "old"]);
    fake.run(&["get", "in/a.csv", "old"]).expect(0, "");
    assert_eq!(fs::read(fake.folder().join("old")).unwrap(), b"content");
}

#[test]
fn links_and_devices_are_not_replaced_and_neither_are_files_with_if_exists_fail() {
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
        .expect(2, "does not end in a file name");
    assert_eq!(fake.names(), ["d", "link", "new", "old"]);
}

#[test]
fn a_file_that_is_replaced_keeps_mode_and_owner() {
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
fn standard_output_is_the_content_and_nothing_else() {
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
fn a_write_error_of_the_destination_is_reported() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content");
    fake.run(&["get", "a", "/dev/full"])
        .expect(7, "/dev/full: No space left on device");
}
