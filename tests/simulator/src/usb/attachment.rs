//! Attaches a [`Device`] to the kernel, detaches it and attaches it again; never blocks.

use super::device::Device;
use super::vhci::Vhci;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

/// Bytes read from the kernel at a time.
const CHUNK: usize = 16 * 1024;

/// While this many bytes of replies wait for the kernel, no more requests are read.
const BACKLOG: usize = 256 * 1024;

/// A device and, while it is plugged in, its connection to the kernel.
#[derive(Debug)]
pub struct Attachment {
    controller: Vhci,
    serial: String,
    plugged: Option<(UnixStream, Device)>,
}

impl Attachment {
    /// An unplugged device with this serial number, to be attached to `controller`.
    #[must_use]
    pub fn new(controller: Vhci, serial: &str) -> Self {
        Self {
            controller,
            serial: serial.to_owned(),
            plugged: None,
        }
    }

    /// Plugs in the device in its initial state; does nothing when it is plugged in already.
    ///
    /// # Errors
    /// As [`Vhci::attach`].
    pub fn plug(&mut self) -> io::Result<()> {
        if self.plugged.is_none() {
            self.plugged = Some((self.controller.attach()?, Device::new(&self.serial)));
        }
        Ok(())
    }

    /// A plugged-in device whose kernel is a test at the other end of `stream`.
    #[cfg(test)]
    pub(super) fn attached_to(stream: UnixStream) -> Self {
        stream.set_nonblocking(true).expect("non-blocking");
        let plugged = Some((stream, Device::new("virtual0")));
        Self {
            controller: Vhci::default(),
            serial: "virtual0".to_owned(),
            plugged,
        }
    }

    /// Unplugs the device, whatever it is doing.
    pub fn unplug(&mut self) {
        self.plugged = None;
    }

    /// The device while it is plugged in.
    pub fn device(&mut self) -> Option<&mut Device> {
        self.plugged.as_mut().map(|(_, device)| device)
    }

    /// The descriptor to poll, whether for reading, whether for writing. `None` while the device is
    /// unplugged.
    #[must_use]
    pub fn interest(&self) -> Option<(BorrowedFd<'_>, bool, bool)> {
        let (stream, device) = self.plugged.as_ref()?;
        let waiting = device.replies().len();
        Some((stream.as_fd(), waiting < BACKLOG, waiting > 0))
    }

    /// Reads once what the kernel has sent. Unplugs the device when the kernel has closed the
    /// connection.
    ///
    /// # Errors
    /// The kernel sent something that is not USB/IP; the device is unplugged then too.
    pub fn receive(&mut self) -> io::Result<()> {
        self.attempt(receive)
    }

    /// Sends the device's replies as far as the kernel accepts them without blocking. Unplugs the
    /// device when the kernel has closed the connection.
    pub fn send(&mut self) {
        // Sending returns no InvalidData; every other error has unplugged the device.
        let _ = self.attempt(send);
    }

    /// Sends or receives, and unplugs the device on an error.
    fn attempt(
        &mut self,
        transfer: fn(&mut UnixStream, &mut Device) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some((stream, device)) = &mut self.plugged else {
            return Ok(());
        };
        transfer(stream, device).or_else(|error| {
            self.plugged = None;
            match error.kind() {
                io::ErrorKind::InvalidData => Err(error),
                _ => Ok(()),
            }
        })
    }
}

fn send(stream: &mut UnixStream, device: &mut Device) -> io::Result<()> {
    while !device.replies().is_empty() {
        match stream.write(device.replies()) {
            Ok(count) => device.sent(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads once; the end of the stream is an error.
fn receive(stream: &mut UnixStream, device: &mut Device) -> io::Result<()> {
    if device.replies().len() >= BACKLOG {
        return Ok(());
    }
    let mut chunk = [0; CHUNK];
    match stream.read(&mut chunk) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(count) => device
            .receive(chunk.get(..count).unwrap_or_default())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugged() -> (Attachment, UnixStream) {
        let (device_end, kernel_end) = UnixStream::pair().expect("a pair");
        (Attachment::attached_to(device_end), kernel_end)
    }

    #[test]
    fn answers_a_request() {
        let (mut attachment, mut kernel) = plugged();
        let mut request = [0; 48];
        request[3] = 1; // CMD_SUBMIT
        request[7] = 5; // number
        request[15] = 1; // IN
        request[27] = 18; // room
        request[40..48].copy_from_slice(&[0x80, 6, 0, 1, 0, 0, 18, 0]);
        kernel.write_all(&request).expect("sent");
        attachment.receive().expect("good");
        assert!(matches!(attachment.interest(), Some((_, true, true))));
        attachment.send();
        let mut reply = [0; 48 + 18];
        kernel.read_exact(&mut reply).expect("answered");
        assert_eq!((reply[7], reply[48]), (5, 18));
        assert!(matches!(attachment.interest(), Some((_, true, false))));
    }

    #[test]
    fn sending_does_not_read_requests() {
        let (mut attachment, mut kernel) = plugged();
        let mut unlink = [0; 48];
        unlink[3] = 2; // CMD_UNLINK
        kernel.write_all(&unlink).expect("sent");
        attachment.send();
        assert!(
            attachment
                .device()
                .expect("plugged in")
                .replies()
                .is_empty()
        );
        attachment.receive().expect("good");
        assert!(
            !attachment
                .device()
                .expect("plugged in")
                .replies()
                .is_empty()
        );
    }

    #[test]
    fn kernel_closing_the_connection_unplugs_the_device() {
        let (mut attachment, kernel) = plugged();
        drop(kernel);
        attachment.receive().expect("not an error");
        assert!(attachment.device().is_none() && attachment.interest().is_none());
    }

    #[test]
    fn invalid_message_is_an_error_and_unplugs_the_device() {
        let (mut attachment, mut kernel) = plugged();
        kernel.write_all(&[0xff; 48]).expect("sent");
        let error = attachment.receive().expect_err("garbage");
        assert!(error.to_string().contains("USB/IP command"), "{error}");
        assert!(attachment.device().is_none());
    }

    #[test]
    fn unplugging_closes_the_connection() {
        let (mut attachment, mut kernel) = plugged();
        attachment.unplug();
        assert_eq!(kernel.read(&mut [0; 1]).expect("end of file"), 0);
    }
}
