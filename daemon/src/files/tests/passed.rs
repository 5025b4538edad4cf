//! Passed descriptors of files and pipes.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;

use modem_ftp_dbus::ErrorName;

use super::super::pipe::{PipeReader, PipeWriter};
use super::super::*;
use super::{folder, whole};

#[test]
fn a_passed_file_is_used_from_its_file_offset() {
    let (folder, _) = folder();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"head content").unwrap();
    file.seek(SeekFrom::Start(5)).unwrap();
    let file_passed = OpenFile::source_from(file.try_clone().unwrap().into()).unwrap();
    assert_eq!(file_passed.extent(), (Some(7), true));
    let OpenFile::Source(Source::File(source)) = file_passed else {
        panic!("not opened as a regular file");
    };
    assert_eq!(whole(&source).unwrap(), b"content");

    let OpenFile::Sink(Sink::File(sink)) =
        OpenFile::sink_from(file.try_clone().unwrap().into(), folder.path()).unwrap()
    else {
        panic!("not opened as a regular file");
    };
    sink.truncate(0).unwrap();
    sink.write(0, b"new").unwrap();
    sink.commit(false).unwrap();
    assert_eq!(file.stream_position().unwrap(), 8);
    // The file offset, which the caller shares, is after the received bytes.
    file.write_all(b" tail").unwrap();
    file.rewind().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "head new tail");
}

#[test]
fn a_file_opened_with_o_append_gets_a_complete_download_after_what_others_appended() {
    let (folder, _) = folder();
    let path = folder.path().join("log");
    fs::write(&path, "old ").unwrap();
    let open = || OpenOptions::new().append(true).open(&path).unwrap();
    let sink = OpenFile::sink_from(open().into(), folder.path()).unwrap();
    let OpenFile::Sink(Sink::File(sink)) = sink else {
        panic!("not opened as a regular file");
    };
    for attempt in [&b"half"[..], b"whole"] {
        sink.truncate(0).unwrap();
        sink.write(0, attempt).unwrap();
        open().write_all(b"other ").unwrap();
        sink.discard();
    }
    sink.truncate(0).unwrap();
    sink.write(0, b"whole").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old other other ");
    sink.commit(false).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old other other whole");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn unusable_descriptors_are_refused() {
    let (folder, _) = folder();
    let path = folder.path().join("a");
    fs::write(&path, "x").unwrap();
    let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let open_path = nix::fcntl::open(
        &path,
        nix::fcntl::OFlag::O_PATH,
        nix::sys::stat::Mode::empty(),
    );
    let sources: [(OwnedFd, &str); 6] = [
        (socket.into(), "it is a socket"),
        (
            File::open(folder.path()).unwrap().into(),
            "it is a directory",
        ),
        (File::open("/dev/null").unwrap().into(), "it is a device"),
        (
            File::create(&path).unwrap().into(),
            "it is not open for reading",
        ),
        (writer.into(), "it is not open for reading"),
        (open_path.unwrap(), "it is not open for reading or writing"),
    ];
    for (fd, why) in sources {
        let failure = OpenFile::source_from(fd).unwrap_err();
        assert_eq!(failure.name, ErrorName::InvalidArguments);
        assert!(failure.text.ends_with(why), "{failure}");
    }
    for fd in [OwnedFd::from(reader), File::open(&path).unwrap().into()] {
        let failure = OpenFile::sink_from(fd, folder.path()).unwrap_err();
        assert!(
            failure.text.ends_with("it is not open for writing"),
            "{failure}"
        );
    }
}

#[test]
fn pipes_do_not_block() {
    let (mut from, into) = std::io::pipe().unwrap();
    let mut writer = PipeWriter::new(into.into());
    let mut sent = Vec::new();
    let mut stalled = false;
    // Until the caller's pipe is full.
    while !stalled {
        let piece = [u8::try_from(sent.len() % 251).unwrap(); 1000];
        match writer.write(&piece) {
            Ok(count) => sent.extend_from_slice(&piece[..count]),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
                stalled = true;
            }
        }
        assert!(sent.len() < 10_000_000);
    }
    assert!(!writer.is_empty());
    let mut received = vec![0; sent.len()];
    from.read_exact(&mut received[..sent.len() - 1000]).unwrap();
    assert_eq!(writer.write(&[]).unwrap(), 0);
    assert!(writer.is_empty());
    from.read_exact(&mut received[sent.len() - 1000..]).unwrap();
    assert!(received == sent, "bytes were lost, doubled or changed");
    drop(from);
    writer.write(b"x").unwrap();
    let broken = writer.write(b"x").unwrap_err();
    assert_eq!(broken.kind(), std::io::ErrorKind::BrokenPipe);
}

#[test]
fn a_pipe_is_read_to_its_end_and_its_flags_are_left_alone() {
    use nix::fcntl::{FcntlArg, fcntl};
    let (from, mut into) = std::io::pipe().unwrap();
    let flags = fcntl(&from, FcntlArg::F_GETFL).unwrap();
    let mut reader = PipeReader::new(from.try_clone().unwrap().into());
    let mut block = Blocks::default().take();
    let nothing = reader.read(&mut block, 100).unwrap_err();
    assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock);
    into.write_all(b"some bytes").unwrap();
    reader.read(&mut block, 4).unwrap();
    assert_eq!(block.as_slice(), b"some");
    reader.read(&mut block, 100).unwrap();
    assert_eq!(block.as_slice(), b" bytes");
    drop(into);
    reader.read(&mut block, 100).unwrap();
    assert!(block.is_empty());
    assert_eq!(fcntl(&from, FcntlArg::F_GETFL).unwrap(), flags);
}

#[test]
fn a_block_accepts_what_it_has_room_for() {
    let mut block = Blocks::default().take();
    let bytes = vec![7; BLOCK_SIZE + 5];
    assert_eq!(block.append(&bytes[..10]).len(), 0);
    assert_eq!(block.append(&bytes).len(), 15);
    assert!(block.is_full());
    assert_eq!(block.append(&bytes).len(), bytes.len());
}
