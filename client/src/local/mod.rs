//! Local files, opened here with the caller's own rights; only descriptors leave.
//!
//! The daemon takes regular files and pipes. Anything else (a terminal, a socket, a
//! device) gets a pipe in between and a thread that copies.

pub mod partial;
pub mod sink;
pub mod source;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt as _;

/// True for what the daemon takes as it is.
fn passes_as_it_is(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    Ok(kind.is_file() || kind.is_fifo())
}
