//! The command line as a person or systemd meets it: exit codes and sentences.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_modem-ftpd"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .env_remove("JOURNAL_STREAM")
        .env_remove("NOTIFY_SOCKET")
        .output()
        .unwrap()
}

fn said(output: &Output) -> (Option<i32>, &str) {
    let text = std::str::from_utf8(&output.stderr).unwrap();
    (output.status.code(), text)
}

const GOOD: &str = "[modem]\ndevice = \"/nonexistent/tty\"\n[server.a]\nhost = \"h\"\n";

#[test]
fn a_good_configuration_is_checked_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), GOOD).unwrap();
    let output = run(folder.path(), &["--config", "c.toml", "--check"]);
    assert_eq!(said(&output), (Some(0), ""));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_secret_that_anybody_can_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "x").unwrap();
    let config = format!("{GOOD}password_file = \"{}\"\n", secret.display());
    fs::write(folder.path().join("c.toml"), config).unwrap();
    let output = run(folder.path(), &["--config", "c.toml", "--check"]);
    let (code, text) = said(&output);
    assert_eq!(code, Some(0));
    assert!(
        text.ends_with("secret can be read by everybody (mode 644)\n"),
        "{text}"
    );
}

#[test]
fn every_fault_of_a_configuration_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("c.toml"),
        format!("{GOOD}port = 0\ncolour = 1\n"),
    )
    .unwrap();
    for arguments in [
        &["--config", "c.toml", "--check"][..],
        &["--config", "c.toml"],
    ] {
        let output = run(folder.path(), arguments);
        let expected = "c.toml:5:8: server.a.port must be 1 to 65535, not 0\n\
                        c.toml:6:1: unknown key server.a.colour\n";
        assert_eq!(said(&output), (Some(78), expected));
    }
    let output = run(folder.path(), &["--config", "none.toml"]);
    assert_eq!(
        said(&output),
        (
            Some(78),
            "none.toml: No such file or directory (os error 2)\n"
        )
    );
}

#[test]
fn a_bus_that_is_not_there_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), GOOD).unwrap();
    let bus = format!("unix:path={}/bus", folder.path().display());
    let output = run(folder.path(), &["--config", "c.toml", "--bus", &bus]);
    let (code, text) = said(&output);
    assert_eq!(code, Some(1));
    let start = format!("error: org.example.ModemFtp cannot be served on {bus}: ");
    assert!(text.starts_with(&start), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn wrong_usage_is_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["--colour"][..], &["--config"], &["extra"]] {
        assert_eq!(run(folder.path(), arguments).status.code(), Some(2));
    }
    let output = run(folder.path(), &["--version"]);
    assert_eq!(
        output.stdout,
        format!("modem-ftpd {}\n", env!("CARGO_PKG_VERSION")).as_bytes()
    );
}
