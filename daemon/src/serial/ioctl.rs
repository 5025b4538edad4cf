//! The ioctls of a serial port that no library wraps. The only file with `unsafe` code: each call
//! passes a pointer to an `int`, or to a structure of the kernel's layout, on the stack that outlives
//! the call.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};

use nix::libc;

mod raw {
    #![allow(missing_docs)]
    use nix::libc::{self, c_char, c_int, c_uchar, c_uint, c_ulong, c_ushort};

    nix::ioctl_read_bad!(tiocmget, libc::TIOCMGET, c_int);
    nix::ioctl_write_ptr_bad!(tiocmbis, libc::TIOCMBIS, c_int);
    nix::ioctl_write_ptr_bad!(tiocmbic, libc::TIOCMBIC, c_int);
    nix::ioctl_read_bad!(tiocoutq, libc::TIOCOUTQ, c_int);
    nix::ioctl_none_bad!(tiocexcl, libc::TIOCEXCL);
    nix::ioctl_none_bad!(tiocnxcl, libc::TIOCNXCL);
    #[cfg(test)]
    nix::ioctl_read_bad!(tiocgexcl, libc::TIOCGEXCL, c_int);

    /// `struct serial_struct` of linux/serial.h.
    #[repr(C)]
    pub struct SerialStruct {
        pub kind: c_int,
        pub line: c_int,
        pub port: c_uint,
        pub irq: c_int,
        pub flags: c_int,
        pub xmit_fifo_size: c_int,
        pub custom_divisor: c_int,
        pub baud_base: c_int,
        pub close_delay: c_ushort,
        pub io_type: c_char,
        pub reserved_char: c_char,
        pub hub6: c_int,
        pub closing_wait: c_ushort,
        pub closing_wait2: c_ushort,
        pub iomem_base: *mut c_uchar,
        pub iomem_reg_shift: c_ushort,
        pub port_high: c_uint,
        pub iomap_base: c_ulong,
    }

    nix::ioctl_read_bad!(tiocgserial, libc::TIOCGSERIAL, SerialStruct);
    nix::ioctl_write_ptr_bad!(tiocsserial, libc::TIOCSSERIAL, SerialStruct);
}

/// `ASYNC_CLOSING_WAIT_NONE` of linux/serial.h: closing does not wait for unsent bytes.
const CLOSING_WAIT_NONE: libc::c_ushort = 65535;

/// Whether the port has modem control lines: a pty has none (ENOTTY), and some network adapters
/// have none either (EINVAL).
pub fn has_modem_lines(fd: BorrowedFd<'_>) -> bool {
    let mut lines = 0;
    // SAFETY: see the comment at the top of this file.
    unsafe { raw::tiocmget(fd.as_raw_fd(), &raw mut lines) }.is_ok()
}

/// Whether the module asserts CTS. A port without modem control lines always does.
pub fn has_clear_to_send(fd: BorrowedFd<'_>) -> bool {
    let mut lines = 0;
    // SAFETY: see the comment at the top of this file.
    let read = unsafe { raw::tiocmget(fd.as_raw_fd(), &raw mut lines) };
    read.is_err() || lines & libc::TIOCM_CTS != 0
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

/// Closing the port will not wait until unsent bytes were sent. A port that has no such setting (a
/// pty, some USB adapters), or a process that may not change it, changes nothing.
pub fn close_without_waiting(fd: BorrowedFd<'_>) {
    let mut serial = std::mem::MaybeUninit::<raw::SerialStruct>::zeroed();
    // SAFETY: see the comment at the top of this file; every field is an integer or a raw pointer,
    // for which zero is a value, and the kernel fills in the rest.
    unsafe {
        if raw::tiocgserial(fd.as_raw_fd(), serial.as_mut_ptr()).is_err() {
            return;
        }
        let mut serial = serial.assume_init();
        serial.closing_wait = CLOSING_WAIT_NONE;
        let _ = raw::tiocsserial(fd.as_raw_fd(), &raw const serial);
    }
}

/// Keeps other processes than root's from opening the port.
///
/// # Errors
/// EIO: the port is gone.
pub fn begin_exclusive_use(fd: BorrowedFd<'_>) -> nix::Result<()> {
    // SAFETY: takes no argument.
    unsafe { raw::tiocexcl(fd.as_raw_fd()) }.map(drop)
}

/// Lets other processes open the port again: undoes TIOCEXCL, which otherwise stays in force while
/// another process has the port open.
pub fn end_exclusive_use(fd: BorrowedFd<'_>) {
    // SAFETY: takes no argument. A failure means that the port is gone, and the lock with it.
    let _ = unsafe { raw::tiocnxcl(fd.as_raw_fd()) };
}

/// Whether the port is in exclusive use.
#[cfg(test)]
pub fn is_exclusive(fd: BorrowedFd<'_>) -> bool {
    let mut exclusive = 0;
    // SAFETY: see the comment at the top of this file.
    let asked = unsafe { raw::tiocgexcl(fd.as_raw_fd(), &raw mut exclusive) };
    asked.is_ok() && exclusive != 0
}

/// The descriptor of a port that the library has opened and configured.
pub fn into_fd(port: serialport::TTYPort) -> OwnedFd {
    // SAFETY: `into_raw_fd` gives up ownership of the descriptor, so it has no other owner.
    unsafe { OwnedFd::from_raw_fd(port.into_raw_fd()) }
}
