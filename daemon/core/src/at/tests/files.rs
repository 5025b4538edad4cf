//! Files on the module (docs/module/at-file.md).

use super::run::{all_ways, check, check_lines, file, lines, once};
use crate::at::command::file::*;
use crate::at::{Awaited, Cme, Command, Event, Outcome};

const OK: &[u8] = b"\r\nOK\r\n";
const CONNECTED: Event = Event::Connected { announced: None };

#[test]
fn space() {
    let wire = lines(["+QFLDS: 12987840,14483456", "OK"]);
    check_lines(&FreeSpace, "AT+QFLDS=\"UFS\"", &wire, Ok(12_987_840));
    let wire = lines(["+CME ERROR: 419"]);
    check_lines(
        &FreeSpace,
        "AT+QFLDS=\"UFS\"",
        &wire,
        Err("QFLDS: 419 disk info failed"),
    );
}

/// Names with and without quotes and `UFS:` (docs/module/at-file.md §3.2, docs/module/quirks.md
/// F17, U7).
#[test]
fn listing() {
    let stored = |name: &str, size| StoredFile {
        name: name.into(),
        size: Some(size),
    };
    let rows = [
        ("+QFLST: \"test.txt\",1000", "test.txt"),
        ("+QFLST: test.txt,1000", "test.txt"),
        ("+QFLST: \"UFS:test.txt\",1000", "test.txt"),
        ("+QFLST: UFS:test.txt, 1000", "test.txt"),
    ];
    for (text, name) in rows {
        let one = ListStored::one(file("test.txt"));
        let wire = lines([text, "OK"]);
        check_lines(
            &one,
            "AT+QFLST=\"test.txt\"",
            &wire,
            Ok(vec![stored(name, 1000)]),
        );
    }
    let wire = b"\r\n+QFLST: \"test.txt\",1000\r\n+QFLST: \"test1.txt\",550\r\n\r\nOK\r\n";
    let both = vec![stored("test.txt", 1000), stored("test1.txt", 550)];
    check_lines(&ListStored::all(), "AT+QFLST=\"*\"", wire, Ok(both));
    check_lines(&ListStored::all(), "AT+QFLST=\"*\"", OK, Ok(vec![]));
    let none = lines(["+CME ERROR: 405"]);
    check_lines(&ListStored::all(), "AT+QFLST=\"*\"", &none, Ok(vec![]));
    // A row without a size, or without a name, costs nothing but what it lacks.
    let rows = [
        "+QFLST: \"a\"",
        "+QFLST:",
        "+QFLST: ,5",
        "+QFLST: \"b\",x",
        "+QFLST: \"c\",3",
        "OK",
    ];
    let unsized_file = |name: &str| StoredFile {
        name: name.into(),
        size: None,
    };
    let files = vec![unsized_file("a"), unsized_file("b"), stored("c", 3)];
    check_lines(
        &ListStored::all(),
        "AT+QFLST=\"*\"",
        &lines(rows),
        Ok(files),
    );
}

#[test]
fn deletion() {
    let command = DeleteStored {
        name: file("test_ufs.txt"),
    };
    let line = "AT+QFDEL=\"test_ufs.txt\"";
    check_lines(&command, line, OK, Ok(()));
    let wire = lines(["+CME ERROR: 405"]);
    check_lines(
        &command,
        line,
        &wire,
        Err("QFDEL: 405 file not found on the module"),
    );
}

