//! A transfer that is interrupted in the middle is continued, on every kind of server, and the file
//! is what it should be.

use modem_ftp_tests::{Bench, Kind, Options, on_servers, payload, within};
use serde_json::Value;
use std::time::Duration;

const SIZE: usize = 400_000;
const HALF: u64 = 200_000;

on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
libunftp = Libunftp => interrupted }

/// A bench on which the file takes about nine seconds.
fn slow(kind: Kind) -> Option<Bench> {
    Bench::configured(kind, Options::default(), &["--baud", "460800"], |config| {
        config.set("modem.baud", 460_800);
    })
}

fn shown(bench: &Bench) -> Value {
    serde_json::from_str(&bench.ok(&["--json", "show", "1"])).unwrap()
}

/// The module restarts when half of the file has been sent: not much more than the other half
/// follows.
fn interrupted(kind: Kind) {
    let Some(bench) = slow(kind) else {
        return;
    };
    bench.local("readings", &payload(SIZE));
    bench.ok(&["put", "--detach", "readings"]);
    let half = || shown(&bench)["transferred"].as_u64() > Some(HALF);
    assert!(within(Duration::from_secs(60), half), "{}", shown(&bench));
    bench.modem.control("reset").unwrap();
    let done = || shown(&bench)["state"] == "done";
    assert!(within(Duration::from_secs(120), done), "{}", shown(&bench));

    assert!(bench.remote("readings") == payload(SIZE), "another content");
    assert_eq!(bench.remote_names(), ["readings"]);
    let starts: Vec<u64> = bench
        .modem
        .written("AT+QFTPPUT=")
        .iter()
        .map(|line| line.split(',').nth(2).unwrap().parse().unwrap())
        .collect();
    assert_eq!(starts.first(), Some(&0), "{starts:?}");
    let lowest = starts.iter().skip(1).min();
    assert!(lowest > Some(&(HALF - 20_000)), "sent again: {starts:?}");
}
