//! The file offset of the caller's descriptor, which caller and daemon share: an upload leaves it
//! where it was, a download moves it behind what was received (org.example.ModemFtp(5)).

use crate::descriptors::{download, refusal, upload, wait};
use modem_ftp_tests::{Bench, binary, with_default_signals};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};

const START: u64 = 3;

/// A file of ten digits, open for reading and writing, with its offset at [`START`].
fn digits(bench: &Bench) -> File {
    let path = bench.local("digits", b"0123456789");
    let mut file = File::options().read(true).write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(START)).unwrap();
    file
}

fn content(bench: &Bench) -> Vec<u8> {
    fs::read(bench.folder.join("digits")).unwrap()
}

#[test]
fn an_upload_reads_from_the_offset_and_does_not_move_it() {
    let bench = Bench::plain();
    let mut source = digits(&bench);
    // The second upload shows that the first one moved nothing.
    for remote in ["first", "second"] {
        upload(&bench, &source, remote, &wait()).unwrap();
        assert_eq!(bench.remote(remote), b"3456789");
        assert_eq!(source.stream_position().unwrap(), START);
    }
    let mut rest = String::new();
    source.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "3456789");
    assert_eq!(content(&bench), b"0123456789");
}

#[test]
fn an_upload_that_fails_does_not_move_the_offset() {
    let bench = Bench::plain();
    let mut source = digits(&bench);
    let error = upload(&bench, &source, "no/such/folder", &wait());
    assert_eq!(refusal(error), "RemoteRefused");
    assert_eq!(source.stream_position().unwrap(), START);
}

#[test]
fn a_download_is_written_at_the_offset_and_moves_it_to_the_end() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("remote"), b"abcd").unwrap();
    let mut sink = digits(&bench);
    download(&bench, "remote", &sink, &wait()).unwrap();
    assert_eq!(sink.stream_position().unwrap(), START + 4);
    sink.write_all(b"!").unwrap();
    assert_eq!(content(&bench), b"012abcd!");
}

#[test]
fn a_download_is_appended_to_a_file_opened_to_append() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("remote"), b"abcd").unwrap();
    let path = bench.local("digits", b"0123456789");
    let mut sink = File::options().append(true).open(path).unwrap();
    download(&bench, "remote", &sink, &wait()).unwrap();
    assert_eq!(sink.stream_position().unwrap(), 14);
    assert_eq!(content(&bench), b"0123456789abcd");
}

#[test]
fn a_download_that_fails_does_not_move_the_offset() {
    let bench = Bench::plain();
    let mut sink = digits(&bench);
    let error = download(&bench, "missing", &sink, &wait());
    assert_eq!(refusal(error), "RemoteNotFound");
    assert_eq!(sink.stream_position().unwrap(), START);
    assert_eq!(content(&bench)[..3], *b"012");
}

/// The shell's redirections share their offset with everything inside the braces.
#[test]
fn a_shell_can_write_before_and_after_a_download() {
    let bench = Bench::plain();
    fs::write(bench.server.root().join("remote"), b"abcd").unwrap();
    let mut command = with_default_signals("sh");
    command.arg("-euc").arg(
        "{ echo before; \"$0\" --bus \"$1\" get remote -; echo after; } >both
         { head -c 7 >copy; \"$0\" --bus \"$1\" put - rest; } <both",
    );
    command
        .arg(binary("modem-ftp").unwrap())
        .arg(bench.bus.address())
        .current_dir(bench.folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let both = fs::read(bench.folder.join("both")).unwrap();
    assert_eq!(both, b"before\nabcdafter\n");
    assert_eq!(bench.remote("rest"), b"abcdafter\n");
}
