//! A [`Device`] and its place in the kernel: plugged in, pulled out, plugged in again; never blocks.

use super::device::Device;
use super::vhci::Vhci;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

/// Bytes read from the kernel at a time.
const CHUNK: usize = 16 * 1024;

/// While so many bytes of replies wait for the kernel, no more requests are read, bytes.
const BACKLOG: usize = 256 * 1024;

/// A USB socket with the device that belongs in it.
#[derive(Debug)]
pub struct Socket {
    controller: Vhci,
    serial: String,
    plugged: Option<(UnixStream, Device)>,
}

impl Socket {
    /// An empty socket at `controller` for the device with this serial number.
    #[must_use]
    pub fn new(controller: Vhci, serial: &str) -> Self {
        Self {
            controller,
            serial: serial.to_owned(),
            plugged: None,
        }
    }

    /// Plugs the device in, fresh; does nothing when it is in already.
    ///
    /// # Errors
    /// As [`Vhci::attach`].
    pub fn plug(&mut self) -> io::Result<()> {
        if self.plugged.is_none() {
            self.plugged = Some((self.controller.attach()?, Device::new(&self.serial)));
        }
        Ok(())
    }

    /// A socket whose kernel is a test, at the other end of `stream`.
    #[cfg(test)]
    pub(super) fn plugged_into(stream: UnixStream) -> Self {
        stream.set_nonblocking(true).expect("non-blocking");
        let plugged = Some((stream, Device::new("virtual0")));
        Self {
            controller: Vhci::default(),
            serial: "virtual0".to_owned(),
            plugged,
        }
    }

    /// Pulls the device out, whatever it is doing.
    pub fn unplug(&mut self) {
        self.plugged = None;
    }

    /// The device while it is plugged in.
    pub fn device(&mut self) -> Option<&mut Device> {
        self.plugged.as_mut().map(|(_, device)| device)
    }

    /// What to wait for: the descriptor, whether for reading, whether for writing. `None` while the
    /// device is not plugged in.
    #[must_use]
    pub fn interest(&self) -> Option<(BorrowedFd<'_>, bool, bool)> {
        let (stream, device) = self.plugged.as_ref()?;
        let waiting = device.replies().len();
        Some((stream.as_fd(), waiting < BACKLOG, waiting > 0))
    }

    /// Takes what the kernel has sent, one piece of it. When the kernel lets go of the device, it is
    /// pulled out.
    ///
    /// # Errors
    /// The kernel sent what is not USB/IP; the device is pulled out then too.
    pub fn receive(&mut self) -> io::Result<()> {
        self.attempt(receive)
    }

    /// Sends what the device has to say, as far as the kernel takes it without waiting. When the
    /// kernel has let go of the device, it is pulled out.
    pub fn send(&mut self) {
        // What cannot be sent has nobody to be sent to.
        let _ = self.attempt(send);
    }

    /// Does one of the two, and pulls the device out if that shows that nobody holds the other end.
    fn attempt(
        &mut self,
        act: fn(&mut UnixStream, &mut Device) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some((stream, device)) = &mut self.plugged else {
            return Ok(());
        };
        act(stream, device).or_else(|error| {
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

/// One read; the end of the stream is an error.
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

    fn plugged() -> (Socket, UnixStream) {
        let (ours, kernels) = UnixStream::pair().expect("a pair");
        (Socket::plugged_into(ours), kernels)
    }

    #[test]
    fn a_request_is_answered() {
        let (mut socket, mut kernel) = plugged();
        let mut request = [0; 48];
        request[3] = 1; // CMD_SUBMIT
        request[7] = 5; // number
        request[15] = 1; // IN
        request[27] = 18; // room
        request[40..48].copy_from_slice(&[0x80, 6, 0, 1, 0, 0, 18, 0]);
        kernel.write_all(&request).expect("sent");
        socket.receive().expect("good");
        assert!(matches!(socket.interest(), Some((_, true, true))));
        socket.send();
        let mut reply = [0; 48 + 18];
        kernel.read_exact(&mut reply).expect("answered");
        assert_eq!((reply[7], reply[48]), (5, 18));
        assert!(matches!(socket.interest(), Some((_, true, false))));
    }

    #[test]
    fn sending_leaves_what_has_come_for_the_loop_to_see() {
        let (mut socket, mut kernel) = plugged();
        let mut unlink = [0; 48];
        unlink[3] = 2; // CMD_UNLINK
        kernel.write_all(&unlink).expect("sent");
        socket.send();
        assert!(socket.device().expect("plugged in").replies().is_empty());
        socket.receive().expect("good");
        assert!(!socket.device().expect("plugged in").replies().is_empty());
    }

    #[test]
    fn when_the_kernel_lets_go_the_device_is_out() {
        let (mut socket, kernel) = plugged();
        drop(kernel);
        socket.receive().expect("not an error");
        assert!(socket.device().is_none() && socket.interest().is_none());
    }

    #[test]
    fn garbage_is_an_error_and_pulls_the_device_out() {
        let (mut socket, mut kernel) = plugged();
        kernel.write_all(&[0xff; 48]).expect("sent");
        let error = socket.receive().expect_err("garbage");
        assert!(error.to_string().contains("USB/IP command"), "{error}");
        assert!(socket.device().is_none());
    }

    #[test]
    fn pulling_it_out_closes_the_kernels_end() {
        let (mut socket, mut kernel) = plugged();
        socket.unplug();
        assert_eq!(kernel.read(&mut [0; 1]).expect("end of file"), 0);
    }
}
