//! Kind 10: nothing is left behind: no secret in memory, no file on the server, no process, no lock.

use modem_ftp_tests::{Bench, Kind, Options, within};
use std::fs::{self, File};
use std::io::BufRead as _;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

/// The parts of a process's memory that hold these bytes.
fn found_in_memory(process: u32, wanted: &[u8]) -> Vec<String> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = Vec::new();
    for map in maps.lines().filter(|map| map.contains(" rw")) {
        let (range, _) = map.split_once(' ').unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let address = |text| u64::from_str_radix(text, 16).unwrap();
        let (from, to) = (address(from), address(to));
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        // A plain search takes a minute without optimisation.
        let mut rest = &bytes[..];
        while rest.skip_until(wanted[0]).unwrap() > 0 {
            let place = bytes.len() - rest.len() - 1;
            if bytes[place..].starts_with(wanted) {
                let begin = place.saturating_sub(40);
                let around = &bytes[begin..(place + wanted.len() + 20).min(bytes.len())];
                found.push(format!("{map}: {}", around.escape_ascii()));
            }
        }
    }
    found
}

#[test]
fn an_old_password_is_nowhere_in_memory_after_a_reload() {
    const OLD: &str = "0ld-s3cret-0f-the-plant";
    const OLD_APN: &str = "0ld-s3cret-0f-the-apn";
    let options = Options {
        password: OLD.to_owned(),
        ..Options::default()
    };
    let bench = Bench::configured(Kind::Libunftp, options, &[], |config| {
        let file = config.scratch().write_secret("apn", OLD_APN).unwrap();
        config.set("network.user", "me");
        config.set("network.authentication", "chap");
        config.set("network.password_file", file.display().to_string());
    })
    .unwrap();
    let process = bench.daemon.id();
    // It is used, by the session and by the module.
    bench.local("a", &[7; 100_000]);
    bench.ok(&["put", "a"]);
    bench.ok(&["ls"]);
    assert!(!found_in_memory(process, OLD.as_bytes()).is_empty());
    // One after the other: another password of the network takes the session with it.
    for (file, old) in [("plant.password", OLD), ("apn", OLD_APN)] {
        let scratch = bench.daemon.config().scratch();
        scratch.write_secret(file, "another").unwrap();
        bench.ok(&["reload"]);
        forgotten(process, old);
    }
}

/// A raw line may hold a password: it is wiped like any other.
#[test]
fn a_password_in_a_raw_line_does_not_stay_in_memory() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("modem.allow_raw_commands", true);
    })
    .unwrap();
    let secret = "s3cret-0f-a-raw-line";
    let line = format!("AT+QFTPCFG=\"account\",\"me\",\"{secret}\"");
    bench.ok(&["at", &line]);
    bench.ok(&["at", "AT+QFTPCFG=\"account\""]);
    bench.ok(&["at", "AT+QFTPCFG=\"account\",\"me\",\"\""]);
    forgotten(bench.daemon.id(), secret);
}

#[track_caller]
fn forgotten(process: u32, secret: &str) {
    let mut found = Vec::new();
    let is_gone = within(Duration::from_secs(10), || {
        found = found_in_memory(process, secret.as_bytes());
        found.is_empty()
    });
    assert!(is_gone, "{found:#?}");
}
