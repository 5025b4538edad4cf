//! What is in a file, and how long it is, makes no difference.

use crate::bench::{Bench, payload};
use std::fs;

/// There and back, under the eyes of the server's disk.
#[track_caller]
fn there_and_back(bench: &Bench, what: &str, bytes: &[u8]) {
    bench.local("there", bytes);
    bench.ok(&["put", "there", "file"]);
    assert!(
        bench.remote("file") == bytes,
        "{what}: other bytes at the server"
    );
    bench.ok(&["get", "file", "back"]);
    assert!(
        fs::read(bench.folder.join("back")).unwrap() == bytes,
        "{what}: other bytes back"
    );
}

#[test]
fn every_length_around_the_edges() {
    let bench = Bench::plain();
    for length in [0, 1, 2, 1023, 1024, 1025, 4095, 4096, 4097, 65_536] {
        there_and_back(&bench, &format!("{length} bytes"), &payload(length));
    }
}

#[test]
fn what_a_modem_could_take_for_an_answer() {
    let bench = Bench::plain();
    let traps: [&[u8]; 14] = [
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
    for trap in traps {
        there_and_back(&bench, &String::from_utf8_lossy(trap), trap);
    }
    let all: Vec<u8> = (0..=255).collect();
    there_and_back(&bench, "every byte", &all);
}

#[test]
fn ten_megabytes() {
    let bench = Bench::plain();
    there_and_back(&bench, "10 MB", &payload(10_000_000));
}

#[test]
fn a_line_that_breaks_everything_into_single_bytes() {
    let bench = Bench::with_module(&["--fault", "fragment=1"]);
    there_and_back(&bench, "one byte at a time", &payload(3000));
}

#[test]
fn a_paced_line_with_the_pty_full() {
    let bench = Bench::with_module(&["--baud", "921600"]);
    there_and_back(&bench, "paced", &payload(300_000));
}
