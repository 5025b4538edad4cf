//! `UploadFd` and `DownloadFd`: files and pipes that the caller has opened.

use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::{Bench, payload, within};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;
use zbus::{Fd, Variant};

pub fn wait() -> Options<'static> {
    Options::from([("wait", Variant::from(true))])
}

pub fn upload(
    bench: &Bench,
    source: impl AsFd,
    remote: &str,
    options: &Options<'_>,
) -> zbus::Result<String> {
    zbus::block_on(async {
        let front = bench.daemon.front().await?;
        let path = front
            .upload_fd("plant", Fd::Borrowed(source.as_fd()), remote, options)
            .await?;
        Ok(path.to_string())
    })
}

pub fn download(
    bench: &Bench,
    remote: &str,
    sink: impl AsFd,
    options: &Options<'_>,
) -> zbus::Result<String> {
    zbus::block_on(async {
        let front = bench.daemon.front().await?;
        let path = front
            .download_fd("plant", remote, Fd::Borrowed(sink.as_fd()), options)
            .await?;
        Ok(path.to_string())
    })
}

/// The error's name without its prefix.
#[track_caller]
pub fn refusal<T: std::fmt::Debug>(result: zbus::Result<T>) -> String {
    match result.unwrap_err() {
        zbus::Error::MethodError(name, _, _) => name
            .as_str()
            .trim_start_matches("org.example.ModemFtp.Error.")
            .to_owned(),
        other => panic!("{other}"),
    }
}

#[test]
fn regular_files() {
    let bench = Bench::plain();
    let bytes = payload(50_000);
    let source = File::open(bench.local("source", &bytes)).unwrap();
    upload(&bench, &source, "remote", &wait()).unwrap();
    assert!(bench.remote("remote") == bytes);

    let path = bench.folder.join("sink");
    let sink = File::create(&path).unwrap();
    download(&bench, "remote", &sink, &wait()).unwrap();
    assert!(fs::read(&path).unwrap() == bytes);
}

#[test]
fn pipes_of_unknown_length() {
    let bench = Bench::plain();
    let bytes = payload(300_000);
    let (reader, mut writer) = io::pipe().unwrap();
    let sent = bytes.clone();
    let feeder = thread::spawn(move || writer.write_all(&sent).unwrap());
    upload(&bench, &reader, "remote", &wait()).unwrap();
    feeder.join().unwrap();
    assert!(
        bench.remote("remote") == bytes,
        "{} bytes",
        bench.remote("remote").len()
    );

    let (mut reader, writer) = io::pipe().unwrap();
    let collector = thread::spawn(move || {
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        all
    });
    download(&bench, "remote", &writer, &wait()).unwrap();
    drop(writer);
    assert!(collector.join().unwrap() == bytes);
}

/// A pipe that is not read stops its transfer; the module still leaves data mode when it is
/// cancelled.
#[test]
fn a_download_into_a_pipe_that_is_not_read_can_be_cancelled() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("large"), payload(2_000_000)).unwrap();
    let (reader, writer) = io::pipe().unwrap();
    let path = download(&bench, "large", &writer, &Options::new()).unwrap();
    let number = path.rsplit('/').next().unwrap().to_owned();
    let sent = || bench.modem.control("stats").unwrap();
    let before = sent();
    // All buffers are full: the module has begun to send and sends no more.
    let stuck = || {
        let now = sent();
        thread::sleep(Duration::from_millis(300));
        now != before && now == sent()
    };
    assert!(within(Duration::from_secs(30), stuck), "{}", sent());
    bench.ok(&["cancel", &number]);
    assert!(bench.ok(&["show", &number]).contains("cancelled"));
    assert_eq!(bench.ok(&["ls"]).trim(), "large");
    drop(reader);
}

/// `put -` and `get … -` of the client.
#[test]
fn standard_input_and_output() {
    let bench = Bench::plain();
    for length in [0, 1, 1024, 70_000, 5_000_000] {
        let bytes = payload(length);
        let outcome = bench.cli.feed(&["put", "-", "piped"], &bytes).unwrap();
        assert_eq!(outcome.code, Some(0), "{}", outcome.errors);
        assert!(
            bench.remote("piped") == bytes,
            "{length} bytes, {} arrived",
            bench.remote("piped").len()
        );
        let outcome = bench.cli.run(&["get", "piped", "-"]).unwrap();
        assert!(
            outcome.code == Some(0) && outcome.output == bytes,
            "{length} bytes back"
        );
    }
}

#[test]
fn descriptors_other_than_files_and_pipes_are_refused() {
    let bench = Bench::plain();
    let folder = File::open(bench.folder.path()).unwrap();
    let null = File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .unwrap();
    let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    for fd in [
        OwnedFd::from(folder),
        OwnedFd::from(null),
        OwnedFd::from(socket),
    ] {
        assert_eq!(
            refusal(upload(&bench, &fd, "remote", &wait())),
            "InvalidArguments"
        );
        assert_eq!(
            refusal(download(&bench, "remote", &fd, &wait())),
            "InvalidArguments"
        );
    }
    // A destination without write access, a source without read access.
    let readable = File::open(bench.local("file", b"x")).unwrap();
    assert_eq!(
        refusal(download(&bench, "remote", &readable, &wait())),
        "InvalidArguments"
    );
    let writable = File::options()
        .write(true)
        .open(bench.folder.join("file"))
        .unwrap();
    assert_eq!(
        refusal(upload(&bench, &writable, "remote", &wait())),
        "InvalidArguments"
    );
    assert_eq!(bench.remote_names(), [""; 0]);
}
