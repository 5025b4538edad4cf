//! A pseudo terminal that stays open when the host closes it, and a symbolic link to it that is
//! removed when the pty is dropped.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{BaudRate, SetArg, cfgetospeed, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::{read, ttyname, write};

/// A raw pty with a non-blocking master. The slave is kept open here, so that the master does not
/// get a hangup while no host has the tty open.
#[derive(Debug)]
pub(super) struct Pty {
    master: OwnedFd,
    slave: OwnedFd,
    path: PathBuf,
    link: Option<PathBuf>,
}

impl Pty {
    /// Creates a pty and, if `link` is given, a symbolic link to it.
    pub(super) fn new(link: Option<&Path>) -> io::Result<Self> {
        let pair = openpty(None, None)?;
        let mut raw = tcgetattr(&pair.slave)?;
        cfmakeraw(&mut raw);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &raw)?;
        let flags = OFlag::from_bits_truncate(fcntl(&pair.master, FcntlArg::F_GETFL)?);
        fcntl(&pair.master, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
        let path = ttyname(&pair.slave)?;
        let mut pty = Self {
            master: pair.master,
            slave: pair.slave,
            path,
            link: None,
        };
        if let Some(link) = link {
            replace_link(link, &pty.path)?;
            pty.link = Some(link.to_owned());
        }
        Ok(pty)
    }

    /// The path at which the host opens the tty.
    pub(super) fn path(&self) -> &Path {
        self.link.as_deref().unwrap_or(&self.path)
    }

    /// Reads bytes from the host; 0 if none are available.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        zero_if_blocked(read(&self.master, buffer))
    }

    /// Writes as much as the pty accepts; returns the number of bytes written.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        zero_if_blocked(write(&self.master, bytes))
    }

    /// The rate set by the host, if it is one of AT+IPR's.
    pub(super) fn host_rate(&self) -> Option<u32> {
        let settings = tcgetattr(&self.slave).ok()?;
        Some(match cfgetospeed(&settings) {
            BaudRate::B9600 => 9600,
            BaudRate::B19200 => 19200,
            BaudRate::B38400 => 38400,
            BaudRate::B57600 => 57600,
            BaudRate::B115200 => 115_200,
            BaudRate::B230400 => 230_400,
            BaudRate::B460800 => 460_800,
            BaudRate::B921600 => 921_600,
            _ => return None,
        })
    }
}

fn zero_if_blocked(result: nix::Result<usize>) -> io::Result<usize> {
    match result {
        Err(Errno::EAGAIN | Errno::EINTR) => Ok(0),
        result => Ok(result?),
    }
}

/// Makes `link` point to `target`, atomically. Fails if `link` exists and is not a symbolic link.
fn replace_link(link: &Path, target: &Path) -> io::Result<()> {
    if fs::symlink_metadata(link).is_ok_and(|meta| !meta.is_symlink()) {
        let text = format!("{} exists and is not a symbolic link", link.display());
        return Err(io::Error::new(ErrorKind::AlreadyExists, text));
    }
    let mut name = link.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = PathBuf::from(name);
    symlink(target, &new)?;
    fs::rename(&new, link)
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if let Some(link) = self.link.take()
            && fs::read_link(&link).is_ok_and(|target| target == self.path)
        {
            // An error cannot be reported from here; the stale link is harmless.
            let _ = fs::remove_file(link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pty;

    #[test]
    fn link_is_replaced_and_removed_and_never_overwrites_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("tty");
        let pty = Pty::new(Some(&link)).unwrap();
        assert_eq!(std::fs::read_link(&link).unwrap(), pty.path);
        let second = Pty::new(Some(&link)).unwrap();
        drop(pty);
        assert_eq!(std::fs::read_link(&link).unwrap(), second.path);
        drop(second);
        assert!(std::fs::symlink_metadata(&link).is_err());
        std::fs::write(&link, b"mine").unwrap();
        let error = Pty::new(Some(&link)).unwrap_err().to_string();
        assert!(error.contains("is not a symbolic link"), "{error}");
    }
}
