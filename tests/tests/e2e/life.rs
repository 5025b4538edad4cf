//! The daemon over time: sessions, restarts, reloads, wake-ups and memory.

use modem_ftp_tests::{Bench, Kind, Options, payload, process, within};
use nix::sys::signal::Signal;
use std::fs;
use std::time::Duration;

#[test]
fn the_session_stays_open_until_the_idle_timeout() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("server.plant.idle_timeout", 2);
    });
    let bench = bench.unwrap();
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    bench.ok(&["ls"]);
    bench.ok(&["get", "file", "back"]);
    assert_eq!(bench.modem.written("AT+QFTPOPEN").len(), 1);
    let closed = within(Duration::from_secs(15), || {
        !bench.modem.written("AT+QFTPCLOSE").is_empty()
    });
    assert!(closed, "the session stays open");
    bench.ok(&["ls"]);
    assert_eq!(bench.modem.written("AT+QFTPOPEN").len(), 2);
}

#[test]
fn transfers_to_two_servers_alternate() {
    let other = modem_ftp_tests::FtpServer::start(Kind::Libunftp, Options::default()).unwrap();
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.server("office", &other).unwrap();
        config.set("server.plant.default", true);
    });
    let bench = bench.unwrap();
    bench.local("file", b"x");
    bench.ok(&["put", "file", "to-plant"]);
    bench.ok(&["--server", "office", "put", "file", "to-office"]);
    bench.ok(&["put", "file", "to-plant-again"]);
    assert_eq!(bench.remote_names(), ["to-plant", "to-plant-again"]);
    assert_eq!(fs::read(other.root().join("to-office")).unwrap(), b"x");
}

#[test]
fn many_queued_transfers_all_arrive() {
    let bench = Bench::plain();
    for number in 0..20 {
        bench.local(&format!("file-{number:02}"), &payload(number * 997));
        bench.ok(&["put", "--detach", &format!("file-{number:02}")]);
    }
    let all = || {
        bench
            .ok(&["--json", "transfers"])
            .matches("\"done\"")
            .count()
            == 20
    };
    assert!(within(Duration::from_secs(60), all));
    for number in 0..20 {
        assert!(
            bench.remote(&format!("file-{number:02}")) == payload(number * 997),
            "{number}"
        );
    }
    assert_eq!(bench.modem.written("AT+QFTPOPEN").len(), 1);
}

/// After SIGTERM the daemon closes the session and ends with exit code 0.
#[test]
fn sigterm_ends_the_daemon() {
    let mut bench = Bench::plain();
    bench.ok(&["connect"]);
    assert_eq!(
        bench.daemon.stop().unwrap(),
        Some(0),
        "{}",
        bench.daemon.log()
    );
    let outcome = bench.cli.run(&["ls"]).unwrap();
    assert_eq!(outcome.code, Some(3), "{}", outcome.errors);
}

#[test]
fn a_killed_and_restarted_daemon_uses_the_module_as_it_finds_it() {
    let mut bench = Bench::plain();
    bench.ok(&["connect"]);
    bench.daemon.crash().unwrap();
    bench.daemon.wait_for_state("online").unwrap();
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    assert_eq!(bench.remote("file"), b"x");
}

#[test]
fn a_reload_refuses_an_invalid_configuration_and_keeps_the_old_one() {
    let bench = Bench::plain();
    let path = bench.daemon.config().scratch().join("config.toml");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        format!("{good}\n[server.plant.tls]\nverfy = \"none\"\n"),
    )
    .unwrap();
    let reload = || zbus::block_on(async { bench.daemon.front().await?.reload().await });
    let error = reload().unwrap_err().to_string();
    assert!(
        error.contains("InvalidConfig") && error.contains("verfy"),
        "{error}"
    );
    bench.ok(&["ls"]);
    fs::write(&path, good.replace("[server.plant]", "[server.mill]")).unwrap();
    reload().unwrap();
    bench.ok(&["--server", "mill", "ls"]);
    bench.fails(&["--server", "plant", "ls"], 2);
}

#[test]
fn an_idle_daemon_is_not_woken() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("server.plant.idle_timeout", 1);
    });
    let bench = bench.unwrap();
    bench.ok(&["ls"]);
    let id = bench.daemon.id();
    // After the session is closed, there are five seconds without a wake-up.
    let mut before = process::wake_ups(id).unwrap();
    let slept = within(Duration::from_secs(40), || {
        std::thread::sleep(Duration::from_secs(5));
        let now = process::wake_ups(id).unwrap();
        let quiet = now == before;
        before = now;
        quiet
    });
    assert!(slept, "the idle daemon is woken");
}

#[test]
fn memory_does_not_grow_with_the_size_of_a_transfer() {
    let bench = Bench::plain();
    bench.local("warm", &payload(1_000_000));
    bench.ok(&["put", "warm"]);
    bench.ok(&["get", "warm", "back"]);
    let before = process::resident(bench.daemon.id()).unwrap();
    bench.local("large", &payload(30_000_000));
    bench.ok(&["put", "large"]);
    bench.ok(&["get", "large", "large.back"]);
    let after = process::resident(bench.daemon.id()).unwrap();
    assert!(
        after < before + 1024,
        "{before} kB before, {after} kB after"
    );
    assert!(fs::read(bench.folder.join("large.back")).unwrap() == payload(30_000_000));
}

#[test]
fn sigint_ends_the_daemon() {
    let mut bench = Bench::plain();
    bench.daemon.signal(Signal::SIGINT).unwrap();
    let mut code = None;
    assert!(within(Duration::from_secs(10), || {
        code = bench.daemon.ended().unwrap();
        code.is_some()
    }));
    assert_eq!(code.unwrap().code(), Some(0), "{}", bench.daemon.log());
}
