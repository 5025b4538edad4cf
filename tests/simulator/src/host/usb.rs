//! The USB transport: a device attached to this kernel, with modem lines and optional pacing.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use nix::poll::PollFlags;

use super::pacer::Pacer;
use crate::port::Port;
use crate::usb::{self, Attachment, ByteCounts, Vhci};

/// USB serial number of the device.
const SERIAL: &str = "virtual0";

/// An attached device with a pacer for each direction.
pub(super) struct Usb {
    attachment: Attachment,
    to_module: Pacer,
    to_host: Pacer,
    waiting: ByteCounts,
}

impl Usb {
    /// Attaches the device. `rate` paces it like a serial line of so many bit/s; 0 is unpaced.
    pub(super) fn new(rate: u32) -> io::Result<Self> {
        let mut attachment = Attachment::new(Vhci::default(), SERIAL);
        attachment.plug()?;
        Ok(Self {
            attachment,
            to_module: Pacer::new(rate),
            to_host: Pacer::new(rate),
            waiting: ByteCounts::default(),
        })
    }

    /// The descriptor and the poll events to wait for; `None` while it is unplugged.
    pub(super) fn interest(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        let (fd, read, write) = self.attachment.interest()?;
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::POLLIN, read);
        flags.set(PollFlags::POLLOUT, write);
        Some((fd, flags))
    }

    /// When a paced byte may move next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let next = |pacer: &Pacer, waiting| match waiting {
            0 => None,
            _ => pacer.next(Some(waiting)),
        };
        [
            next(&self.to_module, self.waiting.to_module),
            next(&self.to_host, self.waiting.to_host),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Moves the bytes whose transmission time is over.
    pub(super) fn move_bytes(&mut self, port: &mut Port, now: Instant) -> io::Result<()> {
        let allowed = ByteCounts {
            to_module: self.to_module.allowance(now, Some(self.waiting.to_module)),
            to_host: self.to_host.allowance(now, Some(self.waiting.to_host)),
        };
        let mut left = allowed;
        usb::serve(&mut self.attachment, port, now, &mut left)?;
        self.waiting = usb::waiting(&mut self.attachment, port);
        let update = |pacer: &mut Pacer, moved, waiting| {
            if waiting == 0 {
                pacer.idle();
            } else if moved > 0 {
                pacer.used(now, moved);
            }
        };
        let (moved, waiting) = (allowed.to_module - left.to_module, self.waiting.to_module);
        update(&mut self.to_module, moved, waiting);
        let (moved, waiting) = (allowed.to_host - left.to_host, self.waiting.to_host);
        update(&mut self.to_host, moved, waiting);
        Ok(())
    }

    /// Unplugs the device.
    pub(super) fn unplug(&mut self) {
        self.attachment.unplug();
        self.waiting = ByteCounts::default();
    }

    /// Plugs it in again.
    pub(super) fn plug(&mut self) -> io::Result<()> {
        self.attachment.plug()
    }
}
