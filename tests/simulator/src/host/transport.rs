//! The transport between the module's port and the host: a pty, or a USB device attached to this
//! kernel. Either can be unplugged and plugged in again.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::time::Instant;

use nix::poll::PollFlags;

use super::options::Options;
use super::pty::Pty;
use super::serial_line::SerialLine;
use super::usb::Usb;
use crate::port::Port;
use crate::usb::{PRODUCT, VENDOR};

/// The transport in use.
pub(super) enum Transport {
    /// A pty with an optional symbolic link; it has no modem lines.
    Pty {
        /// `None` while unplugged.
        pty: Option<Pty>,
        link: Option<PathBuf>,
        line: SerialLine,
    },
    /// A USB device with modem lines.
    Usb(Box<Usb>),
}

impl Transport {
    /// The transport that the options ask for, plugged in.
    pub(super) fn new(options: &Options, port: &mut Port) -> io::Result<Self> {
        if options.usb {
            let usb = Usb::new(options.baud.unwrap_or(0))?;
            // DTR is low until the host opens the port.
            port.set_dtr(Instant::now(), false);
            return Ok(Self::Usb(Box::new(usb)));
        }
        Ok(Self::Pty {
            pty: Some(Pty::new(options.link.as_deref())?),
            link: options.link.clone(),
            line: SerialLine::new(options.baud.is_some(), port.condition().line_rate),
        })
    }

    /// Where the host finds the port, for display.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Pty { pty: Some(pty), .. } => pty.path().display().to_string(),
            Self::Pty { pty: None, .. } => "no pty".to_owned(),
            Self::Usb(_) => format!("usb {VENDOR:04x}:{PRODUCT:04x}"),
        }
    }

    /// Whether it is plugged in.
    pub(super) fn is_plugged(&self) -> bool {
        match self {
            Self::Pty { pty, .. } => pty.is_some(),
            Self::Usb(usb) => usb.interest().is_some(),
        }
    }

    /// The descriptor and the poll events to wait for.
    pub(super) fn interest(&self, port: &Port) -> Option<(BorrowedFd<'_>, PollFlags)> {
        match self {
            Self::Pty { pty, line, .. } => {
                let interest = line.interest(port);
                let pty = pty.as_ref().filter(|_| !interest.is_empty())?;
                Some((pty.as_fd(), interest))
            }
            Self::Usb(usb) => usb.interest(),
        }
    }

    /// When a paced byte may move next.
    pub(super) fn deadline(&self, port: &Port) -> Option<Instant> {
        match self {
            Self::Pty { pty, line, .. } => pty.as_ref().and_then(|_| line.deadline(port)),
            Self::Usb(usb) => usb.deadline(),
        }
    }

    /// Moves the bytes that may pass at `now`. `ready` is what `ppoll` reported for
    /// [`Self::interest`].
    pub(super) fn move_bytes(
        &mut self,
        port: &mut Port,
        now: Instant,
        ready: PollFlags,
    ) -> io::Result<()> {
        match self {
            Self::Pty {
                pty: Some(pty),
                line,
                ..
            } => line.move_bytes(pty, port, now, ready),
            Self::Pty { pty: None, .. } => Ok(()),
            Self::Usb(usb) => usb.move_bytes(port, now),
        }
    }

    /// Unplugs it. DTR goes low, as no host drives it any more.
    pub(super) fn unplug(&mut self, port: &mut Port, now: Instant) {
        match self {
            Self::Pty { pty, .. } => *pty = None,
            Self::Usb(usb) => usb.unplug(),
        }
        port.set_dtr(now, false);
    }

    /// Plugs it in again.
    pub(super) fn plug(&mut self, port: &mut Port, now: Instant) -> io::Result<()> {
        match self {
            Self::Pty { pty, link, line } => {
                *pty = Some(Pty::new(link.as_deref())?);
                *line = SerialLine::new(line.is_paced(), port.condition().line_rate);
                // A pty does not report DTR; it is taken as asserted.
                port.set_dtr(now, true);
                Ok(())
            }
            Self::Usb(usb) => usb.plug(),
        }
    }
}
