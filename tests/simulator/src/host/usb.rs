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
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        let next = |pacer: &Pacer, waiting| match waiting {
            0 => None,
            _ => pacer.next(now, Some(waiting)),
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
            to_module: self.to_module.allowance(now),
            to_host: self.to_host.allowance(now),
        };
        let mut left = allowed;
        usb::serve(&mut self.socket, port, now, &mut left)?;
        self.to_module.used(allowed.to_module - left.to_module);
        self.to_host.used(allowed.to_host - left.to_host);
        self.waiting = usb::waiting(&mut self.socket, port);
        if self.waiting.to_module == 0 {
            self.to_module.idle();
        }
        if self.waiting.to_host == 0 {
            self.to_host.idle();
        }
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
