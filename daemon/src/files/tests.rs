//! Local files against a real file system: everything in a folder of the test's own.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use modem_ftp_core::request::Handle;
use modem_ftp_dbus::ErrorName;
use tempfile::TempDir;

use super::*;

fn folder() -> (TempDir, Roots) {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots(vec![folder.path().to_owned()]);
    (folder, roots)
}

fn whole(file: &SourceFile) -> Result<Vec<u8>, Failure> {
    let mut block = Blocks::default().take();
    let length = usize::try_from(file.size()).unwrap();
    let extent = Extent {
        offset: 0,
        length,
        exact: true,
        last: true,
    };
    file.read(extent, &mut block)?;
    Ok(block.as_slice().to_vec())
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_beneath_a_root_is_read() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    fs::write(&path, "content").unwrap();
    let file = SourceFile::at_path(&roots, &path).unwrap();
    assert_eq!(file.size(), 7);
    assert_eq!(whole(&file).unwrap(), b"content");
}

#[test]
fn nothing_leads_out_of_a_root() {
    let (outside, _) = folder();
    fs::write(outside.path().join("secret"), "x").unwrap();
    let (folder, roots) = folder();
    let inside = folder.path();
    symlink(outside.path().join("secret"), inside.join("link")).unwrap();
    symlink(outside.path(), inside.join("way")).unwrap();
    symlink("/proc/self/root", inside.join("magic")).unwrap();
    let outside_name = outside.path().file_name().unwrap();
    for path in [
        outside.path().join("secret"),
        inside.join("link"),
        inside.join("way/secret"),
        inside.join("magic").join("etc/passwd"),
        inside.join("..").join(outside_name).join("secret"),
        PathBuf::from(format!("{}x/secret", inside.display())),
    ] {
        let failure = SourceFile::at_path(&roots, &path).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{failure}");
        assert!(
            failure.text.contains("is not below the configured root"),
            "{failure}"
        );
        let failure = SinkFile::at_path(&roots, &path.parent().unwrap().join("new"));
        // The link lies in the folder itself: a new file beside it is no harm.
        if path != inside.join("link") {
            assert_eq!(failure.unwrap_err().name, ErrorName::LocalDenied);
        }
    }
    assert_eq!(names(outside.path()), [PathBuf::from("secret")]);
    // A link that stays inside is as good as what it leads to.
    fs::write(inside.join("a"), "content").unwrap();
    symlink("a", inside.join("b")).unwrap();
    assert!(SourceFile::at_path(&roots, &inside.join("b")).is_ok());
}

#[test]
fn only_regular_files_are_sent() {
    let (folder, roots) = folder();
    let path = folder.path().join("fifo");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    for path in [path, folder.path().to_owned()] {
        let failure = SourceFile::at_path(&roots, &path).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{failure}");
        assert!(failure.text.ends_with("is not a regular file"), "{failure}");
    }
    let failure = SourceFile::at_path(&roots, &folder.path().join("none")).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalNotFound);
    let none = SourceFile::at_path(&Roots(Vec::new()), folder.path()).unwrap_err();
    assert!(
        none.text
            .ends_with("may not be reached: no roots are configured")
    );
}

#[test]
fn the_innermost_root_counts() {
    let (folder, _) = folder();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.path().join("a"), "x").unwrap();
    symlink("../a", inner.join("b")).unwrap();
    let roots = Roots(vec![folder.path().to_owned(), inner.clone()]);
    assert!(SourceFile::at_path(&roots, &inner.join("b")).is_err());
    assert!(SourceFile::at_path(&roots, &folder.path().join("a")).is_ok());
}

#[test]
fn a_source_that_changes_is_noticed() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    for (change, how) in [("longer content", "changed"), ("short", "became shorter")] {
        fs::write(&path, "content").unwrap();
        let file = SourceFile::at_path(&roots, &path).unwrap();
        fs::write(&path, change).unwrap();
        let failure = whole(&file).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalChanged);
        assert_eq!(
            failure.text,
            format!("{} {how} while it was being sent", path.display())
        );
    }
    // The same size, but written to since.
    fs::write(&path, "content").unwrap();
    let file = SourceFile::at_path(&roots, &path).unwrap();
    let writer = OpenOptions::new().write(true).open(&path).unwrap();
    writer.set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(whole(&file).unwrap_err().name, ErrorName::LocalChanged);
}

#[test]
fn a_sink_appears_whole_or_not_at_all() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.cut(0).unwrap();
    sink.write(0, b"half of the").unwrap();
    assert!(!path.exists());
    assert_eq!(names(folder.path()).len(), 1);
    drop(sink);
    assert!(names(folder.path()).is_empty());

    fs::write(&path, "old").unwrap();
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.write(0, b"something longer").unwrap();
    sink.cut(4).unwrap();
    sink.write(4, b"where").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    sink.commit(false).unwrap();
    drop(sink);
    assert_eq!(fs::read(&path).unwrap(), b"somewhere");
    assert_eq!(names(folder.path()), [PathBuf::from("a")]);
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode & !0o640, 0, "{mode:o}");
}

