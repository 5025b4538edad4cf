//! Kind 1: what outsiders cause is bounded on the way out, in size and in number.

use crate::flood::{call, refusal};
use crate::watch::Watch;
use modem_ftp_dbus::names::{FRONT_INTERFACE, MODEM_INTERFACE, MODEM_PATH, ROOT_PATH};
use modem_ftp_tests::hostile::{Act, Content};
use modem_ftp_tests::{Bench, Kind, Options, connect, payload, within};
use std::collections::HashMap;
use std::fs;
use std::os::fd::AsFd;
use std::time::Duration;
use zbus::{Fd, Variant};

/// Longest text of an error.
const SENTENCE: usize = 1024;

type Dictionary<'a> = HashMap<&'a str, Variant<'a>>;

#[test]
fn a_string_of_8_mb_is_refused_wherever_it_stands() {
    let bench = Bench::plain();
    let watch = Watch::begin(&bench);
    let connection = connect(bench.bus.address()).unwrap();
    // Four bytes of it become five in a message that quotes it with escapes.
    let long = "\u{1b}x\u{7f}\"".repeat(2 * 1024 * 1024);
    let long = long.as_str();
    let none = Dictionary::new;
    let option = || Dictionary::from([("via", Variant::from(long))]);
    let unknown = || Dictionary::from([(long, Variant::from(true))]);
    let front = (ROOT_PATH, FRONT_INTERFACE);
    let modem = (MODEM_PATH, MODEM_INTERFACE);
    let properties = (MODEM_PATH, "org.freedesktop.DBus.Properties");
    let refused = [
        call(&connection, front, "Upload", &("plant", long, "a", none())),
        call(&connection, front, "Upload", &("plant", "/a", long, none())),
        call(
            &connection,
            front,
            "Upload",
            &("plant", "/a", "a", option()),
        ),
        call(
            &connection,
            front,
            "Upload",
            &("plant", "/a", "a", unknown()),
        ),
        call(&connection, front, "Download", &(long, "a", "/a", none())),
        call(&connection, front, "List", &(long, "")),
        call(&connection, front, "List", &("plant", long)),
        call(&connection, front, "Rename", &("plant", "a", long)),
        call(&connection, front, "ChangeDirectory", &("plant", long)),
        call(&connection, front, "Connect", &long),
        call(&connection, front, "History", &unknown()),
        call(&connection, front, "Reload", &long),
        call(&connection, modem, "Command", &(long, 1_u32)),
        call(&connection, properties, "Get", &(long, "State")),
        call(&connection, properties, "Get", &(MODEM_INTERFACE, long)),
        call(&connection, properties, "GetAll", &long),
    ];
    for (number, result) in refused.into_iter().enumerate() {
        let (name, text) = refusal(result);
        assert!(name.contains("InvalidArg"), "{number}: {name}: {text}");
        assert!(text.len() <= SENTENCE, "{number}: {} bytes", text.len());
    }
    watch.end();
}

#[test]
fn arguments_that_are_quoted_stay_short() {
    let bench = Bench::plain();
    let watch = Watch::begin(&bench);
    let connection = connect(bench.bus.address()).unwrap();
    let front = (ROOT_PATH, FRONT_INTERFACE);
    // As long as arguments may be: every method has to cut what it quotes.
    let long = "\u{1}".repeat(30_000);
    let many: Vec<String> = (0..1500).map(|number| format!("o{number}")).collect();
    let many = || {
        let options = many
            .iter()
            .map(|name| (name.as_str(), Variant::from(1_u32)));
        options.collect::<Dictionary>()
    };
    let path = format!("/{}", "x/".repeat(120));
    let refused = [
        call(&connection, front, "List", &(long.as_str(), "")),
        call(&connection, front, "List", &("plant", long.as_str())),
        call(&connection, front, "Delete", &("plant", path.as_str())),
        call(
            &connection,
            front,
            "History",
            &Dictionary::from([(long.as_str(), Variant::from(1_u8))]),
        ),
        call(&connection, front, "Upload", &("plant", "/a", "a", many())),
        call(&connection, front, "History", &many()),
    ];
    for (number, result) in refused.into_iter().enumerate() {
        let (_, text) = refusal(result);
        assert!(text.len() <= SENTENCE, "{number}: {} bytes", text.len());
    }
    watch.end();
}

