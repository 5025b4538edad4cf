//! The spool on a real file system, in a directory of the test's own.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;

use super::*;
use crate::files::{PipeReader, SourceFile};

fn passed(path: &Path, offset: u64) -> SourceFile {
    let mut file = File::open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    SourceFile::from_fd(file.into()).unwrap()
}

fn copy(mut copying: Copying) -> Result<(String, u64), Failure> {
    std::iter::repeat_with(|| copying.step())
        .flatten()
        .next()
        .unwrap()
}

fn files(state: &Path) -> usize {
    fs::read_dir(state.join(DIRECTORY)).map_or(0, Iterator::count)
}

#[test]
fn a_regular_file_is_copied_from_its_offset_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let content: Vec<_> = (0..3_000_000_u32)
        .map(|byte| byte.to_le_bytes()[0])
        .collect();
    fs::write(&path, &content).unwrap();
    let spool = Spool::new(folder.path(), 1 << 30);
    let (name, size) = copy(Copying::new(passed(&path, 7), &spool, 1000).unwrap()).unwrap();
    assert_eq!(size, 2_999_993);
    let (mut file, path) = spool.open(&name).unwrap();
    let mut copied = Vec::new();
    file.read_to_end(&mut copied).unwrap();
    assert!(copied == content[7..]);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let directory = folder.path().join(DIRECTORY).metadata().unwrap();
    assert_eq!(directory.permissions().mode() & 0o777, 0o700);
    spool.remove(&name);
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn nothing_is_left_of_a_copy_that_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, vec![1; 100]).unwrap();
    let spool = Spool::new(folder.path(), 199);
    let failure = Copying::new(passed(&path, 0), &spool, 1000).unwrap_err();
    assert_eq!(failure.name, ErrorName::QueueFull);
    let copying = Copying::new(passed(&path, 0), &spool, 0).unwrap();
    fs::write(&path, vec![2; 100]).unwrap();
    assert_eq!(copy(copying).unwrap_err().name, ErrorName::LocalChanged);
    assert_eq!(files(folder.path()), 0);
    // The room is free again.
    copy(Copying::new(passed(&path, 0), &spool, 0).unwrap()).unwrap();
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::new(folder.path(), 1000);
    let begin = || {
        let (reader, writer) = std::io::pipe().unwrap();
        let copy = PipeCopy::new(PipeReader::new(reader.into()), &spool, 0).unwrap();
        (copy, writer)
    };
    let (copy, mut writer) = begin();
    let PipeStep::Wait(copy, _) = copy.step().unwrap() else {
        panic!("the pipe is empty");
    };
    writer.write_all(b"content").unwrap();
    let PipeStep::Wait(copy, _) = copy.step().unwrap() else {
        panic!("the pipe has a writer");
    };
    drop(writer);
    let PipeStep::End(name, 7) = copy.step().unwrap() else {
        panic!("the pipe has no writer");
    };
    assert_eq!(fs::read(spool.open(&name).unwrap().1).unwrap(), b"content");

    let (copy, mut writer) = begin();
    writer.write_all(&[0; 1000]).unwrap();
    assert_eq!(copy.step().unwrap_err().name, ErrorName::QueueFull);
    assert_eq!(files(folder.path()), 1);
}

#[test]
fn only_so_many_pipes_are_read_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::new(folder.path(), 1000);
    let (reader, _writer) = std::io::pipe().unwrap();
    let begin = || {
        let reader = reader.try_clone().unwrap();
        PipeCopy::new(PipeReader::new(reader.into()), &spool, 0)
    };
    let mut copies: Vec<_> = (0..PIPES).map(|_| begin().unwrap()).collect();
    assert_eq!(begin().unwrap_err().name, ErrorName::QueueFull);
    copies.pop();
    assert!(begin().is_ok());
}

#[test]
fn files_that_no_transfer_refers_to_are_removed_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, vec![1; 60]).unwrap();
    let before = Spool::new(folder.path(), 1000);
    let mut names = (0..2).map(|_| {
        let copying = Copying::new(passed(&path, 0), &before, 1000).unwrap();
        copy(copying).unwrap().0
    });
    let (kept, lost) = (names.next().unwrap(), names.next().unwrap());
    let spool: Arc<Spool> = Spool::new(folder.path(), 200);
    spool.adopt(&HashMap::from([(kept.clone(), 1000)]));
    assert!(spool.open(&kept).is_ok() && spool.open(&lost).is_err());
    let refused = Copying::new(passed(&path, 0), &spool, 1000).unwrap_err();
    assert!(refused.text.contains("60 bytes of uid 1000"), "{refused}");
}

#[test]
fn the_files_of_a_lost_queue_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "content").unwrap();
    let spool = Spool::new(folder.path(), 1000);
    assert_eq!(spool.set_aside("damaged-x"), None);
    let (name, _) = copy(Copying::new(passed(&path, 0), &spool, 0).unwrap()).unwrap();
    let aside = spool.set_aside("damaged-x").unwrap();
    assert_eq!(aside, folder.path().join("spool.damaged-x"));
    assert!(aside.join(name).exists());
    copy(Copying::new(passed(&path, 0), &spool, 0).unwrap()).unwrap();
}
