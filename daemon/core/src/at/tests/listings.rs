//! A listing ends at the trailer whose length field agrees, and nowhere else (docs/module/at-ftp.md
//! §2.11–2.13, 3.5).

use std::time::Duration;

use super::run::{all_ways, check, check_lines, go_on, lines, once, path};
use crate::api::payload_sink::PayloadSink;
use crate::at::command::ftp::{LISTING_LIMIT, List, MachineList, NameList};
use crate::at::{Answer, Awaited, Channel, Command, Event, Outcome};
use modem_ftp_dbus::ErrorName;

const LINE: &str = r#"AT+QFTPLIST=".","COM:""#;

fn list() -> List {
    List { path: path(".") }
}

fn wire(data: &[u8], trailer: &str) -> Vec<u8> {
    [b"\r\nCONNECT\r\n", data, trailer.as_bytes()].concat()
}

fn trailer(length: usize) -> String {
    format!("\r\nOK\r\n\r\n+QFTPLIST: 0,{length}\r\n")
}

fn whole(data: &[u8]) -> Vec<u8> {
    wire(data, &trailer(data.len()))
}

#[test]
fn all_three_forms() {
    let data = b"-rw-r--r-- 1 0 0 5 Jan 1 2020 a b.txt\r\ntype=file;size=5; c\r\n";
    let bytes = |name: &str| {
        let text = String::from_utf8(whole(data)).unwrap();
        text.replace("QFTPLIST", name).into_bytes()
    };
    let reply = || Ok(data.to_vec());
    check(&list(), LINE, &bytes("QFTPLIST"), reply());
    let line = r#"AT+QFTPNLST="TEST_2","COM:""#;
    check(
        &NameList {
            path: path("TEST_2"),
        },
        line,
        &bytes("QFTPNLST"),
        reply(),
    );
    let line = r#"AT+QFTPMLSD="/","COM:""#;
    check(
        &MachineList { path: path("/") },
        line,
        &bytes("QFTPMLSD"),
        reply(),
    );
}

/// Data that looks like result codes: only the last trailer ends the listing, and only if its
/// length agrees.
#[test]
fn data_that_looks_like_a_trailer() {
    let datas: [&[u8]; 12] = [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b"OK",
        b"\r\nOK\r\n",
        b"a\r\nOK\r\n\r\n+QFTPLIST: 0,2\r\n",
        b"a\r\nOK\r\n\r\n+QFTPLIST: 0,1\r\n",
        b"a\r\nOK\r\n\r\n+QFTPLIST: 0,1\r\nb\r\n",
        b"\r\n+CME ERROR: 603\r\n",
        b"\r\nNO CARRIER\r\n",
        b"\r\nRDY\r\n",
        b"\xff\0\x11+++\r",
    ];
    for data in datas {
        check(&list(), LINE, &whole(data), Ok(data.to_vec()));
    }
}

#[test]
fn failures() {
    let missing = "QFTPLIST: 627 action not taken, file unavailable (server said 550)";
    let failed = "\r\nOK\r\n\r\n+QFTPLIST: 627,550\r\n";
    check(&list(), LINE, &wire(b"", failed), Err(missing));
    check(
        &list(),
        LINE,
        &wire(b"", "\r\n+QFTPLIST: 627,550\r\n"),
        Err(missing),
    );
    check(
        &list(),
        LINE,
        &lines(["OK", "+QFTPLIST: 627,550"]),
        Err(missing),
    );
    let text = "QFTPLIST: 615 data connection could not be opened";
    check_lines(&list(), LINE, &lines(["+CME ERROR: 615"]), Err(text));
    check(
        &list(),
        LINE,
        &wire(b"", "\r\n+CME ERROR: 615\r\n"),
        Err(text),
    );
    let cut = "\r\nOK\r\n\r\n+QFTPLIST: 607,426\r\n";
    let text = "QFTPLIST: 607 data connection closed \
        (server said 426 connection closed, transfer aborted)";
    check(&list(), LINE, &wire(b"half a li", cut), Err(text));
}

/// A module without the command answers ERROR; another kind of listing may work.
#[test]
fn a_missing_command() {
    let command = NameList { path: path(".") };
    let (seen, _) = once(
        r#"AT+QFTPNLST=".","COM:""#,
        command.conversation(),
        [&b"\r\nERROR\r\n"[..]],
    );
    let failure = command.read(seen.answer.unwrap()).unwrap_err();
    assert!(failure.is_missing_feature(), "{}", failure.text);
}

/// A trailer with another length is data; without a correct one the listing does not end.
#[test]
fn a_wrong_length_is_no_end() {
    for length in [0, 4, 6, 500] {
        let bytes = wire(b"hello", &trailer(length));
        let (seen, mut channel) = once(LINE, list().conversation(), [&bytes[..]]);
        assert_eq!((seen.answer, channel.waiting()), (None, Awaited::Data));
        assert_eq!((channel.quiet(), channel.expire()), (None, None));
    }
}

