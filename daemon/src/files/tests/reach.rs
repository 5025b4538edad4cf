//! What can be reached through a root whose surroundings change after the configuration was read.

use std::fs;
use std::os::unix::fs::symlink;

use modem_ftp_dbus::ErrorName;
use tempfile::TempDir;

use super::{Roots, SinkFile, SourceFile};

fn root() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("up/root");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("a"), "content").unwrap();
    (folder, root)
}

#[test]
fn another_directory_in_the_place_of_a_root_is_not_used() {
    let swaps: [fn(&std::path::Path, &std::path::Path); 3] = [
        // The root becomes a symbolic link.
        |root, other| {
            fs::rename(root, root.with_extension("old")).unwrap();
            symlink(other, root).unwrap();
        },
        // A directory above it does.
        |root, other| {
            let up = root.parent().unwrap();
            fs::rename(up, up.with_extension("old")).unwrap();
            fs::create_dir(other.join("root")).unwrap();
            fs::write(other.join("root/a"), "x").unwrap();
            symlink(other, up).unwrap();
        },
        // Another directory gets its name.
        |root, other| {
            fs::rename(root, root.with_extension("old")).unwrap();
            fs::rename(other, root).unwrap();
        },
    ];
    for (number, swap) in swaps.into_iter().enumerate() {
        let (folder, root) = root();
        let other = folder.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("a"), "secret").unwrap();
        let roots = Roots::find(std::slice::from_ref(&root), &[]);
        let path = root.join("a");
        assert!(SourceFile::at_path(&roots, &path, 0).is_ok());
        swap(&root, &other);
        for failure in [
            SourceFile::at_path(&roots, &path, 0).unwrap_err(),
            SinkFile::at_path(&roots, &root.join("new")).unwrap_err(),
        ] {
            assert_eq!(failure.name, ErrorName::LocalDenied, "{number}: {failure}");
            assert!(failure.text.contains("Reload"), "{failure}");
        }
        // Reload takes what is there.
        let roots = Roots::find(&[root], &[]);
        assert!(SourceFile::at_path(&roots, &path, 0).is_ok(), "{number}");
    }
}

#[test]
fn a_root_may_be_a_link_before_and_may_come_later() {
    let (folder, root) = root();
    let (link, later) = (folder.path().join("link"), folder.path().join("later"));
    symlink(&root, &link).unwrap();
    let roots = Roots::find(&[link.clone(), later.clone()], &[]);
    assert!(SourceFile::at_path(&roots, &link.join("a"), 0).is_ok());
    let failure = SourceFile::at_path(&roots, &later.join("a"), 0).unwrap_err();
    assert_eq!(failure.name, ErrorName::LocalNotFound);
    fs::create_dir(&later).unwrap();
    fs::write(later.join("a"), "x").unwrap();
    assert!(SourceFile::at_path(&roots, &later.join("a"), 0).is_ok());
}

#[test]
fn a_private_directory_is_not_reached_on_any_way() {
    let (_folder, root) = root();
    let state = root.join("way/state");
    fs::create_dir_all(state.join("spool")).unwrap();
    fs::write(state.join("queue.db"), "x").unwrap();
    fs::write(state.join("spool/a"), "x").unwrap();
    symlink("way/state/queue.db", root.join("link")).unwrap();
    symlink("way/state/spool", root.join("folder")).unwrap();
    let roots = Roots::find(std::slice::from_ref(&root), &[state]);
    for path in [
        "way/state/queue.db",
        "way/state/spool/a",
        "link",
        "folder/a",
    ] {
        let failure = SourceFile::at_path(&roots, &root.join(path), 0).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalDenied, "{path}: {failure}");
        assert!(failure.text.contains("modem-ftpd itself"), "{failure}");
    }
    for path in ["way/state/new", "folder/new", "way/../way/state/queue.db"] {
        let failure = SinkFile::at_path(&roots, &root.join(path)).unwrap_err();
        assert!(failure.text.contains("modem-ftpd itself"), "{failure}");
    }
    assert!(SourceFile::at_path(&roots, &root.join("a"), 0).is_ok());
    assert!(SinkFile::at_path(&roots, &root.join("way/new")).is_ok());
    fs::hard_link(root.join("way/state/queue.db"), root.join("hard")).unwrap();
    let failure = SourceFile::at_path(&roots, &root.join("hard"), 0).unwrap_err();
    assert!(failure.text.contains("modem-ftpd itself"), "{failure}");
    // A root inside it is useless.
    let inside = root.join("way/state/spool");
    let roots = Roots::find(
        std::slice::from_ref(&inside),
        &[root.join("way/state/spool")],
    );
    assert!(SourceFile::at_path(&roots, &inside.join("a"), 0).is_err());
}

/// Their content is made while it is read: their size says nothing, and some have no end.
#[test]
fn files_of_the_kernel_without_a_size_are_refused() {
    for path in ["/proc/self/maps", "/proc/self/pagemap"] {
        let file = fs::File::open(path).unwrap();
        let refused = SourceFile::from_fd(file.into()).unwrap_err();
        assert_eq!(refused.name, ErrorName::LocalDenied, "{refused:?}");
        assert!(refused.text.contains("through a pipe"), "{refused:?}");
    }
    let (folder, root) = root();
    fs::write(root.join("empty"), "").unwrap();
    let empty = fs::File::open(root.join("empty")).unwrap();
    assert_eq!(SourceFile::from_fd(empty.into()).unwrap().size(), 0);
    drop(folder);
}