/// A listing of so many equal rows, whatever command asks for it.
fn rows(bench: &Bench, row: &'static str, count: u64) {
    let script = bench.script();
    script.behave();
    for verb in ["MLSD", "LIST", "NLST"] {
        let content = Content::pieces(move |index| (index < count).then(|| row.into()));
        script.on(verb, Act::Send(content));
    }
}

#[test]
fn a_listing_of_699_000_rows_is_refused_with_advice() {
    let bench = Bench::hostile();
    let watch = Watch::begin(&bench);
    rows(&bench, " a\n", 699_000);
    for arguments in [vec!["ls"], vec!["ls", "-l"], vec!["ls", "-1"]] {
        let line = bench.fails(&arguments, 1);
        assert!(line.contains("ls --raw"), "{line}");
    }
    bench.script().behave();
    watch.end();
}

#[test]
fn a_listing_of_21_500_rows_is_whole() {
    let bench = Bench::hostile();
    let watch = Watch::begin(&bench);
    let row = "type=file;size=1024;modify=20260101120000;UNIX.mode=0644;UNIX.owner=1000; row\r\n";
    rows(&bench, row, 21_500);
    assert_eq!(bench.ok(&["ls"]).lines().count(), 21_500);
    bench.script().behave();
    watch.end();
}

#[test]
fn a_thousand_passed_pipes_leave_the_daemon_some_for_itself() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.limit_descriptors(400);
    });
    let bench = bench.unwrap();
    let watch = Watch::begin(&bench);
    let (source, _writer) = std::io::pipe().unwrap();
    let connections: Vec<_> = (0..4)
        .map(|_| connect(bench.bus.address()).unwrap())
        .collect();
    let mut accepted = 0;
    for round in 0..1000 {
        let connection = &connections[round % connections.len()];
        let body = ("plant", Fd::from(source.as_fd()), "a", Dictionary::new());
        match call(connection, (ROOT_PATH, FRONT_INTERFACE), "UploadFd", &body) {
            Ok(_) => accepted += 1,
            refused => {
                let (name, text) = refusal(refused);
                assert!(name.ends_with("QueueFull"), "{name}: {text}");
            }
        }
    }
    assert!((50..200).contains(&accepted), "{accepted} were accepted");
    // It opens files of its own, and takes new connections of others.
    bench.local("file", b"content");
    let path = bench.daemon.root().join("file");
    fs::write(&path, payload(1000)).unwrap();
    bench.ok(&["status"]);
    bench.ok(&["reload"]);
    for number in 1..=accepted {
        bench.ok(&["cancel", &number.to_string()]);
        bench.ok(&["forget", &number.to_string()]);
    }
    bench.ok(&["put", "file"]);
    watch.end();
}

#[test]
fn descriptors_that_no_argument_names_are_not_kept() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.limit_descriptors(400);
    });
    let bench = bench.unwrap();
    let watch = Watch::begin(&bench);
    let connection = connect(bench.bus.address()).unwrap();
    let (source, _writer) = std::io::pipe().unwrap();
    let (source, front) = (source.as_fd(), (ROOT_PATH, FRONT_INTERFACE));
    let many = || (0..15).map(|_| Fd::from(source)).collect::<Vec<_>>();
    for _ in 0..100 {
        let upload = ("plant", Fd::from(source), "a", many());
        let results = [
            call(&connection, front, "Connect", &("plant", many())),
            call(&connection, front, "UploadFd", &upload),
            call(&connection, front, "Reload", &many()),
        ];
        for result in results {
            let (name, text) = refusal(result);
            assert!(name.contains("InvalidArg"), "{name}: {text}");
        }
    }
    watch.end();
}

#[test]
fn a_bus_that_ends_during_an_upload_loses_nothing() {
    let mut bench = Bench::plain();
    let content = payload(2_000_000);
    bench.local("file", &content);
    bench.ok(&["put", "--detach", "file"]);
    let daemon = bench.daemon.id();
    assert!(within(Duration::from_secs(20), || bench
        .ok(&["show", "1"])
        .contains("active")));
    bench.bus.stop().unwrap();
    let ended = within(Duration::from_secs(20), || {
        bench.daemon.ended().unwrap().is_some()
    });
    assert!(ended, "process {daemon} goes on without a bus");
    let status = bench.daemon.ended().unwrap().unwrap();
    // systemd starts it again.
    assert_eq!(status.code(), Some(1), "{}", bench.daemon.tail());
    assert!(
        bench
            .daemon
            .log()
            .contains("the bus has closed the connection")
    );
}
