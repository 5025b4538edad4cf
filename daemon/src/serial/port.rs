//! [`Port`]: one open tty, raw, 8N1, exclusive, never blocking. Opening and closing it does
//! not hang the module up.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::termios::{self, BaudRate, ControlFlags, FlushArg, SetArg};
use serialport::{FlowControl, TTYPort};

use super::ioctl;

/// How a port is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Its path.
    pub device: String,
    /// Bits per second.
    pub baud: u32,
    /// RTS/CTS.
    pub hardware_flow_control: bool,
}

/// An open tty.
#[derive(Debug)]
pub struct Port {
    fd: OwnedFd,
    modem_lines: bool,
}

impl Port {
    /// Opens and configures the tty. DTR and RTS are on afterwards.
    ///
    /// # Errors
    /// What the system says, in words that stand alone.
    pub fn open(setup: &Setup) -> Result<Self, String> {
        let flow_control = if setup.hardware_flow_control {
            FlowControl::Hardware
        } else {
            FlowControl::None
        };
        let builder = serialport::new(&setup.device, setup.baud)
            .flow_control(flow_control)
            .dtr_on_open(true);
        let tty = TTYPort::open(&builder).map_err(|error| error.to_string())?;
        let fd = ioctl::into_fd(tty);
        prepare(fd.as_fd()).map_err(|error| error.desc().to_owned())?;
        let modem_lines = ioctl::has_modem_lines(fd.as_fd());
        Ok(Self { fd, modem_lines })
    }

    /// For the poller; the port stays the owner.
    pub fn raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Whether DTR can be set.
    pub fn has_modem_lines(&self) -> bool {
        self.modem_lines
    }

    /// What has arrived.
    ///
    /// # Errors
    /// `WouldBlock`: nothing yet. `UnexpectedEof` or anything else: the port is gone.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match nix::unistd::read(&self.fd, buffer) {
            // VMIN is 1: nothing to read is EAGAIN, and 0 only ever means hung up.
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => Ok(count),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends as many bytes as the kernel takes.
    ///
    /// # Errors
    /// `WouldBlock`: none. Anything else: the port is gone.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(nix::unistd::write(&self.fd, bytes)?)
    }

    /// Asserts or deasserts DTR.
    ///
    /// # Errors
    /// The port has no modem lines or is gone.
    pub fn set_dtr(&self, on: bool) -> io::Result<()> {
        Ok(ioctl::set_dtr(self.fd.as_fd(), on)?)
    }

    /// Bytes the kernel still holds; always 0 on a pty.
    ///
    /// # Errors
    /// The port is gone.
    pub fn bytes_to_send(&self) -> io::Result<usize> {
        Ok(ioctl::bytes_to_send(self.fd.as_fd())?)
    }

    /// Throws away what was received and not read, and what was written and not sent.
    ///
    /// # Errors
    /// The port is gone.
    pub fn flush(&self) -> io::Result<()> {
        Ok(termios::tcflush(&self.fd, FlushArg::TCIOFLUSH)?)
    }

    /// Changes the rate at once.
    ///
    /// # Errors
    /// `InvalidInput`: no rate of the module. Anything else: the port is gone.
    pub fn set_rate(&self, baud: u32) -> io::Result<()> {
        let rate = baud_rate(baud).ok_or(io::ErrorKind::InvalidInput)?;
        let mut settings = termios::tcgetattr(&self.fd)?;
        termios::cfsetspeed(&mut settings, rate)?;
        Ok(termios::tcsetattr(&self.fd, SetArg::TCSANOW, &settings)?)
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        ioctl::share(self.fd.as_fd());
    }
}

/// What the library does not set: no blocking, and no DTR drop at close (HUPCL), which
/// would end a transfer or worse (docs/module/at-serial.md §5).
fn prepare(fd: BorrowedFd<'_>) -> nix::Result<()> {
    let mut settings = termios::tcgetattr(fd)?;
    settings.control_flags.remove(ControlFlags::HUPCL);
    termios::tcsetattr(fd, SetArg::TCSANOW, &settings)?;
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    match termios::tcflush(fd, FlushArg::TCIFLUSH) {
        // Some adapters cannot; then old bytes are met by the first command.
        Ok(()) | Err(Errno::EINVAL) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The rates of the module (docs/module/at-serial.md §2).
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
