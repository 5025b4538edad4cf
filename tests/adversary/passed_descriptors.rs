//! Kinds 1 and 2: descriptors that come with a message, wanted or not, whose close is not answered.

use crate::silent_bench::{at_once, bench, configured};
use crate::silent_disk::{Op, SilentDisk};
use crate::watch::Watch;
use modem_ftp_dbus::names::{BUS_NAME, FRONT_INTERFACE, ROOT_PATH};
use modem_ftp_tests::{Bench, connect};
use serde::{Serialize, Serializer};
use std::collections::HashMap;
use std::fs::File;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use zbus::message::Message;
use zbus::wire::{Type, as_variant};
use zbus::{Connection, DynamicType, Fd, Signature};

const FRONT: (&str, &str) = (ROOT_PATH, FRONT_INTERFACE);
const PEER: (&str, &str) = (ROOT_PATH, "org.freedesktop.DBus.Peer");

/// A call that may never be answered.
fn call(
    bench: &Bench,
    of: (&'static str, &'static str),
    method: &'static str,
    body: impl Serialize + DynamicType + Send + 'static,
) -> JoinHandle<zbus::Result<Message>> {
    let connection = connect(bench.bus.address()).unwrap();
    std::thread::spawn(move || crate::flood::call(&connection, of, method, &body))
}

/// The refusal of a call.
#[track_caller]
fn refusal(call: JoinHandle<zbus::Result<Message>>) -> String {
    let is_over = modem_ftp_tests::within(Duration::from_secs(5), || call.is_finished());
    assert!(is_over, "it is not answered");
    call.join().unwrap().unwrap_err().to_string()
}

fn others_are_served(bench: &Bench) {
    at_once("status", || bench.ok(&["status"]));
    at_once("ls", || bench.ok(&["ls"]));
}

/// A file of the silent disk, of which no close by the daemon is answered.
fn silent_file(bench: &Bench, disk: &SilentDisk) -> File {
    disk.silence_for(bench.daemon.id(), &[Op::Close]);
    File::open(disk.path("file")).unwrap()
}

/// A reference to the first descriptor that comes with a message, which comes once all the same.
struct FirstAgain;

impl Type for FirstAgain {
    const SIGNATURE: &'static Signature = &Signature::Fd;
}

impl Serialize for FirstAgain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(0)
    }
}

fn owned(file: &File) -> Fd<'static> {
    Fd::from(std::os::fd::OwnedFd::from(file.try_clone().unwrap()))
}

#[test]
fn a_descriptor_in_the_options_is_not_closed_by_the_bus_thread() {
    let Some((bench, disk)) = bench(&[]) else {
        return;
    };
    let watch = Watch::begin(&bench);
    for (method, name) in [
        ("UploadFd", "priority"),
        ("DownloadFd", "retries"),
        ("UploadFd", "nonsense"),
    ] {
        let file = silent_file(&bench, &disk);
        let connection = connect(bench.bus.address()).unwrap();
        let sent = std::thread::spawn(move || {
            let fd = Fd::from(&file);
            let options = HashMap::from([(name, as_variant::Serialize(&FirstAgain))]);
            match method {
                "UploadFd" => {
                    crate::flood::call(&connection, FRONT, method, &("", fd, "x", options))
                }
                _ => crate::flood::call(&connection, FRONT, method, &("", "x", fd, options)),
            }
        });
        let text = refusal(sent);
        assert!(
            text.contains("option") || text.contains("signature"),
            "{text}"
        );
        assert!(disk.is_asked());
        others_are_served(&bench);
        disk.silence(&[]);
    }
    watch.end();
}

#[test]
fn what_is_no_call_and_what_is_refused_is_not_closed_by_the_bus_thread() {
    let Some((bench, disk)) = bench(&[]) else {
        return;
    };
    let watch = Watch::begin(&bench);
    let file = silent_file(&bench, &disk);
    let signal = Message::signal("/x", "a.b", "S")
        .destination(BUS_NAME)
        .build(&Fd::from(&file));
    zbus::block_on(bench.daemon.connection().send(&signal.unwrap())).unwrap();
    assert!(disk.is_asked());
    others_are_served(&bench);
    let asked = |count| modem_ftp_tests::within(Duration::from_secs(5), || disk.asked() >= count);
    refusal(call(&bench, FRONT, "UploadFd", (owned(&file),)));
    refusal(call(&bench, FRONT, "NothingFd", (owned(&file),)));
    refusal(call(&bench, PEER, "Ping", (owned(&file), owned(&file))));
    assert!(asked(4), "{}", disk.asked());
    others_are_served(&bench);
    disk.silence(&[]);
    watch.end();
}

#[test]
fn refused_descriptors_never_use_up_those_of_the_daemon() {
    let few = configured(&[], |config| {
        config.limit_descriptors(1024);
    });
    let Some((bench, disk)) = few else {
        return;
    };
    let watch = Watch::begin(&bench);
    let file = silent_file(&bench, &disk);
    for _ in 0..8 {
        refusal(call(&bench, PEER, "Ping", (owned(&file),)));
    }
    let connection: &Connection = bench.daemon.connection();
    let null = File::open("/dev/null").unwrap();
    let begin = Instant::now();
    for number in 0..300 {
        let many: Vec<_> = (0..16).map(|_| owned(&null)).collect();
        let refused = crate::flood::call(connection, PEER, "Ping", &(many,));
        assert!(refused.is_err());
        if number % 100 == 99 {
            others_are_served(&bench);
        }
    }
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!(disk.asked(), 8);
    disk.silence(&[]);
    watch.end();
}
