//! On a terminal: a progress bar on standard error, columns on standard output.

use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

use nix::pty::{Winsize, openpty};

use crate::fake::Fake;

/// Runs `arguments` with standard output or standard error on a terminal of 80 columns, and gives
/// what was drawn there and the exit code.
fn on_terminal(fake: &Fake, arguments: &[&str], error: bool) -> (String, Option<i32>) {
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
    if error {
        command.stderr(pty.slave);
    } else {
        command.stdout(pty.slave);
    }
    let mut child = command.spawn().unwrap();
    // The command holds the terminal too: without it, reading ends with the child.
    drop(command);
    let mut drawn = Vec::new();
    // A terminal nobody else holds any more reads as EIO, after everything that was written.
    let _ = File::from(pty.master).read_to_end(&mut drawn);
    (
        String::from_utf8(drawn).unwrap(),
        child.wait().unwrap().code(),
    )
}

#[test]
fn put_draws_a_bar_and_wipes_it() {
    let fake = Fake::start();
    fake.local("a\x1b[2J.csv", &[7; 1000]);
    let (drawn, exit) = on_terminal(&fake, &["put", "a\x1b[2J.csv", "x"], true);
    assert_eq!(exit, Some(0), "{drawn:?}");
    assert!(drawn.contains("a\\u{1b}[2J.csv  [█"), "{drawn:?}");
    assert!(drawn.contains("250 B of 1.00 kB"), "{drawn:?}");
    assert!(!drawn.contains("\x1b[2J"), "{drawn:?}");
    assert!(
        drawn.ends_with("\x1b[2K"),
        "the bar is left standing: {drawn:?}"
    );
}

#[test]
fn without_a_size_there_is_no_bar_but_a_count() {
    let fake = Fake::start();
    let (drawn, exit) = on_terminal(&fake, &["get", "unheard-of", "new"], true);
    assert_eq!(exit, Some(0), "{drawn:?}");
    assert!(
        drawn.contains("unheard-of  ") && drawn.contains("250 B"),
        "{drawn:?}"
    );
    assert!(!drawn.contains('█') && !drawn.contains(" of "), "{drawn:?}");
}

#[test]
fn no_name_is_too_long_for_the_line() {
    let fake = Fake::start();
    let name = "long".repeat(50);
    fake.local(&name, &[7; 1000]);
    let (drawn, exit) = on_terminal(&fake, &["put", &name, "fail"], true);
    assert_eq!(exit, Some(6), "{drawn:?}");
    assert!(
        drawn.contains("longlon…  ") && !drawn.contains("\x1b[1A"),
        "{drawn:?}"
    );
}

#[test]
fn ls_fills_columns_and_marks_directories() {
    let fake = Fake::start();
    let (drawn, exit) = on_terminal(&fake, &["ls"], false);
    assert_eq!(
        (drawn.as_str(), exit),
        ("bad\\u{1b}[2J  in/           zebra.csv\r\n", Some(0))
    );
}
