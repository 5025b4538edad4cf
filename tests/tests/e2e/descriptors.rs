//! `UploadFd` and `DownloadFd`: the caller's own file or pipe, opened with the caller's rights.

use crate::bench::{Bench, payload};
use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::within;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;
use zbus::{Fd, Variant};

fn wait() -> Options<'static> {
    Options::from([("wait", Variant::from(true))])
}

fn upload(
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

fn download(
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

/// The last part of the error's name.
#[track_caller]
fn refusal<T: std::fmt::Debug>(result: zbus::Result<T>) -> String {
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

    let path = bench.desk.join("sink");
    let sink = File::create(&path).unwrap();
    download(&bench, "remote", &sink, &wait()).unwrap();
    assert!(fs::read(&path).unwrap() == bytes);
}

/// The file the caller passed stays the caller's: its offset is not moved under his feet.
#[test]
fn the_callers_offset_is_his() {
    let bench = Bench::plain();
    let mut source = File::open(bench.local("source", b"0123456789")).unwrap();
    source.seek(SeekFrom::Start(3)).unwrap();
    upload(&bench, &source, "remote", &wait()).unwrap();
    let sent = bench.remote("remote");
    assert!(sent == b"0123456789" || sent == b"3456789", "{sent:?}");
    assert!(bench.remote_names() == ["remote"]);
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

/// A reader that sleeps holds up its transfer; it does not keep the module in data mode.
#[test]
fn a_download_that_nobody_reads_can_be_cancelled() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("large"), payload(2_000_000)).unwrap();
    let (reader, writer) = io::pipe().unwrap();
    let path = download(&bench, "large", &writer, &Options::new()).unwrap();
    let number = path.rsplit('/').next().unwrap().to_owned();
    let sent = || bench.modem.control("stats").unwrap();
    let before = sent();
    // Everything on the way is full: the module has begun, and sends no more.
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

/// By the command line: `put -` and `get … -` in a pipeline.
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
fn what_is_no_file_and_no_pipe_is_refused() {
    let bench = Bench::plain();
    let folder = File::open(bench.desk.path()).unwrap();
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
    // The wrong way round: a sink that cannot be written, a source that cannot be read.
    let readable = File::open(bench.local("file", b"x")).unwrap();
    assert!(download(&bench, "remote", &readable, &wait()).is_err());
    let writable = File::options()
        .write(true)
        .open(bench.desk.join("file"))
        .unwrap();
    assert!(upload(&bench, &writable, "remote", &wait()).is_err());
    assert_eq!(bench.remote_names(), [""; 0]);
}

#[test]
fn options_are_checked() {
    let bench = Bench::plain();
    let source = File::open(bench.local("source", b"x")).unwrap();
    let wrong = [
        ("colour", Variant::from("blue")),
        ("if-exists", Variant::from("sometimes")),
        ("wait", Variant::from("yes")),
        ("verify", Variant::from("hope")),
        ("via", Variant::from("carrier pigeon")),
        ("retries", Variant::from(-1)),
    ];
    for (name, value) in wrong {
        let options = Options::from([(name, value)]);
        assert_eq!(
            refusal(upload(&bench, &source, "remote", &options)),
            "InvalidArguments",
            "{name}"
        );
    }
    assert_eq!(
        refusal(upload(&bench, &source, "a\"b", &wait())),
        "InvalidArguments"
    );
    assert_eq!(bench.remote_names(), [""; 0]);
}

fn options(via: &'static str, verify: &'static str, atomic: bool) -> Options<'static> {
    let mut options = wait();
    options.insert("via", Variant::from(via));
    options.insert("verify", Variant::from(verify));
    options.insert("atomic", Variant::from(atomic));
    options
}

/// Each combination ends with the same bytes, and leaves nothing on the module.
#[test]
fn every_way_and_every_check() {
    let bench = Bench::plain();
    let bytes = payload(9000);
    let source = File::open(bench.local("source", &bytes)).unwrap();
    for via in ["auto", "com", "ufs"] {
        for (verify, atomic) in [
            ("size", true),
            ("size", false),
            ("none", true),
            ("none", false),
        ] {
            let options = options(via, verify, atomic);
            let what = format!("via {via}, verify {verify}, atomic {atomic}");
            upload(&bench, &source, "remote", &options)
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(bench.remote("remote") == bytes, "{what}");
            let sink = File::create(bench.desk.join("sink")).unwrap();
            download(&bench, "remote", &sink, &options)
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(
                fs::read(bench.desk.join("sink")).unwrap() == bytes,
                "{what}"
            );
        }
    }
    assert_eq!(bench.remote_names(), ["remote"]);
    assert_eq!(
        fs::read_dir(bench.modem.storage()).unwrap().count(),
        0,
        "left on the module"
    );
}

/// A check that cannot be made is refused before anything is sent, never left out in silence.
#[test]
fn a_check_is_made_or_refused() {
    let bench = Bench::plain();
    let source = File::open(bench.local("source", &payload(9000))).unwrap();
    bench.ok(&["connect"]);
    for (via, verify) in [("com", "checksum"), ("ufs", "checksum"), ("com", "content")] {
        let before = bench.modem.dialogue();
        match upload(&bench, &source, "remote", &options(via, verify, true)) {
            Ok(_) => {
                assert_ne!(
                    via, "com",
                    "no checksum of a file that was never on the module"
                );
                let asked = bench.modem.written("AT+QFUPL");
                assert!(!asked.is_empty(), "no checksum was asked for");
                bench.ok(&["rm", "remote"]);
            }
            refused => {
                assert_eq!(refusal(refused), "InvalidArguments");
                assert_eq!(bench.modem.dialogue(), before, "something was sent");
            }
        }
    }
    assert_eq!(bench.remote_names(), [""; 0]);
}
