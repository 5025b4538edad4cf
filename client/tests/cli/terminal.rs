//! Output on a terminal: a progress bar on standard error, columns on standard output.

use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

use nix::pty::{Winsize, openpty};

use crate::fake::Fake;

/// Which of the client's outputs are the terminal.
enum Shown {
    Output,
    Error,
    Both,
}

/// Runs `arguments` on a terminal of 80 columns, and gives the terminal's input and the exit code.
fn on_terminal(fake: &Fake, arguments: &[&str], shown: Shown) -> (String, Option<i32>) {
    let size = Winsize {
        ws_row: 24,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pty = openpty(&size, None).unwrap();
    let mut command = fake.command(arguments);
    command
        .env("TERM", "xterm")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match shown {
        Shown::Output => command.stdout(pty.slave),
        Shown::Error => command.stderr(pty.slave),
        Shown::Both => command
            .stdout(pty.slave.try_clone().unwrap())
            .stderr(pty.slave),
    };
    let mut child = command.spawn().unwrap();
    // Close the command's copy of the terminal, so that reading ends with the child.
    drop(command);
    let mut drawn = Vec::new();
    // After the last close of the other side, a pty reads as EIO.
    let _ = File::from(pty.master).read_to_end(&mut drawn);
    (
        String::from_utf8(drawn).unwrap(),
        child.wait().unwrap().code(),
    )
}

#[test]
fn put_draws_a_bar_and_erases_it() {
    let fake = Fake::start();
    fake.local("a\x1b[2J.csv", &[7; 1000]);
    let (drawn, exit) = on_terminal(&fake, &["put", "a\x1b[2J.csv", "x"], Shown::Error);
    assert_eq!(exit, Some(0), "{drawn:?}");
    assert!(drawn.contains("a\\u{1b}[2J.csv  [█"), "{drawn:?}");
    assert!(drawn.contains("250 B of 1.00 kB"), "{drawn:?}");
    assert!(!drawn.contains("\x1b[2J"), "{drawn:?}");
    assert!(
        drawn.ends_with("\x1b[2K"),
        "the bar is not erased: {drawn:?}"
    );
}

#[test]
fn without_a_size_only_the_count_is_shown() {
    let fake = Fake::start();
    let (drawn, exit) = on_terminal(&fake, &["get", "unheard-of", "new"], Shown::Error);
    assert_eq!(exit, Some(0), "{drawn:?}");
    assert!(
        drawn.contains("unheard-of  ") && drawn.contains("250 B"),
        "{drawn:?}"
    );
    assert!(!drawn.contains('█') && !drawn.contains(" of "), "{drawn:?}");
}

#[test]
fn a_long_name_is_truncated() {
    let fake = Fake::start();
    let name = "long".repeat(50);
    fake.local(&name, &[7; 1000]);
    let (drawn, exit) = on_terminal(&fake, &["put", &name, "fail"], Shown::Error);
    assert_eq!(exit, Some(6), "{drawn:?}");
    assert!(
        drawn.contains("longlon…  ") && !drawn.contains("\x1b[1A"),
        "{drawn:?}"
    );
}

#[test]
fn no_bar_is_drawn_into_a_file_on_the_terminal() {
    let fake = Fake::start();
    fake.script.set_file("a", b"content\n");
    let (drawn, exit) = on_terminal(&fake, &["get", "a", "-"], Shown::Both);
    assert_eq!(exit, Some(0), "{drawn:?}");
    assert!(
        drawn.starts_with("content\r\na -> standard output: 8 bytes in "),
        "{drawn:?}"
    );
}

#[test]
fn ls_prints_columns_and_marks_directories() {
    let fake = Fake::start();
    let (drawn, exit) = on_terminal(&fake, &["ls"], Shown::Output);
    assert_eq!(
        (drawn.as_str(), exit),
        ("bad\\u{1b}[2J  in/           zebra.csv\r\n", Some(0))
    );
}

#[test]
fn the_cause_of_a_wait_for_the_module_is_a_line_above_the_bar() {
    let fake = Fake::start();
    fake.set_module("absent", "no \x1b port");
    fake.local("module", b"content");
    let (drawn, exit) = on_terminal(&fake, &["put", "module", "--wait", "2"], Shown::Error);
    assert_eq!(exit, Some(4), "{drawn:?}");
    let line = "modem-ftp: waiting: the module is absent: no \\u{1b} port\r\n";
    assert_eq!(drawn.matches(line).count(), 1, "{drawn:?}");
}

#[test]
fn nothing_is_sent_to_a_terminal_raw() {
    let fake = Fake::start();
    fake.script
        .set_file("a", b"red \x1b[31m\xe4 \xe2\x80\xae\r\nnext\x07\n");
    for (arguments, text) in [
        (
            &["get", "a", "-"][..],
            "red \\u{1b}[31m\\xe4 \\u{202e}\r\nnext\\u{7}\r\n",
        ),
        (&["ls", "--raw"], "a\\xff\\u{1b}\r\n"),
        // What is typed may come from a pattern that matched a file; clap drops what controls.
        (&["show", "\x1b[31m\x07"], "invalid value ''"),
        (&["--json", "stat", "\u{9b}\u{202e}"], "\\u009b\\u202e"),
    ] {
        let (drawn, _) = on_terminal(&fake, arguments, Shown::Both);
        assert!(drawn.contains(text), "{drawn:?}");
        for harmful in ['\x1b', '\x07', '\u{9b}', '\u{202e}'] {
            assert!(!drawn.contains(harmful), "{arguments:?}: {drawn:?}");
        }
    }
    // A pipe gets the bytes.
    let raw = fake.command(&["ls", "--raw"]).output().unwrap().stdout;
    assert!(raw.contains(&0x1b), "{raw:?}");
    let content = fake.command(&["get", "a", "-"]).output().unwrap().stdout;
    assert!(content.starts_with(b"red \x1b[31m\xe4"), "{content:?}");
}
