//! [`sync_data`]: the content of a file reaches the disk.

use std::fs::File;
use std::io;

use nix::libc;

/// Syncs the content of a file to the disk. Does nothing on a file system without fsync.
///
/// # Errors
/// Those of `fdatasync`, except that the file system does not support it.
pub fn sync_data(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => Ok(()),
        synced => synced,
    }
}
