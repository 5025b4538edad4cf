//! Opens local files with the user's own rights and gives their descriptors to the daemon.
//!
//! The daemon accepts regular files and pipes. For anything else (a terminal, a socket, a device)
//! it gets a pipe, and a thread of this process copies.

pub mod sink;
pub mod source;
pub mod staging_file;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt as _;

/// True for what the daemon accepts: regular files and pipes.
fn is_file_or_pipe(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    Ok(kind.is_file() || kind.is_fifo())
}
