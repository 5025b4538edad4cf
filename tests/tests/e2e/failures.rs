//! Common failures: each has its exit code and one line that names the cause.

use modem_ftp_tests::{
    Bench, Bus, Cli, Config, Daemon, FtpServer, Kind, Options, free_port, need, on_servers,
    payload, sentence, within,
};
use std::time::Duration;

mod login {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
    libunftp = Libunftp => super::wrong_password }
}

mod missing {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib,
    libunftp = Libunftp => super::missing_remote }
}

mod full {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib
    => super::full_disk }
}

mod read_only {
    use super::*;
    on_servers! { vsftpd = Vsftpd, proftpd = Proftpd, pure_ftpd = PureFtpd, pyftpdlib = Pyftpdlib
    => super::refused }
}

#[track_caller]
fn contains(sentence: &str, words: &[&str]) {
    for word in words {
        assert!(sentence.contains(word), "no {word:?} in {sentence:?}");
    }
}

fn wrong_password(kind: Kind) {
    let bench = Bench::configured(kind, Options::default(), &[], |config| {
        let wrong = config
            .scratch()
            .write_secret("wrong", "not-this-one")
            .unwrap();
        config.set("server.plant.password_file", wrong.display().to_string());
    });
    let Some(bench) = bench else { return };
    bench.local("file", b"x");
    contains(&bench.fails(&["connect"], 5), &["QFTPOPEN", "530"]);
    contains(&bench.fails(&["put", "file"], 5), &["530"]);
    // A refused login is not retried: one for each of the two commands.
    assert_eq!(bench.modem.written("AT+QFTPOPEN").len(), 2, "logins");
}

fn missing_remote(kind: Kind) {
    let Some(bench) = Bench::with(kind, Options::default()) else {
        return;
    };
    contains(&bench.fails(&["get", "nowhere.bin", "back"], 6), &["550"]);
    assert!(
        !bench.folder.join("back").exists(),
        "a failed get left a file"
    );
    contains(
        &bench.fails(&["stat", "nowhere.bin"], 6),
        &["QFTPSIZE", "550"],
    );
    contains(&bench.fails(&["rm", "nowhere.bin"], 6), &["QFTPDEL", "550"]);
    contains(
        &bench.fails(&["mv", "nowhere.bin", "b"], 6),
        &["QFTPRENAME", "550"],
    );
    contains(
        &bench.fails(&["rmdir", "nowhere"], 6),
        &["QFTPRMDIR", "550"],
    );
    contains(&bench.fails(&["cd", "nowhere"], 6), &["QFTPCWD", "550"]);
    // The session stays open after these failures.
    bench.ok(&["pwd"]);
    assert_eq!(bench.modem.written("AT+QFTPOPEN").len(), 1);
}

fn full_disk(kind: Kind) {
    fill(kind, &[]);
}

/// The module leaves data mode at once and reports the cause later. Payload that arrives meanwhile
/// is answered with `ERROR`; that is not the result of the upload.
#[test]
fn a_full_disk_that_is_reported_late() {
    fill(Kind::Proftpd, &["--fault", "late-urc=3000"]);
}

fn fill(kind: Kind, module: &[&str]) {
    let options = Options {
        disk: Some(256 * 1024),
        ..Options::default()
    };
    let Some(bench) = Bench::configured(kind, options, module, |_| {}) else {
        return;
    };
    bench.local("large", &payload(1_000_000));
    // 452 and 552 mean a full disk (exit code 6); some servers send 426 or 451, which are general.
    let outcome = bench.cli.run(&["put", "--retries", "0", "large"]).unwrap();
    let sentence = sentence(&outcome);
    let full = ["452", "552"].iter().any(|code| sentence.contains(code));
    let general = ["426", "451"].iter().any(|code| sentence.contains(code));
    contains(&sentence, &["QFTPPUT"]);
    assert!(full || general, "the server's reply is not in {sentence:?}");
    let expected: &[i32] = if full { &[6] } else { &[5, 6] };
    assert!(
        expected.contains(&outcome.code.unwrap()),
        "{:?}: {sentence}",
        outcome.code
    );
    // Payload that arrived after data mode was not executed as commands.
    bench.ok(&["ls"]);
    assert!(
        !bench.remote_names().contains(&"large".to_owned()),
        "an incomplete file has the final name"
    );
}

fn refused(kind: Kind) {
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let Some(bench) = Bench::with(kind, options) else {
        return;
    };
    bench.local("file", b"x");
    contains(
        &bench.fails(&["put", "--retries", "0", "file"], 6),
        &["QFTPPUT"],
    );
    contains(&bench.fails(&["mkdir", "folder"], 6), &["QFTPMKDIR", "55"]);
    assert_eq!(bench.ok(&["ls"]), "");
}

