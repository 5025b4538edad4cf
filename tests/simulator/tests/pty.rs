//! The program on a pty with a real FTP server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::time::{Duration, Instant};

use common::host::Host;
use common::server::{PASSWORD, Server, USER};
use common::simulator::Simulator;

/// Bytes that look like line ends, result codes, URCs, flow control and escape characters.
fn hostile(count: usize) -> Vec<u8> {
    let text = b"\r\nOK\r\n+++\r\nNO CARRIER\r\n\r\n+QFTPGET: 0,5\r\n\x00\x11\x13AT\r\xff";
    (0..count)
        .map(|index| text[index % text.len()] ^ u8::from(index % 97 == 96))
        .collect()
}

/// A server, the program, and a host that is logged in.
fn logged_in() -> (Server, Simulator, Host) {
    let server = Server::start(None);
    let simulator = Simulator::start(&[]);
    let mut host = Host::open(&simulator.path("tty"));
    host.log_in(server.port, USER, PASSWORD);
    (server, simulator, host)
}

#[test]
fn every_command_once() {
    let (server, mut simulator, mut host) = logged_in();
    let bytes = hostile(300_000);

    host.expect_result("AT+QFTPPWD", "+QFTPPWD: 0,/");
    host.expect_result("AT+QFTPMKDIR=\"a b,c\"", "+QFTPMKDIR: 0,0");
    host.expect_result("AT+QFTPCWD=\"a b,c\"", "+QFTPCWD: 0,0");

    host.expect_answer(
        &format!("AT+QFTPPUT=\"f\",\"COM:\",0,{},1", bytes.len()),
        "CONNECT",
    );
    host.send(&bytes);
    host.wait_for("\r\nOK\r\n");
    host.wait_for(&format!("\r\n+QFTPPUT: 0,{}\r\n", bytes.len()));
    assert!(std::fs::read(server.root().join("a b,c/f")).unwrap() == bytes);
    host.expect_result(
        "AT+QFTPSIZE=\"f\"",
        &format!("+QFTPSIZE: 0,{}", bytes.len()),
    );
    host.expect_result("AT+QFTPSTAT", "+QFTPSTAT: 0,1");
    host.expect_result("AT+QFTPLEN", &format!("+QFTPLEN: 0,{}", bytes.len()));

    host.expect_answer("AT+QFTPGET=\"f\",\"COM:\"", "CONNECT");
    assert!(host.data(bytes.len()) == bytes);
    host.wait_for(&format!("\r\nOK\r\n\r\n+QFTPGET: 0,{}\r\n", bytes.len()));

    host.expect_answer("AT+QFTPGET=\"f\",\"COM:\",1000,500", "CONNECT");
    assert_eq!(host.data(500), bytes[1000..1500]);
    host.wait_for("\r\nOK\r\n\r\n+QFTPGET: 0,500\r\n");

    host.expect_answer("AT+QFTPLIST=\".\"", "CONNECT");
    let listing = host.wait_for("\r\n+QFTPLIST: 0,");
    assert!(listing.contains(" f\r\n"), "{listing}");
    host.expect_answer("AT+QFTPNLST=\".\",\"COM:\"", "CONNECT");
    host.wait_for("f\r\n\r\nOK\r\n\r\n+QFTPNLST: 0,3\r\n");
    host.expect_answer("AT+QFTPMLSD=\".\"", "CONNECT");
    let facts = host.wait_for("+QFTPMLSD: 0,").to_lowercase();
    assert!(
        facts.contains("size=300000;") && facts.contains("; f\r\n"),
        "{facts}"
    );

    host.expect_answer("AT+QFTPMDTM=\"f\"", "OK");
    host.wait_for("\r\n+QFTPMDTM: 0,\"20");
    host.expect_result("AT+QFTPRENAME=\"f\",\"g\"", "+QFTPRENAME: 0,0");
    host.expect_result("AT+QFTPSIZE=\"f\"", "+QFTPSIZE: 627,550");
    // This server replies 150 before it looks for the file, so CONNECT comes first.
    host.expect_answer("AT+QFTPGET=\"f\",\"COM:\"", "CONNECT");
    host.wait_for("\r\nOK\r\n\r\n+QFTPGET: 627,550\r\n");
    host.expect_result("AT+QFTPDEL=\"g\"", "+QFTPDEL: 0,0");
    host.expect_result("AT+QFTPCWD=\"/\"", "+QFTPCWD: 0,0");
    host.expect_result("AT+QFTPRMDIR=\"a b,c\"", "+QFTPRMDIR: 0,0");
    host.expect_result("AT+QFTPCLOSE", "+QFTPCLOSE: 0,0");
    host.expect_answer("AT+QFTPPWD", "+CME ERROR: 606");

    let log = simulator.log();
    assert!(
        log.contains("> <300000 bytes>\n< OK\n< +QFTPPUT: 0,300000\n"),
        "{log}"
    );
    assert!(
        log.contains("AT+QFTPCFG=\"account\",\"gw17\",***\n") && !log.contains(PASSWORD),
        "{log}"
    );
    assert_eq!(simulator.terminate().code(), Some(0));
    assert!(std::fs::symlink_metadata(simulator.path("tty")).is_err());
    assert!(!simulator.path("control").exists());
}

