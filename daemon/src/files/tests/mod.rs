//! Local files on a real file system, in a directory of the test's own.

use std::fs::{self, OpenOptions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use tempfile::TempDir;

use super::source::SourceFile;
use super::*;

mod naming;
mod passed;
mod reach;

fn folder() -> (TempDir, Roots) {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots::find(&[folder.path().to_owned()], &[]);
    (folder, roots)
}

fn whole(file: &SourceFile) -> Result<Vec<u8>, Failure> {
    let mut block = Blocks::default().take();
    let length = usize::try_from(file.size()).unwrap();
    let extent = Extent {
        offset: 0,
        length,
        exact: true,
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
fn a_file_below_a_root_is_read() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    fs::write(&path, "content").unwrap();
    let file = SourceFile::at_path(&roots, &path, 0).unwrap();
    assert_eq!(file.size(), 7);
    assert_eq!(whole(&file).unwrap(), b"content");
}

#[test]
fn no_path_leads_out_of_a_root() {
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
        let failure = SourceFile::at_path(&roots, &path, 0).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{failure}");
        assert!(
            failure.text.contains("is not below the configured root"),
            "{failure}"
        );
        let failure = SinkFile::at_path(&roots, &path.parent().unwrap().join("new"));
        // The parent of the link is the root itself, where a file may be created.
        if path != inside.join("link") {
            assert_eq!(failure.unwrap_err().name, ErrorName::LocalDenied);
        }
    }
    assert_eq!(names(outside.path()), [PathBuf::from("secret")]);
    // A link to a file below the same root is followed.
    fs::write(inside.join("a"), "content").unwrap();
    symlink("a", inside.join("b")).unwrap();
    assert!(SourceFile::at_path(&roots, &inside.join("b"), 0).is_ok());
}

#[test]
fn only_regular_files_are_sent() {
    let (folder, roots) = folder();
    let path = folder.path().join("fifo");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    for path in [path, folder.path().to_owned()] {
        let failure = SourceFile::at_path(&roots, &path, 0).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{failure}");
        assert!(failure.text.ends_with("is not a regular file"), "{failure}");
    }
    let failure = SourceFile::at_path(&roots, &folder.path().join("none"), 0).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalNotFound);
    let none = SourceFile::at_path(&Roots::default(), folder.path(), 0).unwrap_err();
    assert!(
        none.text
            .ends_with("may not be reached: no roots are configured")
    );
}

#[test]
fn the_innermost_root_applies() {
    let (folder, _) = folder();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.path().join("a"), "x").unwrap();
    symlink("../a", inner.join("b")).unwrap();
    let roots = Roots::find(&[folder.path().to_owned(), inner.clone()], &[]);
    assert!(SourceFile::at_path(&roots, &inner.join("b"), 0).is_err());
    assert!(SourceFile::at_path(&roots, &folder.path().join("a"), 0).is_ok());
}

#[test]
fn a_source_that_changes_is_reported() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    for (change, how) in [("longer content", "changed"), ("short", "became shorter")] {
        fs::write(&path, "content").unwrap();
        let file = SourceFile::at_path(&roots, &path, 0).unwrap();
        fs::write(&path, change).unwrap();
        let failure = whole(&file).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalChanged);
        assert_eq!(
            failure.text,
            format!("{} {how} while it was being sent", path.display())
        );
    }
    // The same size, with another modification time.
    fs::write(&path, "content").unwrap();
    let file = SourceFile::at_path(&roots, &path, 0).unwrap();
    let writer = OpenOptions::new().write(true).open(&path).unwrap();
    writer.set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(whole(&file).unwrap_err().name, ErrorName::LocalChanged);
}

#[test]
fn a_sink_appears_complete_or_not_at_all() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.truncate(0).unwrap();
    sink.write(0, b"half of the").unwrap();
    // Nothing that somebody could replace.
    assert!(names(folder.path()).is_empty());
    drop(sink);
    assert!(names(folder.path()).is_empty());

    fs::write(&path, "old").unwrap();
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.write(0, b"something longer").unwrap();
    sink.truncate(4).unwrap();
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
fn a_discarded_sink_can_be_received_again() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.write(0, b"half of the").unwrap();
    sink.discard();
    assert!(names(folder.path()).is_empty());
    assert_eq!(sink.commit(false).unwrap_err().name, ErrorName::LocalIo);
    sink.truncate(0).unwrap();
    sink.write(0, b"whole").unwrap();
    sink.commit(false).unwrap();
    sink.discard();
    assert_eq!(fs::read(&path).unwrap(), b"whole");
    assert_eq!(names(folder.path()), [PathBuf::from("a")]);
}

#[test]
fn an_existing_file_is_kept_with_fail_if_exists() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    let failure = sink.commit(true).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalDenied);
    let at_once = SinkFile::check(&roots, &path, true).unwrap_err();
    assert_eq!(at_once, failure);
    assert!(failure.text.ends_with("exists already"), "{failure}");
    drop(sink);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), [PathBuf::from("a")]);
}

#[test]
fn a_sink_replaces_only_files_and_links() {
    let (folder, roots) = folder();
    let path = folder.path().join("d");
    fs::create_dir(&path).unwrap();
    for path in [path.clone(), folder.path().to_owned(), path.join("..")] {
        let failure = SinkFile::at_path(&roots, &path).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{failure}");
    }
    let failure = SinkFile::at_path(&roots, &folder.path().join("none/a")).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalNotFound);
    // A symbolic link is replaced; its target is not changed.
    fs::write(folder.path().join("target"), "kept").unwrap();
    symlink("target", folder.path().join("link")).unwrap();
    let sink = SinkFile::at_path(&roots, &folder.path().join("link")).unwrap();
    sink.write(0, b"new").unwrap();
    sink.commit(false).unwrap();
    assert_eq!(fs::read(folder.path().join("target")).unwrap(), b"kept");
    assert_eq!(fs::read(folder.path().join("link")).unwrap(), b"new");
}

#[test]
fn long_names_are_shortened_in_the_staging_name() {
    let (folder, roots) = folder();
    let path = folder.path().join("ä".repeat(127));
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.commit(false).unwrap();
    assert!(path.exists());
}

#[test]
fn a_full_disk_is_local_io() {
    let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let sink = SinkFile::from_fd(OwnedFd::from(file)).unwrap();
    let failure = sink.write(0, b"x").unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalIo);
    assert!(
        failure.text.ends_with("No space left on device"),
        "{failure}"
    );
}

/// The event loop may learn of a failed write only after it has requested the commit.
#[test]
fn a_sink_with_a_failed_write_is_not_committed() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    let sink = SinkFile::at_path(&roots, &path).unwrap();
    sink.write(0, b"a").unwrap();
    // An offset beyond the limit of every file system.
    let failure = sink.write(u64::MAX >> 1, b"b").unwrap_err();
    assert_eq!(sink.commit(false).unwrap_err(), failure);
    assert!(!path.exists());
    sink.truncate(0).unwrap();
    sink.write(0, b"whole").unwrap();
    sink.commit(false).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"whole");
}