#[test]
fn a_missing_local_file() {
    let bench = Bench::plain();
    contains(
        &bench.fails(&["put", "nowhere.bin"], 7),
        &["nowhere.bin", "No such file"],
    );
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    contains(
        &bench.fails(&["get", "file", "no/such/folder/file"], 7),
        &["no/such/folder"],
    );
    assert_eq!(bench.remote_names(), ["file"]);
}

#[test]
fn if_exists_fail_keeps_an_existing_file() {
    let bench = Bench::plain();
    bench.local("file", b"newer");
    bench.local("older", b"older");
    bench.ok(&["put", "older", "--to", "file"]);
    contains(
        &bench.fails(&["put", "--if-exists", "fail", "file"], 6),
        &["file"],
    );
    assert_eq!(bench.remote("file"), b"older");
    bench.fails(&["mkdir", "file"], 6);
    // A local file too.
    bench.fails(&["get", "--if-exists", "fail", "file"], 7);
    assert_eq!(std::fs::read(bench.folder.join("file")).unwrap(), b"newer");
}

#[test]
fn no_daemon_and_no_bus() {
    let bus = Bus::start().unwrap();
    let outcome = Cli::new(&bus).run(&["status"]).unwrap();
    assert_eq!(outcome.code, Some(3), "{}", outcome.errors);
    contains(&sentence(&outcome), &["modem-ftpd is not running"]);
    let outcome = Cli::at("unix:path=/nowhere/bus").run(&["status"]).unwrap();
    assert_eq!(outcome.code, Some(3), "{}", outcome.errors);
    sentence(&outcome);
}

/// The daemon keeps running, reports the reason, and calls that need the module fail.
#[test]
fn no_modem() {
    let bus = Bus::start().unwrap();
    let Some(server) = need(FtpServer::start(Kind::Libunftp, Options::default())) else {
        return;
    };
    let folder = modem_ftp_tests::Scratch::new().unwrap();
    let mut config = Config::new(&folder.join("ttyUSB2")).unwrap();
    config.server("plant", &server).unwrap();
    let mut daemon = Daemon::start(&bus, config).unwrap();
    daemon.wait_for_state("absent").unwrap();
    let cli = Cli::new(&bus);
    // `status` shows the attempt to open the port.
    let named = || {
        cli.run(&["status"])
            .unwrap()
            .text()
            .contains("ttyUSB2: No such file")
    };
    assert!(
        within(Duration::from_secs(10), named),
        "{}",
        cli.run(&["status"]).unwrap().text()
    );
    let file = folder.join("readings.csv");
    std::fs::write(&file, "1,2").unwrap();
    let put = ["put", "--wait", "0", file.to_str().unwrap()];
    for words in [
        &["connect"][..],
        &["ls"],
        &put,
        &["get", "--wait", "0", "readings.csv", "-"],
    ] {
        let outcome = cli.run(words).unwrap();
        assert_eq!(outcome.code, Some(4), "{words:?}: {}", outcome.errors);
        contains(&sentence(&outcome), &["ttyUSB2"]);
    }
    let status = cli.run(&["status"]).unwrap();
    assert_eq!(status.code, Some(0));
    contains(&status.text(), &["absent", "ttyUSB2"]);
    assert_eq!(daemon.stop().unwrap(), Some(0));
}

#[test]
fn no_server_at_the_address() {
    let port = i64::from(free_port().unwrap());
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("server.plant.port", port);
    });
    let bench = bench.unwrap();
    contains(&bench.fails(&["connect"], 5), &["QFTPOPEN"]);
}

#[test]
fn no_sim() {
    offline("sim absent", "locked", "SIM");
}

/// A call waits up to a minute for registration.
#[test]
fn no_network() {
    offline("registration 0", "searching", "registered");
}

fn offline(fault: &str, state: &str, cause: &str) {
    let mut bench = Bench::plain();
    bench.modem.control(fault).unwrap();
    bench.modem.control("reset").unwrap();
    bench.daemon.wait_for_state(state).unwrap();
    contains(&bench.fails(&["connect"], 4), &[cause]);
    contains(&bench.ok(&["status"]), &[state, cause]);
}

#[test]
fn wrong_usage() {
    let bus = Bus::start().unwrap();
    let cli = Cli::new(&bus);
    for arguments in [
        &["frobnicate"][..],
        &["put"],
        &["get"],
        &["ls", "--nope"],
        &["cancel", "x"],
    ] {
        let outcome = cli.run(arguments).unwrap();
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {}", outcome.errors);
        assert!(outcome.output.is_empty());
    }
    let bench = Bench::plain();
    contains(&bench.fails(&["--server", "nobody", "ls"], 2), &["nobody"]);
    contains(&bench.fails(&["show", "999"], 1), &["999"]);
}