/// Checksums in any case and length (docs/module/at-file.md §3.4, docs/module/quirks.md U8).
#[test]
fn store() {
    let command = Store::new(file("test1.txt"), 10, false);
    let line = "AT+QFUPL=\"test1.txt\",10,60,0";
    for (text, checksum) in [("3938", 0x3938), ("707", 0x707), ("B34A", 0xb34a), ("0", 0)] {
        let wire = lines(["CONNECT", &format!("+QFUPL: 10,{text}"), "OK"]);
        let reply = Summed { size: 10, checksum };
        let seen = check(&command, line, &wire, Ok(reply));
        assert_eq!(seen.events, [CONNECTED]);
    }
    for text in ["10,", "10,12345", "10,xyz", "x,1", "10"] {
        let wire = lines(["CONNECT", &format!("+QFUPL: {text}"), "OK"]);
        check(
            &command,
            line,
            &wire,
            Err("QFUPL: the answer cannot be read"),
        );
    }
    let wire = lines(["+CME ERROR: 407"]);
    let text = "QFUPL: 407 file already exists on the module";
    check_lines(&command, line, &wire, Err(text));
}

/// A CME error instead of OK after the result line (docs/module/quirks.md U1).
#[test]
fn store_that_times_out() {
    let command = Store::new(file("test1.txt"), 4000, false);
    let line = "AT+QFUPL=\"test1.txt\",4000,60,0";
    let wire = lines(["CONNECT", "+QFUPL: 1939,4f64", "+CME ERROR: 421"]);
    let text = "QFUPL: 421 timeout, fewer bytes received than announced";
    let answer = check(&command, line, &wire, Err(text)).answer.unwrap();
    assert_eq!(answer.outcome, Outcome::Cme(Cme::Number(421)));
    assert_eq!(answer.result.as_deref(), Some("1939,4f64"));
}

/// ACK mode: an `A` after each 1024 bytes, with or without one for the last (docs/module/at-file.md
/// §3.4).
#[test]
fn store_with_acknowledgement() {
    let command = Store::new(file("test1.txt"), 2048, true);
    let line = "AT+QFUPL=\"test1.txt\",2048,60,1";
    let reply = Summed {
        size: 2048,
        checksum: 0xb34a,
    };
    for count in 0..=2 {
        let acks = "A".repeat(count);
        let wire = format!("\r\nCONNECT\r\n{acks}\r\n+QFUPL: 2048,B34A\r\n\r\nOK\r\n");
        let seen = check(&command, line, wire.as_bytes(), Ok(reply));
        assert_eq!(seen.events[0], CONNECTED);
        assert_eq!(seen.events[1..], vec![Event::Acknowledged; count]);
    }
    // Without ACK mode an A is the beginning of a line.
    let plain = Store::new(file("test1.txt"), 2048, false);
    let wire = b"\r\nCONNECT\r\nAAA\r\n\r\n+QFUPL: 2048,B34A\r\n\r\nOK\r\n";
    let seen = all_ways("AT", plain.conversation(), wire);
    assert_eq!(seen.events, [CONNECTED, Event::Unexpected("AAA".into())]);
}

/// docs/module/at-file.md §3.5.
#[test]
fn read_whole() {
    let command = ReadStored::new(file("test1.txt"), 10);
    let line = "AT+QFDWL=\"test1.txt\"";
    let wire = b"\r\nCONNECT\r\n1234567890\r\n+QFDWL: 10,3938\r\n\r\nOK\r\n";
    let reply = Summed {
        size: 10,
        checksum: 0x3938,
    };
    let seen = check(&command, line, wire, Ok(reply));
    assert_eq!(seen.data, b"1234567890");
    let wire = b"\r\nCONNECT\r\n\r\nOK\r\nabcd\r\n+QFDWL: 10,3938\r\n\r\nOK\r\n";
    assert_eq!(
        check(&command, line, wire, Ok(reply)).data,
        b"\r\nOK\r\nabcd"
    );
}

/// The module's count must equal the number of bytes received.
#[test]
fn read_whole_with_another_count() {
    let command = ReadStored::new(file("f"), 5);
    let wire = b"\r\nCONNECT\r\n12345\r\n+QFDWL: 4,3938\r\n\r\nOK\r\n";
    check(
        &command,
        "AT+QFDWL=\"f\"",
        wire,
        Err("QFDWL: the answer cannot be read"),
    );
}

