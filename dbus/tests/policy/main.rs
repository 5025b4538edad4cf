//! The bus policy on a real dbus-daemon, with callers under different users and groups.
//!
//! Needs root, dbus-daemon, dbus-send and dbus-monitor (Debian: dbus) and setpriv (util-linux). The
//! policy is the installed file, in which the user `modem-ftp` and the group `modem-ftp-users` are
//! replaced by ones that exist on every system.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests and their helpers may panic"
)]

mod bus;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use bus::{Bus, DEADLINE};
use zbus::connection;

/// Options of setpriv for each caller.
const ROOT: &[&str] = &["--reuid=0"];
const NOBODY: &[&str] = &["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
const MEMBER: &[&str] = &["--reuid=nobody", "--regid=nogroup", "--groups=games"];
const PRIMARY: &[&str] = &["--reuid=nobody", "--regid=games", "--clear-groups"];
const SERVICE: &[&str] = &["--reuid=daemon", "--regid=daemon", "--clear-groups"];

const FRONT: &str = "/org/example/ModemFtp org.example.ModemFtp.Reload";
const RESET: &str = "/org/example/ModemFtp/modem org.example.ModemFtp.Modem1.Reset";
const COMMAND: &str =
    "/org/example/ModemFtp/modem org.example.ModemFtp.Modem1.Command string:AT uint32:1";

#[test]
fn only_root_and_the_service_user_may_own_the_name() {
    let Some(bus) = Bus::start() else { return };
    assert!(bus.owns(ROOT));
    assert!(bus.owns(SERVICE));
    assert!(!bus.owns(MEMBER));
    assert!(!bus.owns(PRIMARY));
    assert!(!bus.owns(NOBODY));
}

#[test]
fn the_group_may_call_but_only_root_may_reset_or_send_commands() {
    let Some(bus) = Bus::start() else { return };
    let daemon = zbus::block_on(bus.serve());
    for call in [FRONT, RESET, COMMAND] {
        bus.allows(ROOT, call);
        bus.refuses(NOBODY, call);
    }
    for who in [MEMBER, PRIMARY] {
        bus.allows(who, FRONT);
        bus.refuses(who, RESET);
        bus.refuses(who, COMMAND);
    }
    drop(daemon);
}

#[test]
fn signals_reach_only_root_and_the_group() {
    let Some(bus) = Bus::start() else { return };
    zbus::block_on(async {
        let daemon = bus.serve().await;
        let stranger = connection::Builder::address(bus.address().as_str())
            .build()
            .await
            .unwrap();
        for (who, receives) in [
            (ROOT, true),
            (MEMBER, true),
            (PRIMARY, true),
            (NOBODY, false),
        ] {
            let mut listener = bus
                .tool_monitor(who)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let out = listener.stdout.take().unwrap();
            let (sender, received) = mpsc::channel();
            let reading = std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
            // The signal `Stranger` follows the daemon's signal `Moved`, and everyone receives it.
            let mut lines = Vec::new();
            let began = std::time::Instant::now();
            while !lines
                .iter()
                .any(|line: &String| line.contains("member=Stranger"))
            {
                assert!(
                    began.elapsed() < DEADLINE,
                    "{who:?} receives no signal: {lines:?}"
                );
                for (sender, member) in [(&daemon, "Moved"), (&stranger, "Stranger")] {
                    let none: Option<&str> = None;
                    sender
                        .emit_signal(none, "/x", "org.example.Test", member, &())
                        .await
                        .unwrap();
                }
                while let Ok(line) = received.recv_timeout(Duration::from_millis(100)) {
                    lines.push(line);
                }
            }
            listener.kill().unwrap();
            listener.wait().unwrap();
            reading.join().unwrap();
            let moved = lines.iter().any(|line| line.contains("member=Moved"));
            assert_eq!(moved, receives, "{who:?}: {lines:?}");
        }
    });
}
