//! Removes what a daemon that was killed left of its downloads: the private directory of a file that
//! was about to replace another, and the staging files that earlier versions made.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::dir::Dir;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, SFlag, fstatat};
use nix::unistd::{UnlinkatFlags, geteuid, unlinkat};

use super::private_directory::{self, kept, left_of};
use super::roots::{Place, Roots};

/// Removes what was left of downloads to these names in a directory below a root.
pub fn remove_leftovers(roots: &Roots, directory: &Path, names: &[OsString]) {
    let mut names: Vec<_> = names.iter().map(|name| kept(name)).collect();
    names.sort_unstable();
    let Some(name) = names.first() else { return };
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

/// Removes what was left in the directory of a file if `wanted` says so of the final name.
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
        .filter(|name| left_of(name).is_some_and(&wanted))
        .collect();
    let mut removed = 0;
    for name in &names {
        removed += usize::from(remove_one(&place, name)?);
    }
    Ok(removed)
}

/// Removes a file, or a directory with the file in it, that belongs to this user.
fn remove_one(place: &Place, name: &OsStr) -> nix::Result<bool> {
    let stat = fstatat(&place.directory, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    if stat.st_uid != geteuid().as_raw() {
        return Ok(false);
    }
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => unlinkat(&place.directory, name, UnlinkatFlags::NoRemoveDir)?,
        SFlag::S_IFDIR => {
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let directory = openat(&place.directory, name, flags, Mode::empty())?;
            private_directory::remove(&directory, &place.directory, name)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::files::private_directory::{FILE, PrivateDirectory};

    #[test]
    fn only_staging_files_of_the_given_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let roots = Roots::find(&[folder.path().to_owned()], &[]);
        let path = folder.path().join("a.csv");
        // Of a daemon that was killed: never dropped.
        let left = folder.path().join(".a.csv.01234567.part");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(FILE), "x").unwrap();
        fs::write(folder.path().join(".a.csv.89abcdef.part"), "x").unwrap();
        // Of this process, which may be about to rename the file in it.
        let own = PrivateDirectory::make(&roots.place(&path).unwrap()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
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
        remove_leftovers(&roots, folder.path(), &["a.csv".into()]);
        let count = || fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(count(), others.len() + 1);
        drop(own);
        assert_eq!(count(), others.len());
    }
}
