//! Checks of passed descriptors: regular file or pipe, opened with the access that is needed.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::failure::io_failure;

/// What a descriptor refers to.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A regular file.
    File,
    /// A pipe or FIFO.
    Pipe,
}

/// What a descriptor must be open for.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// For reading.
    Read,
    /// For writing.
    Write,
}

/// A descriptor that can be used.
#[derive(Debug)]
pub struct Passed {
    /// The descriptor.
    pub fd: OwnedFd,
    /// What it refers to.
    pub kind: Kind,
    /// Whether it was opened with `O_APPEND`.
    pub append: bool,
}

/// Checks a passed descriptor.
///
/// # Errors
/// `InvalidArguments`: neither a regular file nor a pipe, or not open for `access`. `LocalIo`.
pub fn inspect(fd: OwnedFd, access: Access) -> Result<Passed, Failure> {
    let file = File::from(fd);
    let what = "the file that was passed";
    let metadata = file.metadata().map_err(|error| io_failure(what, &error))?;
    let flags = fcntl(&file, FcntlArg::F_GETFL).map_err(|error| io_failure(what, &error.into()))?;
    let flags = OFlag::from_bits_retain(flags);
    if flags.contains(OFlag::O_PATH) {
        return Err(refuse("it is not open for reading or writing"));
    }
    let file_type = metadata.file_type();
    let kind = if file_type.is_file() {
        Kind::File
    } else if file_type.is_fifo() {
        Kind::Pipe
    } else if file_type.is_dir() {
        return Err(refuse("it is a directory"));
    } else if file_type.is_socket() {
        return Err(refuse("it is a socket"));
    } else {
        return Err(refuse("it is a device"));
    };
    let opened_for = flags & OFlag::O_ACCMODE;
    match access {
        Access::Read if opened_for == OFlag::O_WRONLY => {
            return Err(refuse("it is not open for reading"));
        }
        Access::Write if opened_for == OFlag::O_RDONLY => {
            return Err(refuse("it is not open for writing"));
        }
        _ => {}
    }
    Ok(Passed {
        fd: file.into(),
        kind,
        append: flags.contains(OFlag::O_APPEND),
    })
}

fn refuse(why: &str) -> Failure {
    let text =
        format!("the descriptor must be of a regular file or a pipe, open the right way: {why}");
    Failure::new(ErrorName::InvalidArguments, text)
}