/// Bytes after a trailer show that it was data.
#[test]
fn bytes_after_a_trailer() {
    let forged = whole(b"hello");
    for more in [&b"x"[..], b"\r\nmore", b"\r\n"] {
        let bytes = [&forged, more].concat();
        let (seen, channel) = once(LINE, list().conversation(), [&bytes[..]]);
        let over = seen.answer.is_some();
        // An additional line end is ignored; anything else is more data.
        assert_eq!(over, more == b"\r\n", "{more:?}");
        assert_eq!(channel.waiting() == Awaited::Nothing, over);
    }
    let data = b"hello\r\nOK\r\n\r\n+QFTPLIST: 0,5\r\nworld";
    check(&list(), LINE, &whole(data), Ok(data.to_vec()));
}

/// URCs that the module held back during data mode follow the result.
#[test]
fn urcs_after_the_trailer() {
    let bytes = [
        &whole(b"hello")[..],
        b"\r\n+CEREG: 2\r\n\r\n+QIURC: \"pdpdeact\",1\r\n",
    ]
    .concat();
    let seen = check(&list(), LINE, &bytes, Ok(b"hello".to_vec()));
    let urcs = seen
        .events
        .iter()
        .filter(|event| matches!(event, Event::Urc(_)));
    assert_eq!(urcs.count(), 2);
}

/// A listing over the limit is a failure, and memory stays bounded.
#[test]
fn over_the_limit() {
    let data = vec![b'x'; LISTING_LIMIT + 1];
    for (data, fits) in [(&data[1..], true), (&data[..], false)] {
        let (seen, _) = once(LINE, list().conversation(), whole(data).chunks(4096));
        let answer: Answer = seen.answer.unwrap();
        assert_eq!(answer.outcome == Outcome::Ok, fits);
        assert!(answer.data.len() <= LISTING_LIMIT);
        let read = list().read(answer);
        assert_eq!(read.is_ok(), fits);
        if let Err(failure) = read {
            assert_eq!(failure.name, ErrorName::Failed);
            let text = "QFTPLIST: the listing has more than 2097152 bytes; ";
            assert!(failure.text.starts_with(text), "{failure}");
        }
    }
}

struct Nowhere;

impl PayloadSink for Nowhere {
    fn write(&mut self, _: &[u8]) {}
}

/// A megabyte received byte by byte, with a call of `waiting` after each, takes linear time, also
/// if every line looks like the beginning of an ending.
#[test]
fn long_listings_are_fast() {
    for line in ["-rw-r--r-- 1 0 0 5 Jan 1 2020 name\r\n", "RING\r\n", "\r\n"] {
        let data = line.repeat(1_000_000 / line.len());
        let begun = processor_time();
        let mut channel = Channel::new();
        channel.begin(LINE, list().conversation());
        for byte in whole(data.as_bytes()) {
            channel.receive(&[byte], &mut Nowhere);
            assert_ne!(channel.waiting(), Awaited::Nothing);
        }
        let answer = channel.quiet().unwrap();
        assert_eq!(list().read(answer), Ok(data.into_bytes()));
        // If each byte cost as much as those before it, it would be days.
        let taken = processor_time() - begun;
        assert!(taken < Duration::from_secs(60), "{line:?}: {taken:?}");
    }
}

/// What this thread has had of a processor, however busy the machine is.
fn processor_time() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = statistics.split(' ').next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}

/// The host leaves data mode during a listing: the rest is discarded.
#[test]
fn interrupted() {
    let mut channel = Channel::new();
    channel.begin(LINE, list().conversation());
    go_on(&mut channel, [&wire(b"half", "")[..]]);
    channel.interrupt();
    go_on(&mut channel, [&b"rest\r\nOK\r\n"[..]]);
    assert_eq!(channel.waiting(), Awaited::Result);
    let answer = channel.expire().unwrap();
    assert!(list().read(answer).is_err());
    // The listing is not complete either if the module counted everything it sent.
    channel.begin(LINE, list().conversation());
    go_on(&mut channel, [&wire(b"half", "")[..]]);
    channel.interrupt();
    let seen = go_on(&mut channel, [&b"rest\r\nOK\r\n\r\n+QFTPLIST: 0,8\r\n"[..]]);
    let failure = list().read(seen.answer.unwrap()).unwrap_err();
    assert_eq!(
        failure.text,
        "QFTPLIST: the module counted 8 bytes, 4 were received"
    );
    let wire = whole(b"hello");
    let seen = all_ways(LINE, list().conversation(), &wire);
    assert_eq!(list().read(seen.answer.unwrap()), Ok(b"hello".to_vec()));
}