#[test]
fn login_with_a_wrong_password_and_to_a_closed_port() {
    let server = Server::start(None);
    let simulator = Simulator::start(&[]);
    let mut host = Host::open(&simulator.path("tty"));
    host.expect_answer("AT+QICSGP=1,1,\"UNINET\"", "OK");
    host.expect_answer("AT+QIACT=1", "OK");
    host.expect_answer("AT+QFTPCFG=\"account\",\"gw17\",\"wrong\"", "OK");
    host.expect_result(
        &format!("AT+QFTPOPEN=\"127.0.0.1\",{}", server.port),
        "+QFTPOPEN: 625,530",
    );
    host.expect_result("AT+QFTPOPEN=\"127.0.0.1\",1", "+QFTPOPEN: 606,0");
    host.expect_result("AT+QFTPSTAT", "+QFTPSTAT: 0,4");
}

#[test]
fn transfers_through_the_ufs() {
    let (server, simulator, mut host) = logged_in();
    let bytes = hostile(10_000);
    host.expect_answer("AT+QFUPL=\"up.bin\",10000,300,1", "CONNECT");
    for block in bytes.chunks(1024) {
        host.send(block);
        if block.len() == 1024 {
            host.wait_for("A");
        }
    }
    host.wait_for("\r\n+QFUPL: 10000,");
    host.wait_for("\r\nOK\r\n");
    host.expect_result("AT+QFTPPUT=\"f\",\"up.bin\"", "+QFTPPUT: 0,10000");
    assert!(std::fs::read(server.root().join("f")).unwrap() == bytes);
    host.expect_result("AT+QFTPGET=\"f\",\"down.bin\",4000", "+QFTPGET: 0,6000");
    assert!(std::fs::read(simulator.path("ufs").join("down.bin")).unwrap() == bytes[4000..]);
    host.expect_answer("AT+QFOPEN=\"down.bin\",2", "+QFOPEN: 0");
    host.expect_answer("AT+QFREAD=0,600", "CONNECT 600");
    assert_eq!(host.data(600), bytes[4000..4600]);
    host.wait_for("\r\nOK\r\n");
    host.expect_answer("AT+QFCLOSE=0", "OK");
}

#[test]
fn upload_without_a_length_ends_by_escape_or_dtr() {
    let (server, simulator, mut host) = logged_in();
    host.expect_answer("AT+QFTPPUT=\"f\",\"COM:\",0", "CONNECT");
    host.send(b"1234+++5");
    // The guard time of one second is real time here.
    std::thread::sleep(Duration::from_millis(1100));
    host.send(b"+++");
    host.wait_for("\r\nOK\r\n\r\n+QFTPPUT: 0,8\r\n");
    assert_eq!(std::fs::read(server.root().join("f")).unwrap(), b"1234+++5");

    host.expect_answer("AT+QFTPPUT=\"g\",\"COM:\"", "CONNECT");
    host.send(b"12345");
    common::wait_for("the bytes", || {
        (simulator.number("stats", "data_bytes") == 5).then_some(())
    });
    assert_eq!(simulator.control("dtr 0"), "ok");
    host.wait_for("\r\nOK\r\n\r\n+QFTPPUT: 0,5\r\n");
    assert_eq!(std::fs::read(server.root().join("g")).unwrap(), b"12345");
}

