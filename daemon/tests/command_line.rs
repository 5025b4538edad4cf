//! The command line: exit codes and messages.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

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

fn code_and_stderr(output: &Output) -> (Option<i32>, &str) {
    let text = std::str::from_utf8(&output.stderr).unwrap();
    (output.status.code(), text)
}

const GOOD: &str = "[modem]\ndevice = \"/nonexistent/tty\"\n[server.a]\nhost = \"h\"\n";

#[test]
fn check_of_a_valid_configuration_prints_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), GOOD).unwrap();
    let output = run(folder.path(), &["--config", "c.toml", "--check"]);
    assert_eq!(code_and_stderr(&output), (Some(0), ""));
    assert!(output.stdout.is_empty());
}

#[test]
fn check_warns_of_a_world_readable_secret() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "x").unwrap();
    let config = format!("{GOOD}password_file = \"{}\"\n", secret.display());
    fs::write(folder.path().join("c.toml"), config).unwrap();
    let output = run(folder.path(), &["--config", "c.toml", "--check"]);
    let (code, text) = code_and_stderr(&output);
    assert_eq!(code, Some(0));
    assert!(
        text.ends_with("secret can be read by everybody (mode 644)\n"),
        "{text}"
    );
}

#[test]
fn a_fault_does_not_control_the_terminal_it_is_printed_on() {
    let folder = tempfile::tempdir().unwrap();
    let key = "\"a\\u001b[31m\\u202e\\n\" = 1\n";
    fs::write(folder.path().join("c.toml"), format!("{key}{GOOD}")).unwrap();
    let output = run(folder.path(), &["--config", "c.toml", "--check"]);
    let (code, text) = code_and_stderr(&output);
    assert_eq!(code, Some(78));
    let expected = "c.toml:1:1: unknown key a\\u{1b}[31m\\u{202e}\\n\n";
    assert_eq!(text, expected);
}

#[test]
fn every_fault_of_a_configuration_is_printed_with_line_and_column() {
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
        assert_eq!(code_and_stderr(&output), (Some(78), expected));
    }
    let output = run(folder.path(), &["--config", "none.toml"]);
    assert_eq!(
        code_and_stderr(&output),
        (Some(78), "none.toml: No such file or directory\n")
    );
}

#[test]
fn a_missing_bus_is_reported_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let config = format!("state_directory = \"{}\"\n{GOOD}", state.display());
    fs::write(folder.path().join("c.toml"), config).unwrap();
    let bus = format!("unix:path={}/bus", folder.path().display());
    let output = run(folder.path(), &["--config", "c.toml", "--bus", &bus]);
    let (code, text) = code_and_stderr(&output);
    assert_eq!(code, Some(1));
    let start = format!("error: org.example.ModemFtp cannot be served on {bus}: ");
    assert!(text.starts_with(&start), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn wrong_usage_has_exit_code_2() {
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
