//! Kind 10: nothing is left behind: no secret in memory, no file on the server, no process, no lock.

use crate::watch::Watch;
use modem_ftp_tests::{Bench, Bus, Config, Daemon, Kind, Options, installed, within};
use std::fs::{self, File};
use std::io::BufRead as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::process::Command;
use std::time::{Duration, Instant};

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

/// Whether an upload has begun to arrive under a staging name.
fn arrives(bench: &Bench) -> bool {
    let staged = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        name.ends_with(".part") && entry.metadata().unwrap().len() > 0
    };
    fs::read_dir(bench.server.root()).unwrap().any(staged)
}

#[track_caller]
fn stop(bench: &mut Bench) {
    let begin = Instant::now();
    assert_eq!(
        bench.daemon.stop().unwrap(),
        Some(0),
        "{}",
        bench.daemon.tail()
    );
    assert!(begin.elapsed() < Duration::from_secs(15));
}

/// What cannot go on after a restart is removed from the server before the daemon ends.
#[test]
fn a_stop_during_an_upload_from_a_pipe_leaves_nothing_on_the_server() {
    let mut bench = Bench::plain();
    for _ in 0..3 {
        let put = bench.cli.start(&["put", "-", "a"], &[7; 400_000]).unwrap();
        assert!(within(Duration::from_secs(30), || arrives(&bench)));
        stop(&mut bench);
        assert_eq!(bench.remote_names(), [""; 0], "{}", bench.daemon.tail());
        let outcome = put.finish().unwrap();
        assert!(matches!(outcome.code, Some(1 | 3 | 7)), "{outcome:?}");
        bench.daemon.launch_again().unwrap();
        bench.daemon.wait_for_state("online").unwrap();
    }
}

/// What goes on after a restart is kept, and goes on.
#[test]
fn a_stop_during_an_upload_that_goes_on_later_costs_no_byte_twice() {
    let mut bench = Bench::plain();
    let content: Vec<u8> = (0..150_000_u32).map(|n| (n % 251) as u8).collect();
    bench.local("a", &content);
    bench.ok(&["put", "--detach", "a"]);
    assert!(within(Duration::from_secs(30), || arrives(&bench)));
    stop(&mut bench);
    assert_eq!(bench.remote_names().len(), 1, "the partial file");
    bench.daemon.launch_again().unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    bench.ok(&["wait", "1"]);
    assert_eq!(bench.remote_names(), ["a"]);
    assert_eq!(bench.remote("a"), content);
}

#[test]
fn a_cancel_just_before_the_stop_leaves_nothing_on_the_server() {
    let mut bench = Bench::plain();
    bench.local("a", &[7; 400_000]);
    bench.ok(&["put", "--detach", "a"]);
    assert!(within(Duration::from_secs(30), || arrives(&bench)));
    let cancel = bench.cli.start(&["cancel", "1"], b"").unwrap();
    cancel.finish().unwrap();
    stop(&mut bench);
    assert_eq!(bench.remote_names(), [""; 0], "{}", bench.daemon.tail());
}

/// A second daemon on another bus, with the port of the first one.
#[test]
fn a_second_daemon_on_the_same_port_takes_nothing_away_from_the_first() {
    let Some(setpriv) = installed("setpriv").filter(|_| nix::unistd::geteuid().is_root()) else {
        return eprintln!("SKIPPED: setpriv or root is missing");
    };
    let bench = Bench::plain();
    let device = bench.modem.device();
    // Permissions alone must not keep others away.
    fs::set_permissions(&device, fs::Permissions::from_mode(0o666)).unwrap();
    let is_exclusive = || {
        let open = format!("exec 3<>'{}'", fs::canonicalize(&device).unwrap().display());
        let user = ["--reuid=41992", "--regid=41992", "--clear-groups", "--"];
        let opened = Command::new(&setpriv)
            .args(user)
            .args(["bash", "-c", &open])
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&opened.stderr).into_owned();
        assert!(opened.status.success() || why.contains("busy"), "{why}");
        !opened.status.success()
    };
    assert!(is_exclusive());
    let watch = Watch::begin(&bench);
    let bus = Bus::start().unwrap();
    let mut config = Config::new(&device).unwrap();
    config.server("plant", &bench.server).unwrap();
    let mut second = Daemon::start(&bus, config).unwrap();
    second.wait_for_state("absent").unwrap();
    assert!(within(Duration::from_secs(10), || {
        second.log().contains("another process uses the port")
    }));
    assert!(is_exclusive(), "the second daemon took the lock away");
    second.stop().unwrap();
    assert!(is_exclusive());
    bench.local("a", b"content");
    bench.ok(&["put", "a"]);
    watch.end();
}

#[test]
fn there_is_no_core_dump() {
    let bench = Bench::plain();
    let process = bench.daemon.id();
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<_> = core.unwrap().split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core:?}");
    // What the kernel shows to its own user of a process that is not dumpable belongs to root.
    let owner = fs::metadata(format!("/proc/{process}/environ"))
        .unwrap()
        .uid();
    assert_eq!(owner, 0);
}

#[test]
fn a_configuration_of_nothing_but_faults_is_refused_soon() {
    let bench = Bench::plain();
    let good = bench.daemon.config().write().unwrap();
    let begin = Instant::now();
    for faults in [
        (0..40_000)
            .map(|n| format!("fault{n} = 1\n"))
            .collect::<String>(),
        (0..40_000)
            .map(|n| format!("[server.s{n}]\nx = 1\n"))
            .collect(),
        (0..40_000).map(|n| format!("a{n} = = 1\n")).collect(),
    ] {
        fs::write(&good, faults).unwrap();
        let sentence = bench.fails(&["reload"], 1);
        assert!(sentence.len() < 20_000, "{} bytes", sentence.len());
    }
    let log = bench.daemon.log();
    let counts = log.lines().filter(|line| line.ends_with(" more faults"));
    assert_eq!(counts.count(), 3, "{log}");
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
    bench.daemon.config().write().unwrap();
    bench.ok(&["reload"]);
    bench.ok(&["ls"]);
}
