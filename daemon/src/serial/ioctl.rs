//! The ioctls of a serial port that no library wraps. The only file with `unsafe` code: each call
//! passes a pointer to an `int` on the stack that outlives the call.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};

use nix::libc;

mod raw {
    #![allow(missing_docs)]
    use nix::libc::{self, c_int};

    nix::ioctl_read_bad!(tiocmget, libc::TIOCMGET, c_int);
    nix::ioctl_write_ptr_bad!(tiocmbis, libc::TIOCMBIS, c_int);
    nix::ioctl_write_ptr_bad!(tiocmbic, libc::TIOCMBIC, c_int);
    nix::ioctl_read_bad!(tiocoutq, libc::TIOCOUTQ, c_int);
    nix::ioctl_none_bad!(tiocnxcl, libc::TIOCNXCL);
}

/// Whether the port has modem control lines: a pty has none (ENOTTY), and some network adapters
/// have none either (EINVAL).
pub fn has_modem_lines(fd: BorrowedFd<'_>) -> bool {
    let mut lines = 0;
    // SAFETY: see the comment at the top of this file.
    unsafe { raw::tiocmget(fd.as_raw_fd(), &raw mut lines) }.is_ok()
}

/// Asserts or deasserts DTR.
///
/// # Errors
/// ENOTTY or EINVAL: the port has no modem control lines; EIO: it is gone.
pub fn set_dtr(fd: BorrowedFd<'_>, on: bool) -> nix::Result<()> {
    let dtr = libc::TIOCM_DTR;
    // SAFETY: see the comment at the top of this file.
    let done = unsafe {
        if on {
            raw::tiocmbis(fd.as_raw_fd(), &raw const dtr)
        } else {
            raw::tiocmbic(fd.as_raw_fd(), &raw const dtr)
        }
    };
    done.map(drop)
}

/// Unsent bytes in the kernel. Always 0 on a pty.
///
/// # Errors
/// EIO: the port is gone.
pub fn bytes_to_send(fd: BorrowedFd<'_>) -> nix::Result<usize> {
    let mut bytes = 0;
    // SAFETY: see the comment at the top of this file.
    unsafe { raw::tiocoutq(fd.as_raw_fd(), &raw mut bytes) }?;
    Ok(usize::try_from(bytes).unwrap_or_default())
}

/// Lets other processes open the port again: undoes TIOCEXCL, which otherwise stays in force while
/// another process has the port open.
pub fn end_exclusive_use(fd: BorrowedFd<'_>) {
    // SAFETY: takes no argument. A failure means that the port is gone, and the lock with it.
    let _ = unsafe { raw::tiocnxcl(fd.as_raw_fd()) };
}

/// The descriptor of a port that the library has opened and configured.
pub fn into_fd(port: serialport::TTYPort) -> OwnedFd {
    // SAFETY: `into_raw_fd` gives up ownership of the descriptor, so it has no other owner.
    unsafe { OwnedFd::from_raw_fd(port.into_raw_fd()) }
}
