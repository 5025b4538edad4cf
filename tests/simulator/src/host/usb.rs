//! The line as a USB device of this kernel: DTR comes in, DCD and DSR go out, and it can be pulled out.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use nix::poll::PollFlags;

use super::pacer::Pacer;
use crate::port::Port;
use crate::usb::{self, Bytes, Socket, Vhci};

/// Serial number of the device.
const SERIAL: &str = "virtual0";

/// A device in its socket, each way at its pace.
pub(super) struct Usb {
    socket: Socket,
    to_module: Pacer,
    to_host: Pacer,
    waiting: Bytes,
}

impl Usb {
    /// Plugs the device in. `rate` paces it as a serial line of so many bits a second, 0 does not.
    pub(super) fn new(rate: u32) -> io::Result<Self> {
        let mut socket = Socket::new(Vhci::default(), SERIAL);
        socket.plug()?;
        Ok(Self {
            socket,
            to_module: Pacer::new(rate),
            to_host: Pacer::new(rate),
            waiting: Bytes::default(),
        })
    }

    /// What to wait for; `None` while it is pulled out.
    pub(super) fn interest(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        let (fd, read, write) = self.socket.interest()?;
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::POLLIN, read);
        flags.set(PollFlags::POLLOUT, write);
        Some((fd, flags))
    }

    /// When a paced byte may go on.
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

    /// Carries what has had the time to pass.
    pub(super) fn carry(&mut self, port: &mut Port, now: Instant) -> io::Result<()> {
        let allowed = Bytes {
            to_module: self.to_module.allowance(now, Some(self.waiting.to_module)),
            to_host: self.to_host.allowance(now, Some(self.waiting.to_host)),
        };
        let mut left = allowed;
        usb::serve(&mut self.socket, port, now, &mut left)?;
        self.waiting = usb::waiting(&mut self.socket, port);
        let settle = |pacer: &mut Pacer, moved, waiting| {
            if waiting == 0 {
                pacer.idle();
            } else if moved > 0 {
                pacer.used(now, moved);
            }
        };
        let (moved, waiting) = (allowed.to_module - left.to_module, self.waiting.to_module);
        settle(&mut self.to_module, moved, waiting);
        let (moved, waiting) = (allowed.to_host - left.to_host, self.waiting.to_host);
        settle(&mut self.to_host, moved, waiting);
        Ok(())
    }

    /// Pulls it out.
    pub(super) fn unplug(&mut self) {
        self.socket.unplug();
        self.waiting = Bytes::default();
    }

    /// Plugs it in again.
    pub(super) fn plug(&mut self) -> io::Result<()> {
        self.socket.plug()
    }
}
