//! The program: control socket, error messages, rates, clock, idle wake-ups, memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::process::Command;
use std::time::Duration;

use common::host::Host;
use common::server::{PASSWORD, Server, USER};
use common::simulator::Simulator;
use nix::sys::termios::BaudRate;

#[test]
fn control_socket_commands() {
    let simulator = Simulator::start(&["--fault", "pwd-quoted", "--sim-pin", "0815"]);
    let mut host = Host::open_locked(&simulator.path("tty"));
    assert_eq!(simulator.control("faults"), "ok pwd-quoted");
    assert_eq!(simulator.control("fault slow=1"), "ok");
    assert_eq!(simulator.control("faults"), "ok pwd-quoted slow=1");
    assert_eq!(simulator.control("clear pwd-quoted"), "ok");
    assert_eq!(simulator.control("clear all"), "ok");
    assert_eq!(simulator.control("faults"), "ok");
    assert_eq!(simulator.control("fault slow"), "error slow takes MS");
    assert_eq!(
        simulator.control("jump"),
        "error there is no command \"jump\""
    );
    assert_eq!(
        simulator.control("state"),
        "ok running=1 data_mode=0 ftp=4 registration=0 dtr=1 rate=115200"
    );
    host.expect_answer("AT+CPIN?", "+CPIN: SIM PIN");
    assert_eq!(simulator.control("sim ready"), "ok");
    host.wait_for("\r\n+CPIN: READY\r\n");
    host.expect_answer("AT+CEREG=1", "OK");
    assert_eq!(simulator.control("registration 5"), "ok");
    host.wait_for("\r\n+CEREG: 5\r\n");
    assert_eq!(simulator.control("signal 7"), "ok");
    host.expect_answer("AT+CSQ", "+CSQ: 7,99");
    assert_eq!(simulator.control("urc RING"), "ok");
    host.wait_for("\r\nRING\r\n");
    assert_eq!(simulator.control("powerdown"), "ok");
    host.wait_for("\r\nPOWERED DOWN\r\n");
    assert_eq!(simulator.number("state", "running"), 0);
    assert_eq!(simulator.control("powerup"), "ok");
    host.wait_for("\r\nRDY\r\n");
    let log = simulator.log();
    assert!(
        log.contains("> AT+CPIN?\n< +CPIN: SIM PIN\n< OK\n"),
        "{log}"
    );
}

#[test]
fn error_messages_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"mine").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, code, text) in [
        (
            &["--link", file][..],
            1,
            "exists and is not a symbolic link",
        ),
        (&["--link", "/nowhere/tty"], 1, "No such file or directory"),
        (
            &["--control", "/nowhere/socket"],
            1,
            "No such file or directory",
        ),
        (&["--fault", "dance"], 2, "there is no fault \"dance\""),
        (&["--baud", "fast"], 2, "invalid value 'fast'"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_virtual-bg96"))
            .args(arguments)
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(message.contains(text), "{message}");
    }
    assert_eq!(std::fs::read(file).unwrap(), b"mine");
}

#[test]
fn help_and_version() {
    let run = |argument| {
        Command::new(env!("CARGO_BIN_EXE_virtual-bg96"))
            .arg(argument)
            .output()
            .unwrap()
    };
    let help = String::from_utf8(run("--help").stdout).unwrap();
    assert!(
        help.contains("--baud <RATE>") && help.contains("  busy-after-close[=MS]"),
        "{help}"
    );
    assert_eq!(
        run("--version").stdout,
        format!("virtual-bg96 {}\n", env!("CARGO_PKG_VERSION")).as_bytes()
    );
}

/// docs/module/quirks.md S10
#[test]
fn strict_baud_discards_bytes_at_the_wrong_rate() {
    let simulator = Simulator::start(&[]);
    let mut host = Host::open(&simulator.path("tty"));
    host.expect_answer("AT+IPR=57600;&W", "OK");
    assert_eq!(simulator.control("fault strict-baud"), "ok");
    host.set_rate(BaudRate::B115200);
    host.send(b"AT\r");
    assert_eq!(host.read_for(Duration::from_millis(200)), "");
    host.set_rate(BaudRate::B57600);
    host.expect_answer("AT", "OK");
    // The OK is still sent at the old rate.
    host.expect_answer("AT+IPR=9600", "OK");
    host.set_rate(BaudRate::B9600);
    host.expect_answer("AT", "OK");
}

