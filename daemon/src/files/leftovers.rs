//! Removes the staging files of downloads that a daemon left which was killed.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::dir::Dir;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{Mode, SFlag, fstatat};
use nix::unistd::{UnlinkatFlags, geteuid, unlinkat};

use super::roots::Roots;
use super::staging::{kept, target_of};

/// Removes the staging files of these files, below the roots.
pub fn remove_leftovers(roots: &Roots, files: &[PathBuf]) {
    let mut directories: HashMap<&Path, Vec<&OsStr>> = HashMap::new();
    for file in files {
        if let (Some(directory), Some(name)) = (file.parent(), file.file_name()) {
            directories.entry(directory).or_default().push(kept(name));
        }
    }
    for names in directories.values_mut() {
        names.sort_unstable();
    }
    for (directory, names) in &directories {
        let Some(name) = names.first() else { continue };
        let removed = remove_in(roots, &directory.join(name), |target| {
            names.binary_search(&target).is_ok()
        });
        match removed {
            Ok(0) => {}
            Ok(count) => tracing::info!(
                "{count} incomplete downloads of an earlier run were removed from {}",
                directory.display()
            ),
            Err(error) => tracing::debug!("{}: {error}", directory.display()),
        }
    }
}

/// Removes the staging files in the directory of a file if `wanted` says so of their final names.
fn remove_in(
    roots: &Roots,
    file: &Path,
    wanted: impl Fn(&OsStr) -> bool,
) -> Result<usize, Box<dyn std::error::Error>> {
    let place = roots.place(file)?;
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut listing = Dir::openat(&place.directory, ".", flags, Mode::empty())?;
    let names: Vec<OsString> = listing
        .iter()
        .flatten()
        .map(|entry| OsStr::from_bytes(entry.file_name().to_bytes()).to_owned())
        .filter(|name| target_of(name).is_some_and(&wanted))
        .collect();
    let mut removed = 0;
    for name in names {
        let stat = fstatat(
            &place.directory,
            name.as_os_str(),
            AtFlags::AT_SYMLINK_NOFOLLOW,
        )?;
        let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
        if kind == SFlag::S_IFREG && stat.st_uid == geteuid().as_raw() {
            unlinkat(
                &place.directory,
                name.as_os_str(),
                UnlinkatFlags::NoRemoveDir,
            )?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::files::OpenFile;

    #[test]
    fn only_staging_files_of_the_given_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let roots = Roots(vec![folder.path().to_owned()]);
        let path = folder.path().join("a.csv");
        // The staging file of a daemon that was killed: never dropped.
        std::mem::forget(OpenFile::sink_at(&roots, &path).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let others = [
            "a.csv",
            ".a.csv.0123456.part",
            ".a.csv.0123456g.part",
            ".b.csv.01234567.part",
            "a.csv.01234567.part",
        ];
        for name in others {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        remove_leftovers(&roots, &[path]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), others.len());
    }
}
