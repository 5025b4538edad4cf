//! Where the host sits: at a pty or at a USB port of this kernel. Either can be pulled out and
//! plugged in again.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::time::Instant;

use nix::poll::PollFlags;

use super::line::Line;
use super::options::Options;
use super::pty::Pty;
use super::usb::Usb;
use crate::port::Port;
use crate::usb::{PRODUCT, VENDOR};

/// One of the two.
pub(super) enum Transport {
    /// A pty, perhaps behind a link; it carries no modem lines.
    Pty {
        /// `None` while unplugged.
        pty: Option<Pty>,
        link: Option<PathBuf>,
        line: Line,
    },
    /// A USB device with modem lines.
    Usb(Box<Usb>),
}

impl Transport {
    /// The transport that the command line asks for, plugged in.
    pub(super) fn new(options: &Options, port: &mut Port) -> io::Result<Self> {
        if options.usb {
            let usb = Usb::new(options.baud.unwrap_or(0))?;
            // Low until the host opens the port.
            port.set_dtr(Instant::now(), false);
            return Ok(Self::Usb(Box::new(usb)));
        }
        Ok(Self::Pty {
            pty: Some(Pty::new(options.link.as_deref())?),
            link: options.link.clone(),
            line: Line::new(options.baud.is_some(), port.condition().line_rate),
        })
    }

    /// Where to find it, for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Pty { pty: Some(pty), .. } => pty.path().display().to_string(),
            Self::Pty { pty: None, .. } => "no pty".to_owned(),
            Self::Usb(_) => format!("usb {VENDOR:04x}:{PRODUCT:04x}"),
        }
    }

    /// Whether the host can see it.
    pub(super) fn is_plugged(&self) -> bool {
        match self {
            Self::Pty { pty, .. } => pty.is_some(),
            Self::Usb(usb) => usb.interest().is_some(),
        }
    }

    /// What to wait for.
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

    /// When a paced byte may go on.
    pub(super) fn deadline(&self, port: &Port) -> Option<Instant> {
        match self {
            Self::Pty { pty, line, .. } => pty.as_ref().and_then(|_| line.deadline(port)),
            Self::Usb(usb) => usb.deadline(),
        }
    }

    /// Carries what can go at `now`. `ready` says what [`Self::interest`] was found to be ready for.
    pub(super) fn carry(
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
            } => line.carry(pty, port, now, ready),
            Self::Pty { pty: None, .. } => Ok(()),
            Self::Usb(usb) => usb.carry(port, now),
        }
    }

    /// Pulls it out; nobody drives DTR then.
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
                *line = Line::new(line.is_paced(), port.condition().line_rate);
                // A pty cannot say what its DTR is: it counts as asserted.
                port.set_dtr(now, true);
                Ok(())
            }
            Self::Usb(usb) => usb.plug(),
        }
    }
}
