//! The hostile server does what its script says, and samples of such scripts.

use crate::client::{connect, refusal, server, session};
use modem_ftp_tests::hostile::{ANY, Act, Content, GREETING, Script};
use modem_ftp_tests::{Bench, FtpServer, Kind, Options};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20);

fn start() -> (FtpServer, Script) {
    let server = server(Kind::Hostile, Options::default()).unwrap();
    let script = server.script().unwrap().clone();
    (server, script)
}

fn connection(server: &FtpServer) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    BufReader::new(stream)
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line
}

#[test]
fn the_nth_command_is_refused() {
    let (server, script) = start();
    script.nth("MKD", 2, Act::refuse());
    let mut ftp = session(&server);
    ftp.mkdir("first").unwrap();
    assert_eq!(refusal(ftp.mkdir("second")), 550);
    ftp.mkdir("third").unwrap();
    script.on(ANY, Act::Reply("421 Gone.".to_owned()));
    assert_eq!(refusal(ftp.cwd("third")), 421);
    script.behave();
    ftp.cwd("third").unwrap();
    assert_eq!(script.count("MKD"), 3);
    assert!(!script.seen().join("\n").contains("s3cret"));
}

#[test]
fn a_size_that_lies_and_an_answer_that_lies() {
    let (server, script) = start();
    std::fs::write(server.root().join("a"), "12345").unwrap();
    script.on("SIZE", Act::Reply("213 4294967296".to_owned()));
    script.on("DELE", Act::Deny("550 Not deleted.".to_owned()));
    let mut ftp = session(&server);
    assert_eq!(ftp.size("a").unwrap(), 1 << 32);
    assert_eq!(refusal(ftp.rm("a")), 550);
    assert!(!server.root().join("a").exists());
}

#[test]
fn a_listing_costs_no_memory() {
    let (server, script) = start();
    script.once(
        "NLST",
        Act::Send(Content::rows(700_000, |n| format!("row {n}"))),
    );
    script.once(
        "NLST",
        Act::Send(Content::rows(u64::MAX, |n| n.to_string())),
    );
    let mut ftp = session(&server);
    let (_, stream) = ftp
        .custom_data_command("NLST", &[suppaftp::Status::AboutToSend])
        .unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert_eq!(lines.by_ref().take(700_000).count(), 700_000);
    assert!(lines.next().is_none());
    // The second has no end: the client breaks it off.
    let mut ftp = session(&server);
    let (_, stream) = ftp
        .custom_data_command("NLST", &[suppaftp::Status::AboutToSend])
        .unwrap();
    let lines = BufReader::new(stream).lines();
    assert_eq!(lines.take(1_000_000).count(), 1_000_000);
}

#[test]
fn slow_late_silent_and_closed() {
    let (server, script) = start();
    let pause = Duration::from_millis(20);
    script.on("MDTM", Act::Reply("213 2026".to_owned()).late(pause));
    script.on("RETR", Act::Send(Content::dripping("slow", pause)));
    script.on("NOOP", Act::Silent);
    script.on("PWD", Act::Close);
    let mut ftp = session(&server);
    let begin = Instant::now();
    assert!(ftp.mdtm("a").is_err());
    assert!(begin.elapsed() >= pause);
    let begin = Instant::now();
    assert_eq!(ftp.retr_as_buffer("a").unwrap().into_inner(), b"slow");
    assert!(begin.elapsed() >= 4 * pause);
    assert!(ftp.pwd().is_err());
    // Silent: nothing comes, and the connection stays open.
    let mut raw = connection(&server);
    assert!(line(&mut raw).starts_with("220"));
    raw.get_mut().write_all(b"NOOP\r\n").unwrap();
    raw.get_ref().set_read_timeout(Some(pause)).unwrap();
    let error = raw.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_greeting_of_a_megabyte_and_a_line_without_end() {
    let (server, script) = start();
    script.once(GREETING, Act::Reply(format!("220 {}", "x".repeat(1 << 20))));
    script.once(GREETING, Act::Flood(Content::bytes(u64::MAX)));
    assert_eq!(line(&mut connection(&server)).len(), (1 << 20) + 6);
    let mut endless = connection(&server).take(4 << 20);
    assert_eq!(
        std::io::copy(&mut endless, &mut std::io::sink()).unwrap(),
        4 << 20
    );
    assert!(connect(&server, &crate::client::Tls::trusting()).is_ok());
}

#[test]
fn data_connections_elsewhere_unread_and_cut() {
    let (server, script) = start();
    let elsewhere = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 4711);
    script.once("PASV", Act::passive(elsewhere));
    let mut raw = connection(&server);
    assert!(line(&mut raw).starts_with("220"));
    raw.get_mut().write_all(b"PASV\r\n").unwrap();
    assert!(line(&mut raw).contains("(127,0,0,1,18,103)"));

    script.on("STOR", Act::Swallow(3, "552 Full.".to_owned()));
    let mut ftp = session(&server);
    let bytes = vec![0; 8 << 20];
    assert!(ftp.put_file("a", &mut bytes.as_slice()).is_err());
    assert_eq!(std::fs::read_dir(server.root()).unwrap().count(), 0);
}

#[test]
fn the_daemon_meets_a_hostile_server() {
    let bench = Bench::hostile();
    bench.local("a.csv", b"1,2,3\n");
    bench.ok(&["put", "a.csv"]);
    assert_eq!(bench.remote("a.csv"), b"1,2,3\n");
    assert!(bench.ok(&["ls"]).contains("a.csv"));
    bench.script().on("DELE", Act::refuse());
    bench.fails(&["rm", "a.csv"], 6);
    bench.script().behave();
    bench.ok(&["rm", "a.csv"]);
}
