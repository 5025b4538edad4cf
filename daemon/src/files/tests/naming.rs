//! How a received file gets its name, and that it is the file that was received.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::errno::Errno;

use super::super::staging::StagingFile;
use super::{folder, names};

#[test]
fn a_file_gets_its_name_with_and_without_one_before() {
    for create in [StagingFile::create, StagingFile::create_named] {
        let (folder, roots) = folder();
        let path = folder.path().join("a");
        let place = roots.place(&path).unwrap();
        for (content, replace) in [("first", false), ("second", true)] {
            let staging = create(&place).unwrap();
            (&staging.file).write_all(content.as_bytes()).unwrap();
            staging.publish(&place, replace).unwrap();
            drop(staging);
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(names(folder.path()), [PathBuf::from("a")]);
        }
        let staging = create(&place).unwrap();
        assert_eq!(staging.publish(&place, false), Err(Errno::EEXIST));
        drop(staging);
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(names(folder.path()), [PathBuf::from("a")]);
    }
}

#[test]
fn nobody_else_can_enter_the_directory_of_a_staging_file() {
    let (folder, roots) = folder();
    let place = roots.place(&folder.path().join("a")).unwrap();
    let staging = StagingFile::create_named(&place).unwrap();
    let directory = folder.path().join(&names(folder.path())[0]);
    let mode = fs::metadata(&directory).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // Moved away and replaced, which the owner of the parent directory may do.
    fs::rename(&directory, folder.path().join("moved")).unwrap();
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("file"), "forged").unwrap();
    (&staging.file).write_all(b"received").unwrap();
    staging.publish(&place, true).unwrap();
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"received");
}

#[test]
fn a_commit_that_was_revoked_names_nothing_and_can_be_begun_anew() {
    let (folder, roots) = folder();
    let path = folder.path().join("a");
    let sink = super::SinkFile::at_path(&roots, &path).unwrap();
    sink.write(0, b"content").unwrap();
    assert!(sink.revoke());
    let failure = sink.commit(false).unwrap_err();
    assert_eq!(failure.name, modem_ftp_dbus::ErrorName::Cancelled);
    assert!(!path.exists());
    sink.truncate(0).unwrap();
    sink.write(0, b"anew").unwrap();
    sink.commit(false).unwrap();
    assert!(!sink.revoke());
    assert_eq!(fs::read(&path).unwrap(), b"anew");
}