#[test]
fn at_ipr_changes_the_rate_of_a_paced_line() {
    let simulator = Simulator::start(&["--baud", "115200"]);
    let mut host = Host::open(&simulator.path("tty"));
    host.expect_answer("AT+IPR=921600", "OK");
    host.expect_answer("AT+IPR?", "+IPR: 921600");
    assert_eq!(simulator.number("state", "rate"), 921_600);
}

#[test]
fn idle_program_does_not_wake_up() {
    let server = Server::start(None);
    let simulator = Simulator::start(&["--baud", "115200"]);
    let mut host = Host::open(&simulator.path("tty"));
    host.log_in(server.port, USER, PASSWORD);
    // Wait until the last bytes have been sent.
    host.read_for(Duration::from_millis(200));
    let before = simulator.status("voluntary_ctxt_switches");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(simulator.status("voluntary_ctxt_switches"), before);
}

#[test]
fn memory_does_not_grow_with_the_transfer_size() {
    let server = Server::start(None);
    let simulator = Simulator::start(&[]);
    let mut host = Host::open(&simulator.path("tty"));
    host.log_in(server.port, USER, PASSWORD);
    let put = |host: &mut Host, count: usize| {
        host.expect_answer(&format!("AT+QFTPPUT=\"f\",\"COM:\",0,{count},1"), "CONNECT");
        for _ in 0..count / 100_000 {
            host.send(&[7; 100_000]);
        }
        host.wait_for(&format!("\r\n+QFTPPUT: 0,{count}\r\n"));
        host.expect_answer("AT+QFTPGET=\"f\",\"COM:\"", "CONNECT");
        for _ in 0..count / 100_000 {
            assert!(host.data(100_000).iter().all(|byte| *byte == 7));
        }
        host.wait_for(&format!("\r\n+QFTPGET: 0,{count}\r\n"));
    };
    put(&mut host, 1_000_000);
    let before = simulator.status("VmHWM");
    put(&mut host, 20_000_000);
    let after = simulator.status("VmHWM");
    println!("peak: {before} kB after 1 MB, {after} kB after 20 MB each way");
    assert!(after < before + 1024, "{before} kB grew to {after} kB");
}

#[test]
fn transfers_in_active_mode() {
    let server = Server::start(None);
    let simulator = Simulator::start(&[]);
    let mut host = Host::open(&simulator.path("tty"));
    host.expect_answer("AT+QFTPCFG=\"transmode\",0", "OK");
    host.log_in(server.port, USER, PASSWORD);
    host.expect_answer("AT+QFTPPUT=\"f\",\"COM:\",0,5,1", "CONNECT");
    host.send(b"12345");
    host.wait_for("\r\n+QFTPPUT: 0,5\r\n");
    host.expect_answer("AT+QFTPGET=\"f\",\"COM:\"", "CONNECT");
    host.wait_for("12345\r\nOK\r\n\r\n+QFTPGET: 0,5\r\n");
}

/// The time of AT+CCLK? without its time zone, as `yy/MM/dd,hh:mm:ss`.
fn module_time(options: &[&str]) -> String {
    let simulator = Simulator::start(options);
    let mut host = Host::open(&simulator.path("tty"));
    let answer = host.expect_answer("AT+CCLK?", "OK");
    let quoted = answer.split('"').nth(1).unwrap();
    quoted.strip_suffix("+00").unwrap().to_owned()
}

/// The time of date(1), in the same format.
fn utc_time(when: &str) -> String {
    let arguments = ["--utc", "--date", when, "+%y/%m/%d,%H:%M:%S"];
    let output = Command::new("date").args(arguments).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
fn clock_starts_with_the_time_of_the_host_or_in_1980() {
    // The module truncates its start time to seconds, so it may lag by up to one second.
    let earliest = utc_time("1 second ago");
    let time = module_time(&[]);
    let latest = utc_time("now");
    assert!(
        earliest <= time && time <= latest,
        "{earliest} {time} {latest}"
    );
    let time = module_time(&["--clock", "cold"]);
    assert!(time.starts_with("80/01/06,00:00:"), "{time}");
}