#[test]
fn a_discarded_sink_can_be_filled_anew() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.write(0, b"half of the").unwrap();
    sink.discard();
    assert!(names(folder.path()).is_empty());
    assert_eq!(sink.commit(false).unwrap_err().name, ErrorName::LocalIo);
    sink.cut(0).unwrap();
    sink.write(0, b"whole").unwrap();
    sink.commit(false).unwrap();
    sink.discard();
    assert_eq!(fs::read(&path).unwrap(), b"whole");
    assert_eq!(names(folder.path()), [PathBuf::from("a")]);
}

#[test]
fn an_existing_file_is_kept_when_asked() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    let failure = sink.commit(true).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalDenied);
    assert!(failure.text.ends_with("exists already"), "{failure}");
    drop(sink);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), [PathBuf::from("a")]);
}

#[test]
fn a_sink_never_takes_the_place_of_anything_but_a_file() {
    let (folder, roots) = folder();
    let path = folder.path().join("d");
    fs::create_dir(&path).unwrap();
    for path in [path.clone(), folder.path().to_owned(), path.join("..")] {
        let failure = SinkFile::at_path(&roots, &path).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{failure}");
    }
    let failure = SinkFile::at_path(&roots, &folder.path().join("none/a")).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalNotFound);
    // A link is replaced itself; what it leads to is not touched.
    fs::write(folder.path().join("target"), "kept").unwrap();
    symlink("target", folder.path().join("link")).unwrap();
    let sink = SinkFile::at_path(&roots, &folder.path().join("link")).unwrap();
    sink.write(0, b"new").unwrap();
    sink.commit(false).unwrap();
    assert_eq!(fs::read(folder.path().join("target")).unwrap(), b"kept");
    assert_eq!(fs::read(folder.path().join("link")).unwrap(), b"new");
}

#[test]
fn long_names_have_room_for_a_temporary_one() {
    let (folder, roots) = folder();
    let path = folder.path().join("ä".repeat(127));
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.commit(false).unwrap();
    assert!(path.exists());
}

#[test]
fn a_full_disk_is_a_local_failure() {
    let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let sink = SinkFile::from_fd(OwnedFd::from(file), false).unwrap();
    let failure = sink.write(0, b"x").unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalIo);
    assert!(
        failure.text.ends_with("No space left on device"),
        "{failure}"
    );
}

#[test]
fn descriptors_are_taken_from_where_they_stand() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"head content").unwrap();
    file.seek(SeekFrom::Start(5)).unwrap();
    let local = Local::source_from(file.try_clone().unwrap().into()).unwrap();
    let told = local.describe(Handle(1), String::new());
    assert_eq!((told.size, told.rewindable), (Some(7), true));
    let Local::Source(Source::File(source)) = local else {
        panic!("a file is a file");
    };
    assert_eq!(whole(&source).unwrap(), b"content");

    let Local::Sink(Sink::File(sink)) = Local::sink_from(file.try_clone().unwrap().into()).unwrap()
    else {
        panic!("a file is a file");
    };
    sink.cut(0).unwrap();
    sink.write(0, b"new").unwrap();
    sink.commit(false).unwrap();
    // The caller goes on behind what was received.
    file.write_all(b" tail").unwrap();
    file.rewind().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "head new tail");
}

#[test]
fn descriptors_opened_to_append_are_appended_to() {
    let (folder, _) = folder();
    let path = folder.path().join("log");
    fs::write(&path, "old ").unwrap();
    let file = OpenOptions::new().append(true).open(&path).unwrap();
    let Local::Sink(Sink::File(sink)) = Local::sink_from(file.into()).unwrap() else {
        panic!("a file is a file");
    };
    for attempt in [&b"half"[..], b"whole"] {
        sink.cut(0).unwrap();
        sink.write(0, attempt).unwrap();
    }
    assert_eq!(fs::read(&path).unwrap(), b"old whole");
}

#[test]
fn unfit_descriptors_are_refused() {
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
        let failure = Local::source_from(fd).unwrap_err();
        assert_eq!(failure.name, ErrorName::InvalidArguments);
        assert!(failure.text.ends_with(why), "{failure}");
    }
    for fd in [OwnedFd::from(reader), File::open(&path).unwrap().into()] {
        let failure = Local::sink_from(fd).unwrap_err();
        assert!(
            failure.text.ends_with("it is not open for writing"),
            "{failure}"
        );
    }
}

#[test]
fn pipes_are_never_waited_for() {
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
fn a_block_takes_what_it_has_room_for() {
    let mut block = Blocks::default().take();
    let bytes = vec![7; BLOCK_SIZE + 5];
    assert_eq!(block.append(&bytes[..10]).len(), 0);
    assert_eq!(block.append(&bytes).len(), 15);
    assert!(block.is_full());
    assert_eq!(block.append(&bytes).len(), bytes.len());
}
