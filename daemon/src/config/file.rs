//! Reads the configuration and the files that it names: regular files only, of limited size. Opening
//! never waits for a FIFO's writer, and a device is not opened at all.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, SFlag, fstat};
use zeroize::Zeroizing;

/// So many bytes may be appended to a file while it is read.
const GROWTH: u64 = 4096;

/// Reads a regular file of at most `limit` bytes as text, which is wiped when dropped; also returns
/// its mode.
///
/// # Errors
/// Why not, in words.
pub fn read_text(path: &Path, limit: u64) -> Result<(Zeroizing<String>, u32), String> {
    let file = open_regular(path)?;
    let metadata = file.metadata().map_err(|error| reason(&error))?;
    if metadata.len() > limit {
        return Err(too_long(limit));
    }
    // With enough capacity, the text is not copied to another allocation, which would not be wiped.
    // What is not needed is not reserved, because all of it is wiped.
    let most = limit.min(metadata.len().saturating_add(GROWTH));
    let room = usize::try_from(most).unwrap_or_default().saturating_add(1);
    let mut text = Zeroizing::new(String::with_capacity(room));
    let read = file.take(most + 1).read_to_string(&mut text);
    read.map_err(|error| reason(&error))?;
    if text.len() as u64 > most {
        return Err(too_long(most));
    }
    Ok((text, metadata.mode()))
}

/// Opens a file when it is known to be a regular one.
fn open_regular(path: &Path) -> Result<File, String> {
    let words = |error: Errno| error.desc().to_owned();
    let found = open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()).map_err(words)?;
    let mode = fstat(&found).map_err(words)?.st_mode;
    if SFlag::from_bits_truncate(mode) & SFlag::S_IFMT != SFlag::S_IFREG {
        return Err("not a regular file".to_owned());
    }
    let link = format!("/proc/self/fd/{}", found.as_raw_fd());
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = open(link.as_str(), flags, Mode::empty()).map_err(words)?;
    Ok(file.into())
}

fn too_long(limit: u64) -> String {
    format!("longer than {limit} bytes")
}

/// The error text of the system, without Rust's `(os error 2)`.
fn reason(error: &std::io::Error) -> String {
    error.raw_os_error().map_or_else(
        || error.to_string(),
        |code| Errno::from_raw(code).desc().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_regular_file_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "four").unwrap();
        assert_eq!(read_text(&path, 4).unwrap().0.as_str(), "four");
        assert_eq!(read_text(&path, 3).unwrap_err(), "longer than 3 bytes");
        std::fs::write(&path, [0xff]).unwrap();
        assert!(read_text(&path, 4).unwrap_err().contains("UTF-8"));
        let fifo = folder.path().join("fifo");
        nix::unistd::mkfifo(&fifo, Mode::S_IRWXU).unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [&fifo, &socket, folder.path(), Path::new("/dev/zero")] {
            let failure = read_text(path, 4).unwrap_err();
            assert_eq!(failure, "not a regular file", "{}", path.display());
        }
        let none = read_text(&folder.path().join("none"), 4).unwrap_err();
        assert_eq!(none, "No such file or directory");
    }
}
