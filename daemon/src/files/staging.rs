//! [`StagingFile`]: the file a download is written to before it is committed. It has a staging
//! name, `.NAME.RANDOM.part`, in the directory of its final name.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;
use nix::fcntl::{OFlag, RenameFlags, openat, renameat2};
use nix::sys::stat::Mode;
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::roots::Place;

/// Longest file name of the usual file systems, in bytes.
const NAME_MAX: usize = 255;
/// How many staging names are tried.
const TRIES: usize = 16;

/// A file under its staging name.
#[derive(Debug)]
pub struct StagingFile {
    /// The open file.
    pub file: File,
    name: OsString,
}

impl StagingFile {
    /// Creates one in the directory of `place`.
    ///
    /// # Errors
    /// Those of `openat`; `EEXIST`: every name that was tried exists.
    pub fn create(place: &Place) -> nix::Result<Self> {
        let flags =
            OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
        let mode = Mode::from_bits_truncate(0o640);
        for _ in 0..TRIES {
            let name = staging_name(&place.name)?;
            match openat(&place.directory, name.as_os_str(), flags, mode) {
                Ok(fd) => {
                    let file = fd.into();
                    return Ok(Self { file, name });
                }
                Err(Errno::EEXIST) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Errno::EEXIST)
    }

    /// Renames the file to the name of `place`.
    ///
    /// # Errors
    /// Those of `renameat2`; `EEXIST`: the name exists, and `replace` is false.
    pub fn rename(&self, place: &Place, replace: bool) -> nix::Result<()> {
        let flags = if replace {
            RenameFlags::empty()
        } else {
            RenameFlags::RENAME_NOREPLACE
        };
        let directory = &place.directory;
        let (from, to) = (self.name.as_os_str(), place.name.as_os_str());
        renameat2(directory, from, directory, to, flags)
    }

    /// Deletes the file.
    ///
    /// # Errors
    /// Those of `unlinkat`, with the staging name.
    pub fn delete(&self, place: &Place) -> Result<(), String> {
        let (directory, name) = (&place.directory, self.name.as_os_str());
        unlinkat(directory, name, UnlinkatFlags::NoRemoveDir)
            .map_err(|error| format!("{}: {error}", name.display()))
    }
}

fn staging_name(name: &OsStr) -> nix::Result<OsString> {
    let number = getrandom::u32()
        .map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))?;
    let tail = format!(".{number:08x}.part");
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

/// What [`kept`] returned for the final name that a staging name was made for; `None`: it is not
/// the name of a staging file.
pub fn target_of(staging: &OsStr) -> Option<&OsStr> {
    let rest = staging.as_bytes().strip_prefix(b".")?;
    let rest = rest.strip_suffix(b".part")?;
    let dot = rest.len().checked_sub(9)?;
    let (name, number) = rest.split_at_checked(dot)?;
    let number = number.strip_prefix(b".")?;
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    (!name.is_empty() && number.iter().all(is_digit)).then(|| OsStr::from_bytes(name))
}
