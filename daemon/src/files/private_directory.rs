//! [`PrivateDirectory`]: a directory for one file beside the place of its final name, which no other
//! user can enter. It is called `.NAME.RANDOM.part` and is removed when it is dropped.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, RenameFlags, openat, renameat2};
use nix::sys::stat::{Mode, fstat, fstatat, mkdirat};
use nix::unistd::{UnlinkatFlags, dup, geteuid, linkat, unlinkat};

use super::roots::Place;

/// Longest file name of the usual file systems, in bytes.
const NAME_MAX: usize = 255;
/// How many names are tried.
const TRIES: usize = 16;
/// The name of the file in it.
pub const FILE: &str = "file";

/// The directory.
#[derive(Debug)]
pub struct PrivateDirectory {
    directory: OwnedFd,
    parent: OwnedFd,
    name: OsString,
    /// Whether no other user can enter it.
    is_private: bool,
}

impl PrivateDirectory {
    /// Makes one beside `place`.
    ///
    /// # Errors
    /// Those of `mkdirat` and `openat`; `EEXIST`: every name that was tried exists.
    pub fn make(place: &Place) -> nix::Result<Self> {
        let mut made = Err(Errno::EEXIST);
        for _ in 0..TRIES {
            let name = staging_name(&place.name)?;
            match mkdirat(&place.directory, name.as_os_str(), Mode::S_IRWXU) {
                Ok(()) => {}
                Err(Errno::EEXIST) => continue,
                Err(error) => return Err(error),
            }
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let directory = openat(&place.directory, name.as_os_str(), flags, Mode::empty())?;
            let stat = fstat(&directory)?;
            let is_private = stat.st_uid == geteuid().as_raw() && stat.st_mode & 0o077 == 0;
            made = Ok(Self {
                directory,
                parent: dup(&place.directory)?,
                name,
                is_private,
            });
            // One that is not: somebody has replaced it already, or the file system has no modes.
            if is_private {
                break;
            }
        }
        made
    }

    /// Creates the file.
    ///
    /// # Errors
    /// Those of `openat`.
    pub fn create(&self, mode: Mode) -> nix::Result<File> {
        let flags =
            OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
        Ok(openat(&self.directory, FILE, flags, mode)?.into())
    }

    /// Makes a file that is open under this path of `/proc` the file in it.
    ///
    /// # Errors
    /// Those of `linkat`.
    pub fn link(&self, file: &Path) -> nix::Result<()> {
        let follow = AtFlags::AT_SYMLINK_FOLLOW;
        linkat(AT_FDCWD, file, &self.directory, FILE, follow)
    }

    /// Renames the file in it, which is open as `file`, to the name of `place`.
    ///
    /// # Errors
    /// Those of `renameat2`; `EEXIST`: the name exists, and `replace` is false. `ESTALE`: it is
    /// another file, on a file system where others can enter the directory.
    pub fn rename(&self, file: &File, place: &Place, replace: bool) -> nix::Result<()> {
        if !self.is_private {
            let named = fstatat(&self.directory, FILE, AtFlags::AT_SYMLINK_NOFOLLOW)?;
            let open = fstat(file)?;
            if (open.st_dev, open.st_ino) != (named.st_dev, named.st_ino) {
                return Err(Errno::ESTALE);
            }
        }
        let flags = if replace {
            RenameFlags::empty()
        } else {
            RenameFlags::RENAME_NOREPLACE
        };
        let to = place.name.as_os_str();
        renameat2(&self.directory, FILE, &place.directory, to, flags)
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        let name = self.name.as_os_str();
        let removed = remove(&self.directory, &self.parent, name);
        if let Err(error) = removed
            && error != Errno::ENOENT
        {
            tracing::warn!(
                "the staging directory {} cannot be removed: {error}",
                name.display()
            );
        }
    }
}

/// Removes a directory and the file in it, if it is there.
///
/// # Errors
/// Those of `unlinkat`.
pub fn remove(directory: &OwnedFd, parent: &OwnedFd, name: &OsStr) -> nix::Result<()> {
    match unlinkat(directory, FILE, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => unlinkat(parent, name, UnlinkatFlags::RemoveDir),
        Err(error) => Err(error),
    }
}

/// A number of this process, in the names that it makes.
static RUN: OnceLock<u16> = OnceLock::new();

fn random() -> nix::Result<u16> {
    let number = getrandom::u32()
        .map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))?;
    Ok(u16::try_from(number & 0xffff).unwrap_or_default())
}

fn staging_name(name: &OsStr) -> nix::Result<OsString> {
    let number = random()?;
    let run = *RUN.get_or_init(|| random().unwrap_or_default());
    let tail = format!(".{run:04x}{number:04x}.part");
    let mut staging = OsString::from(".");
    staging.push(kept(name));
    staging.push(tail);
    Ok(staging)
}

/// The part of a final name that its staging name has.
pub fn kept(name: &OsStr) -> &OsStr {
    let room = NAME_MAX - ".".len() - ".01234567.part".len();
    let bytes = name.as_bytes();
    OsStr::from_bytes(bytes.get(..room).unwrap_or(bytes))
}

/// What [`kept`] returned for the final name that another process made a staging name for; `None`:
/// it is no staging name, or one of this process.
pub fn left_of(staging: &OsStr) -> Option<&OsStr> {
    let rest = staging.as_bytes().strip_prefix(b".")?;
    let rest = rest.strip_suffix(b".part")?;
    let dot = rest.len().checked_sub(9)?;
    let (name, number) = rest.split_at_checked(dot)?;
    let number = number.strip_prefix(b".")?;
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if name.is_empty() || !number.iter().all(is_digit) {
        return None;
    }
    let own = RUN.get().map(|run| format!("{run:04x}"));
    let is_own = own.is_some_and(|own| number.starts_with(own.as_bytes()));
    (!is_own).then(|| OsStr::from_bytes(name))
}
