//! Files of every length and content arrive unchanged.

use modem_ftp_tests::{Bench, payload};
use std::fs;

/// Sends a file, compares the file on the server, fetches it and compares again.
#[track_caller]
fn round_trip(bench: &Bench, what: &str, bytes: &[u8]) {
    bench.local("there", bytes);
    bench.ok(&["put", "there", "file"]);
    assert!(
        bench.remote("file") == bytes,
        "{what}: the bytes on the server differ"
    );
    bench.ok(&["get", "file", "back"]);
    assert!(
        fs::read(bench.folder.join("back")).unwrap() == bytes,
        "{what}: the fetched bytes differ"
    );
}

#[test]
fn lengths_at_block_boundaries() {
    let bench = Bench::plain();
    for length in [0, 1, 2, 1023, 1024, 1025, 4095, 4096, 4097, 65_536] {
        round_trip(&bench, &format!("{length} bytes"), &payload(length));
    }
}

#[test]
fn texts_of_the_at_protocol_are_data() {
    let bench = Bench::plain();
    let texts: [&[u8]; 14] = [
        b"OK",
        b"\r\nOK\r\n",
        b"+++",
        b"x\r\n+++\r\n",
        b"\r\nNO CARRIER\r\n",
        b"\r\n+QFTPGET: 0,5\r\n",
        b"\r\n+QFTPPUT: 0,22\r\n",
        b"\r\nOK\r\n\r\n+QFTPGET: 0,26\r\n",
        b"\r\nCONNECT\r\n",
        b"\r\nERROR\r\n\r\n+CME ERROR: 605\r\n",
        b"\r\n+QIURC: \"pdpdeact\",1\r\n\r\nRDY\r\n",
        b"\0\0\0\0",
        b"\x11\x13\x11\x13",
        b"AT+QPOWD\r",
    ];
    for text in texts {
        round_trip(&bench, &String::from_utf8_lossy(text), text);
    }
    let all: Vec<u8> = (0..=255).collect();
    round_trip(&bench, "every byte", &all);
}

#[test]
fn ten_megabytes() {
    let bench = Bench::plain();
    round_trip(&bench, "10 MB", &payload(10_000_000));
}

#[test]
fn a_line_that_delivers_single_bytes() {
    let bench = Bench::with_module(&["--fault", "fragment=1"]);
    round_trip(&bench, "one byte at a time", &payload(3000));
}

#[test]
fn a_paced_line_with_full_buffers() {
    let bench = Bench::with_module(&["--baud", "921600"]);
    round_trip(&bench, "paced", &payload(300_000));
}
