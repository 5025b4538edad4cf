//! Kind 1: what others say does not make a line of the log long, however much is logged.

use crate::flood::{call, refusal};
use crate::watch::Watch;
use modem_ftp_dbus::names::{FRONT_INTERFACE, ROOT_PATH};
use modem_ftp_tests::hostile::{Act, Content};
use modem_ftp_tests::{Bench, Kind, Options, connect};

/// Longest line of the log, with the names of its fields.
const LONGEST: usize = 4096 + 1024;

#[test]
fn no_line_of_the_log_is_long_whatever_is_said() {
    let bench = Bench::configured(Kind::Hostile, Options::default(), &[], |config| {
        config.set_log_filter("trace");
    });
    let bench = bench.unwrap();
    let watch = Watch::begin(&bench);
    let connection = connect(bench.bus.address()).unwrap();
    let front = (ROOT_PATH, FRONT_INTERFACE);
    // A caller: as much as the bus carries, and as much as is looked at.
    for length in [8_000_000, 30_000] {
        let long = "\u{1b}".repeat(length);
        refusal(call(&connection, front, "List", &("plant", long.as_str())));
        refusal(call(&connection, front, "Connect", &long));
    }
    // The module: a line that nobody has asked for, as long as one may be.
    let line = format!("urc +CPIN: {}", "\u{1b}".repeat(1000));
    bench.modem.control(&line).unwrap();
    // The server: its listing, and its replies.
    let row = "\u{1b}x".repeat(50_000) + "\n";
    let content = Content::pieces(move |index| (index < 3).then(|| row.clone().into()));
    for verb in ["MLSD", "LIST", "NLST"] {
        bench.script().on(verb, Act::Send(content.clone()));
    }
    bench.cli.run(&["ls"]).unwrap();
    bench.script().behave();
    let reply = format!("550 {}", "no ".repeat(5000));
    for verb in ["DELE", "SIZE"] {
        bench.script().on(verb, Act::Reply(reply.clone()));
    }
    bench.cli.run(&["rm", "a"]).unwrap();
    bench.script().behave();
    watch.end();
    let log = bench.daemon.log();
    let longest = log.lines().max_by_key(|line| line.len()).unwrap();
    assert!(
        longest.len() < LONGEST,
        "{} bytes: {longest}",
        longest.len()
    );
    assert!(!log.contains('\u{1b}'));
}
