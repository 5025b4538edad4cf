//! Failures: each has its exit code and one line on standard error, safe for a terminal.

use serde_json::json;

use crate::fake::bus::Bus;
use crate::fake::{DEADLINE, Fake};

#[test]
fn every_error_has_its_exit_code_and_is_printed_on_one_line() {
    let fake = Fake::start();
    for &error in modem_ftp_dbus::ErrorName::ALL {
        fake.script.refuse(
            "MakeDirectory",
            error.short_name(),
            "QFTPMKDIR: 550\x1b[0m\nno",
        );
        let outcome = fake
            .run(&["mkdir", "a"])
            .expect(i32::from(error.exit_code()), "");
        assert_eq!(outcome.err, "modem-ftp: QFTPMKDIR: 550\\u{1b}[0m\\nno\n");
        let outcome = fake.run(&["mkdir", "a", "--json"]);
        assert_eq!(
            crate::fake::run::json_lines(&outcome.err),
            [json!({
                "error": { "name": error.dbus_name(), "text": "QFTPMKDIR: 550\u{1b}[0m\nno" },
                "exit": error.exit_code(),
            })]
        );
    }
}

#[test]
fn one_path_that_fails_does_not_stop_the_others() {
    let fake = Fake::start();
    fake.script
        .refuse("Delete(,b)", "RemoteNotFound", "QFTPDEL: 550");
    let outcome = fake.run(&["rm", "a", "b", "c"]);
    assert_eq!(outcome.exit, 6);
    assert_eq!(
        outcome.err,
        "modem-ftp: b: QFTPDEL: 550\nmodem-ftp: 1 of 3 failed\n"
    );
    assert_eq!(
        fake.script.calls(),
        ["Delete(,a)", "Delete(,b)", "Delete(,c)"]
    );
    // A failure that does not concern one file ends the command.
    fake.script
        .refuse("Delete(,a)", "NotRegistered", "no network");
    fake.run(&["rm", "a", "b", "c"]).expect(4, "no network");
    assert_eq!(fake.script.calls().len(), 4);
}

#[test]
fn a_missing_daemon_a_missing_bus_and_a_wrong_address() {
    let fake = Fake::without_daemon(Bus::busd());
    for verb in [
        &["ls"][..],
        &["status"],
        &["transfers"],
        &["show", "1"],
        &["watch"],
        &["get", "a"],
    ] {
        fake.run(verb).expect(3, "modem-ftpd is not running");
    }
    assert_eq!(
        std::fs::read_dir(fake.folder()).unwrap().count(),
        1,
        "a file besides the bus's socket"
    );
    let elsewhere = |bus: &str| {
        let mut command = fake.command(&["status"]);
        command.args(["--bus", bus]);
        crate::fake::run::finished(command)
    };
    let nowhere = format!("unix:path={}/nowhere", fake.folder().display());
    elsewhere(&nowhere)
        .expect(3, "no message bus at")
        .expect(3, "No such file or directory");
    elsewhere("nonsense").expect(2, "--bus nonsense: neither");
    let mut system = fake.command(&["ls"]);
    system
        .args(["--bus", "system"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", fake.bus.address());
    crate::fake::run::finished(system).expect(3, "modem-ftpd is not running");
    let mut session = fake.command(&["ls"]);
    session
        .args(["--bus", "session"])
        .env("DBUS_SESSION_BUS_ADDRESS", fake.bus.address());
    crate::fake::run::finished(session).expect(3, "modem-ftpd is not running");
}

#[test]
fn verbs_work_on_a_real_dbus_daemon() {
    let Some(fake) = Fake::start_on_dbus_daemon() else {
        return;
    };
    fake.run(&["status"]).expect(0, "");
    fake.local("a", b"content");
    fake.run(&["put", "a", "x"]).expect(0, "");
    fake.run(&["get", "x", "b"]).expect(0, "");
    assert_eq!(std::fs::read(fake.folder().join("b")).unwrap(), b"content");
    fake.run(&["show", "7"]).expect(1, "there is no transfer 7");
    fake.run(&["get", "vanish", "c"])
        .expect(3, "modem-ftpd went away");
    fake.run(&["status"]).expect(3, "modem-ftpd is not running");
}

#[test]
fn wrong_usage_is_exit_2() {
    let fake = Fake::without_daemon(Bus::busd());
    for arguments in [
        &["fly"][..],
        &[],
        &["rm"],
        &["put", "a", "--via", "air"],
        &["put", "a", "--verify", "hope"],
        &["put", "a", "--if-exists", "cry"],
        &["ls", "-l", "-1"],
        &["at", "AT", "--timeout", "0"],
        &["completions", "klingon"],
    ] {
        let outcome = fake.run(arguments);
        assert_eq!(outcome.exit, 2, "{arguments:?}: {outcome:?}");
    }
}

#[test]
fn a_closed_pipe_on_standard_output_is_no_failure() {
    let fake = Fake::start();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = fake.command(&["ls"]);
    command.stdout(writer).stderr(std::process::Stdio::piped());
    let outcome = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(
        (outcome.status.code(), outcome.stderr),
        (Some(0), Vec::new())
    );

    let (reader, writer) = std::io::pipe().unwrap();
    let mut watching = fake.command(&["watch"]).stdout(writer).spawn().unwrap();
    drop(reader);
    let began = std::time::Instant::now();
    while watching.try_wait().unwrap().is_none() {
        assert!(
            began.elapsed() < DEADLINE,
            "watch continues although its output is closed"
        );
        fake.run(&["connect"]).expect(0, "");
    }
}
