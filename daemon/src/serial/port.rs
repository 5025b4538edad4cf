//! [`Port`]: one open serial port: raw, 8N1, exclusive, non-blocking. Neither opening nor closing
//! it drops DTR.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::termios::{self, BaudRate, ControlFlags, FlushArg, SetArg};
use serialport::{FlowControl, TTYPort};

use super::ioctl;
use super::line_settings::LineSettings;

/// What a port is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSettings {
    /// Path of the tty.
    pub device: String,
    /// Bits per second.
    pub baud: u32,
    /// Whether RTS/CTS flow control is on.
    pub hardware_flow_control: bool,
}

/// Why a port is not opened.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another process has it.
    InUse,
    /// The error of the system.
    Other(String),
}

/// An open serial port.
#[derive(Debug)]
pub struct Port {
    fd: OwnedFd,
    line: LineSettings,
    hardware_flow_control: bool,
    modem_lines: bool,
}

impl Port {
    /// Opens and configures the port. DTR and RTS are asserted afterwards.
    ///
    /// # Errors
    /// Somebody else has it, or the error of the system as a text.
    pub fn open(settings: &PortSettings) -> Result<Self, Refusal> {
        let flow_control = if settings.hardware_flow_control {
            FlowControl::Hardware
        } else {
            FlowControl::None
        };
        let lock = lock(Path::new(&settings.device))?;
        let builder = serialport::new(&settings.device, settings.baud)
            .flow_control(flow_control)
            .dtr_on_open(true)
            .exclusive(false);
        let tty = TTYPort::open(&builder).map_err(|error| Refusal::Other(error.to_string()))?;
        let fd = lock_alone(ioctl::into_fd(tty), lock)?;
        let exclusive = ioctl::begin_exclusive_use(fd.as_fd()).and_then(|()| prepare(fd.as_fd()));
        exclusive.map_err(other)?;
        // As the driver has taken them: a pty, for example, has no parity.
        let line = LineSettings::of(fd.as_fd()).map_err(other)?;
        let modem_lines = ioctl::has_modem_lines(fd.as_fd());
        Ok(Self {
            fd,
            line,
            hardware_flow_control: settings.hardware_flow_control,
            modem_lines,
        })
    }

    /// The descriptor, for the poller.
    pub fn raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Whether the port has modem control lines, so that DTR can be set.
    pub fn has_modem_lines(&self) -> bool {
        self.modem_lines
    }

    /// Reads received bytes.
    ///
    /// # Errors
    /// `WouldBlock`: there are none. `UnexpectedEof` or anything else: the port is gone.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match nix::unistd::read(&self.fd, buffer) {
            // With VMIN = 1 an empty buffer gives EAGAIN; 0 bytes mean that the port was hung up.
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => Ok(count),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes as many bytes as the kernel accepts.
    ///
    /// # Errors
    /// `WouldBlock`: it accepts none. Anything else: the port is gone.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(nix::unistd::write(&self.fd, bytes)?)
    }

    /// Asserts or deasserts DTR.
    ///
    /// # Errors
    /// The port has no modem control lines or is gone.
    pub fn set_dtr(&self, on: bool) -> io::Result<()> {
        Ok(ioctl::set_dtr(self.fd.as_fd(), on)?)
    }

    /// Unsent bytes in the kernel; always 0 on a pty.
    ///
    /// # Errors
    /// The port is gone.
    pub fn bytes_to_send(&self) -> io::Result<usize> {
        Ok(ioctl::bytes_to_send(self.fd.as_fd())?)
    }

    /// Discards received bytes that were not read and written bytes that were not sent.
    ///
    /// # Errors
    /// The port is gone.
    pub fn flush(&self) -> io::Result<()> {
        Ok(termios::tcflush(&self.fd, FlushArg::TCIOFLUSH)?)
    }

    /// Changes the baud rate at once.
    ///
    /// # Errors
    /// `InvalidInput`: the module does not support the rate. Anything else: the port is gone.
    pub fn set_rate(&mut self, baud: u32) -> io::Result<()> {
        let rate = baud_rate(baud).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.line.set_rate(self.fd.as_fd(), rate)?)
    }

    /// Whether written bytes wait in the kernel because the module does not assert CTS.
    ///
    /// # Errors
    /// The port is gone.
    pub fn is_held(&self) -> io::Result<bool> {
        let is_clear = !self.hardware_flow_control || ioctl::has_clear_to_send(self.fd.as_fd());
        Ok(!is_clear && self.bytes_to_send()? > 0)
    }

    /// Sets the port again if another program has changed its settings. What had changed, in the
    /// words of stty(1).
    ///
    /// # Errors
    /// The port is gone.
    pub fn restore_line(&self) -> io::Result<Option<String>> {
        Ok(self.line.restore(self.fd.as_fd())?)
    }
}

