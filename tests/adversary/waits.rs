//! Kind 3: no wait without an end, none that Cancel cannot break.

use crate::watch::Watch;
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::hostile::Act;
use modem_ftp_tests::{Bench, payload, within};
use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};
use zbus::Fd;

/// A Cancel is answered within this; starting the client takes some of it.
const SOON: Duration = Duration::from_millis(1500);
const PATIENCE: Duration = Duration::from_secs(30);

fn upload(bench: &Bench, source: impl AsFd, remote: &str) -> String {
    let path = zbus::block_on(async {
        let front = bench.daemon.front().await?;
        let source = Fd::Borrowed(source.as_fd());
        front
            .upload_fd("plant", source, remote, &Options::new())
            .await
    });
    number(path.unwrap().as_str())
}

fn download(bench: &Bench, remote: &str, sink: impl AsFd) -> String {
    let path = zbus::block_on(async {
        let front = bench.daemon.front().await?;
        let sink = Fd::Borrowed(sink.as_fd());
        front
            .download_fd("plant", remote, sink, &Options::new())
            .await
    });
    number(path.unwrap().as_str())
}

fn number(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

#[track_caller]
fn cancel(bench: &Bench, number: &str) {
    let begin = Instant::now();
    bench.ok(&["cancel", number]);
    let took = begin.elapsed();
    assert!(took < SOON, "{took:?}\n{}", bench.daemon.tail());
    assert!(bench.ok(&["show", number]).contains("cancelled"));
}

/// Waits until the module has been told something that begins so.
#[track_caller]
fn until_written(bench: &Bench, start: &str) {
    let written = || !bench.modem.written(start).is_empty();
    assert!(within(PATIENCE, written), "{}", bench.modem.dialogue());
}

#[test]
fn a_pipe_that_nobody_reads() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("large"), payload(2_000_000)).unwrap();
    let watch = Watch::begin(&bench);
    let (reader, writer) = io::pipe().unwrap();
    let number = download(&bench, "large", &writer);
    drop(writer);
    let sent = || bench.modem.control("stats").unwrap();
    let before = sent();
    // All buffers are full: the module has begun to send and sends no more.
    let stuck = || {
        let now = sent();
        thread::sleep(Duration::from_millis(300));
        now != before && now == sent()
    };
    assert!(within(PATIENCE, stuck), "{}", sent());
    cancel(&bench, &number);
    assert_eq!(bench.ok(&["ls"]).trim(), "large");
    drop(reader);
    watch.end();
}

#[test]
fn a_pipe_that_nobody_writes() {
    let bench = Bench::plain();
    let watch = Watch::begin(&bench);
    let (reader, mut writer) = io::pipe().unwrap();
    let patient = upload(&bench, &reader, "patient");
    let (other, _never) = io::pipe().unwrap();
    let never = upload(&bench, &other, "never");
    drop((reader, other));
    // The module serves everybody else meanwhile.
    bench.local("a", b"1");
    bench.ok(&["put", "a"]);
    assert!(bench.ok(&["show", &patient]).contains("queued"));
    assert!(bench.modem.written("AT+QFTPPUT=\"patient").is_empty());
    writer.write_all(b"at last").unwrap();
    drop(writer);
    bench.ok(&["wait", &patient]);
    assert_eq!(bench.remote("patient"), b"at last");
    cancel(&bench, &never);
    for number in [&patient, &never] {
        bench.ok(&["forget", number]);
    }
    watch.end();
}

#[test]
fn a_server_that_does_not_answer_after_the_upload() {
    let bench = Bench::hostile();
    let watch = Watch::begin(&bench);
    bench.local("a", &payload(3000));
    let late = Act::Reply("550 No.".to_owned()).late(Duration::from_secs(6));
    bench.script().once("SIZE", late);
    bench.ok(&["put", "--detach", "a"]);
    until_written(&bench, "AT+QFTPSIZE");
    cancel(&bench, "1");
    bench.script().behave();
    bench.ok(&["ls"]);
    let is_tidy = || bench.remote_names().is_empty();
    assert!(within(PATIENCE, is_tidy), "{:?}", bench.remote_names());
    bench.ok(&["forget", "1"]);
    watch.end();
}

#[test]
fn a_server_that_opens_no_data_connection() {
    let bench = Bench::hostile();
    fs::write(bench.server.root().join("a"), payload(3000)).unwrap();
    let watch = Watch::begin(&bench);
    let late = Act::Reply("425 No.".to_owned()).late(Duration::from_secs(6));
    bench.script().once("RETR", late);
    let local = bench.daemon.root().join("a");
    bench.ok(&["get", "--detach", "a", local.to_str().unwrap()]);
    until_written(&bench, "AT+QFTPGET");
    cancel(&bench, "1");
    bench.script().behave();
    assert_eq!(bench.ok(&["ls"]).trim(), "a");
    bench.ok(&["forget", "1"]);
    watch.end();
}