/// The file is shorter than announced, or an error occurs while it is read.
#[test]
fn read_whole_that_ends_short() {
    let command = ReadStored::new(file("test1.txt"), 100);
    let line = "AT+QFDWL=\"test1.txt\"";
    let wire = b"\r\nCONNECT\r\n12345\r\n+QFDWL: 5,707\r\n\r\nOK\r\n";
    let reply = Summed {
        size: 5,
        checksum: 0x707,
    };
    assert_eq!(check(&command, line, wire, Ok(reply)).data, b"12345");
    let wire = b"\r\nCONNECT\r\n12345\r\n+CME ERROR: 411\r\n";
    let seen = check(&command, line, wire, Err("QFDWL: 411 read failed"));
    assert_eq!(seen.data, b"12345");
}

/// docs/module/at-file.md §3.7–3.10 and 4.
#[test]
fn open_files() {
    let open = OpenStored { name: file("test") };
    let wire = lines(["+QFOPEN: 4294967295", "OK"]);
    check_lines(&open, "AT+QFOPEN=\"test\",2", &wire, Ok(u32::MAX));
    let wire = lines(["+CME ERROR: 413"]);
    check_lines(
        &open,
        "AT+QFOPEN=\"test\",2",
        &wire,
        Err("QFOPEN: 413 too many open files"),
    );

    check_lines(&CloseStored { handle: 0 }, "AT+QFCLOSE=0", OK, Ok(()));

    let wire = b"\r\n+QFOPEN: \"test\",0,0\r\n+QFOPEN: UFS:b,1027,2\r\n\r\nOK\r\n";
    let open = |name: &str, handle| OpenFile {
        name: name.into(),
        handle,
    };
    let files = vec![open("test", 0), open("b", 1027)];
    check_lines(&OpenFiles, "AT+QFOPEN?", wire, Ok(files));
}

/// The announced length may be smaller than requested, and zero (docs/module/at-file.md §3.8).
#[test]
fn read_open() {
    let read = ReadOpen {
        handle: 0,
        length: 10,
    };
    let line = "AT+QFREAD=0,10";
    let announced = |length| Event::Connected {
        announced: Some(length),
    };
    for data in ["1234567890", "12345", "\r\nOK\r\n", "\n", ""] {
        let length = data.len() as u64;
        let wire = format!("\r\nCONNECT {length}\r\n{data}\r\nOK\r\n");
        let seen = check(&read, line, wire.as_bytes(), Ok(length));
        assert_eq!(seen.data, data.as_bytes());
        assert_eq!(seen.events, [announced(length)]);
    }
    check_lines(
        &read,
        line,
        &lines(["+CME ERROR: 402"]),
        Err("QFREAD: 402 read zero byte"),
    );
    // More than requested, and no length at all, cannot be read.
    let text = "QFREAD: the answer cannot be read";
    for wire in ["CONNECT 11\r\n12345678901", "CONNECT 4294967296\r\n1"] {
        let wire = format!("\r\n{wire}");
        let (seen, channel) = once(line, read.conversation(), [wire.as_bytes()]);
        assert!(seen.answer.is_none() && seen.data.is_empty());
        assert!(channel.is_excessive(), "not waited for");
    }
    check(
        &read,
        line,
        b"\r\nCONNECT\r\n1234567890\r\nOK\r\n",
        Err(text),
    );
    check(&read, line, b"\r\nOK\r\n", Err(text));
    // All of the announced length is data.
    let wire = b"\r\nCONNECT 10\r\nabcd\r\nOK\r\n";
    let (seen, channel) = once(line, read.conversation(), [&wire[..]]);
    assert_eq!((seen.answer, channel.waiting()), (None, Awaited::Final));
    // Fewer bytes than announced: silence after OK ends the exchange.
    check(&read, line, b"\r\nCONNECT 10\r\n12345\r\nOK\r\n", Err(text));
}