impl Drop for Port {
    /// Closing waits until everything written was sent, and for `closing_wait` (30 s) at most: the
    /// event loop would stand still while a module that hangs holds CTS. So what was not sent is
    /// discarded first. That empties the driver's buffer and, by the driver's `flush_buffer`, what a
    /// UART with DMA has taken out of it; what remains is the FIFO, which `close` waits for only as
    /// long as it takes to send. A USB adapter may fill its own buffer again from a transfer under
    /// way; it waits for `closing_wait` as well, which is why that is switched off when the port is
    /// opened, where the driver allows it.
    fn drop(&mut self) {
        let _ = termios::tcflush(&self.fd, FlushArg::TCOFLUSH);
        ioctl::end_exclusive_use(self.fd.as_fd());
    }
}

/// Locks the port, so that the library shares the lock and nobody else has it.
///
/// A library that cannot lock the port ends the exclusive use of the process that has: TIOCNXCL
/// holds for all, and is not refused to root. So the port is locked before the library opens it.
fn lock(device: &Path) -> Result<File, Refusal> {
    let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits())
        .open(device);
    let file = opened.map_err(|error| reason(&error))?;
    file.try_lock().map_err(|error| refusal(&error))?;
    file.try_lock_shared().map_err(|error| refusal(&error))?;
    Ok(file)
}

/// Gives up `lock`, and locks the port that the library has opened against all others.
fn lock_alone(fd: OwnedFd, lock: File) -> Result<OwnedFd, Refusal> {
    drop(lock);
    let port = File::from(fd);
    port.try_lock().map_err(|error| refusal(&error))?;
    Ok(port.into())
}

fn refusal(error: &TryLockError) -> Refusal {
    match error {
        TryLockError::WouldBlock => Refusal::InUse,
        TryLockError::Error(error) => reason(error),
    }
}

/// The error text of the system, without Rust's `(os error 2)`.
fn reason(error: &io::Error) -> Refusal {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(code) => other(code),
        None => Refusal::Other(error.to_string()),
    }
}

fn other(error: Errno) -> Refusal {
    match error {
        Errno::EBUSY => Refusal::InUse,
        error => Refusal::Other(error.desc().to_owned()),
    }
}

/// Sets what the library does not: non-blocking, and HUPCL off. With HUPCL, closing the port would
/// drop DTR, which ends data mode or resets the connection (docs/module/at-serial.md §5).
fn prepare(fd: BorrowedFd<'_>) -> nix::Result<()> {
    let mut termios = termios::tcgetattr(fd)?;
    termios.control_flags.remove(ControlFlags::HUPCL);
    termios::tcsetattr(fd, SetArg::TCSANOW, &termios)?;
    ioctl::close_without_waiting(fd);
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    match termios::tcflush(fd, FlushArg::TCIFLUSH) {
        // Some adapters do not support it: old bytes are then read before the first answer.
        Ok(()) | Err(Errno::EINVAL) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The baud rates of the module (docs/module/at-serial.md §2).
fn baud_rate(baud: u32) -> Option<BaudRate> {
    Some(match baud {
        9600 => BaudRate::B9600,
        19_200 => BaudRate::B19200,
        38_400 => BaudRate::B38400,
        57_600 => BaudRate::B57600,
        115_200 => BaudRate::B115200,
        230_400 => BaudRate::B230400,
        460_800 => BaudRate::B460800,
        921_600 => BaudRate::B921600,
        _ => return None,
    })
}