#[test]
fn session_stays_open_after_an_aborted_download() {
    let (server, simulator, mut host) = logged_in();
    std::fs::write(server.root().join("big"), hostile(20_000_000)).unwrap();
    host.expect_answer("AT+QFTPGET=\"big\",\"COM:\"", "CONNECT");
    host.data(50_000);
    assert_eq!(simulator.control("dtr 0"), "ok");
    assert_eq!(simulator.control("dtr 1"), "ok");
    common::wait_for("command mode", || {
        (simulator.number("state", "data_mode") == 0).then_some(())
    });
    common::wait_for("the session", || {
        (simulator.number("state", "ftp") == 1).then_some(())
    });
    host.send(b"ATO\r");
    host.wait_for("\r\nNO CARRIER\r\n");
    host.expect_result("AT+QFTPSIZE=\"big\"", "+QFTPSIZE: 0,20000000");
}

#[test]
fn unplug_and_replug() {
    let simulator = Simulator::start(&[]);
    let mut host = Host::open(&simulator.path("tty"));
    assert_eq!(simulator.control("unplug"), "ok");
    assert!(std::fs::symlink_metadata(simulator.path("tty")).is_err());
    assert_eq!(simulator.control("unplug"), "ok");
    host.send_fails();
    assert_eq!(simulator.control("replug"), "ok");
    assert_eq!(simulator.control("replug"), "error it is plugged in");
    assert_eq!(simulator.control("reset"), "ok");
    let mut host = Host::open(&simulator.path("tty"));
    host.expect_answer("AT+CGMM", "BG96");
}

/// Payload bytes per second of an 8N1 line at 921600 bit/s.
const BYTES_PER_SECOND: f64 = 92_160.0;

/// The utilisation of the line during one transfer of `count` bytes, measured twice.
struct Utilisation {
    /// By the test's own clock, over the time in which the test saw the bytes pass.
    measured: f64,
    /// By the times in the simulator's answer to `stats`.
    reported: f64,
}

fn utilisation(simulator: &Simulator, count: usize, time: Duration) -> Utilisation {
    assert_eq!(simulator.number("stats", "data_bytes"), count as u64);
    let reported = Duration::from_nanos(simulator.number("stats", "data_ns"));
    let share = |time: Duration| count as f64 / time.as_secs_f64() / BYTES_PER_SECOND;
    Utilisation {
        measured: share(time),
        reported: share(reported),
    }
}

/// Runs a transfer up to three times, until the line is used well enough: other processes may delay
/// the host. No run may be faster than the line.
fn check_utilisation(what: &str, mut run: impl FnMut() -> Utilisation) {
    let mut results = Vec::new();
    for _ in 0..3 {
        let Utilisation { measured, reported } = run();
        let text = format!("{what}: measured {measured:.4}, reported {reported:.4} of the line");
        println!("{text}");
        assert!(measured < 1.0 && reported < 1.002, "{text}");
        if measured > 0.97 && reported > 0.995 {
            return;
        }
        results.push(text);
    }
    panic!("{results:?}");
}

#[test]
fn paced_line_has_its_exact_rate() {
    let server = Server::start(None);
    let simulator = Simulator::start(&["--baud", "921600"]);
    let mut host = Host::open(&simulator.path("tty"));
    host.log_in(server.port, USER, PASSWORD);
    let bytes = hostile(184_320); // two seconds
    let count = bytes.len();
    check_utilisation("upload", || {
        host.expect_answer(&format!("AT+QFTPPUT=\"f\",\"COM:\",0,{count},1"), "CONNECT");
        let start = Instant::now();
        host.send(&bytes);
        host.wait_for("\r\nOK\r\n");
        let time = start.elapsed();
        host.wait_for(&format!("\r\n+QFTPPUT: 0,{count}\r\n"));
        utilisation(&simulator, count, time)
    });
    let ticks = simulator.ticks();
    check_utilisation("download", || {
        // From the command on, as CONNECT may be read late.
        let start = Instant::now();
        host.expect_answer("AT+QFTPGET=\"f\",\"COM:\"", "CONNECT");
        assert!(host.data(count) == bytes);
        let time = start.elapsed();
        host.wait_for("\r\nOK\r\n");
        utilisation(&simulator, count, time)
    });
    let ticks = simulator.ticks() - ticks;
    println!("processor time: {} ms", ticks * 10);
    assert!(ticks < 200, "too much processor time: {} ms", ticks * 10);
}
