//! Joins the USB device to the module: bytes, DTR in, DCD, DSR and RI out, as far as each side is ready.

use super::control::HostLines;
use super::device::Device;
use super::pipes::DeviceLines;
use super::socket::Socket;
use crate::port::Port;
use std::io;
use std::time::Instant;

/// A number of bytes each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Host to module.
    pub to_module: usize,
    /// Module to host.
    pub to_host: usize,
}

/// Moves everything that can move at `now`, at most so much, and takes it off the allowance.
///
/// # Errors
/// As [`Socket::receive`].
pub fn serve(
    socket: &mut Socket,
    port: &mut Port,
    now: Instant,
    allowance: &mut Bytes,
) -> io::Result<()> {
    socket.receive()?;
    let Some(device) = socket.device() else {
        // Nobody drives DTR any more.
        port.set_dtr(now, false);
        return Ok(());
    };
    while let Some(HostLines { dtr, .. }) = device.poll_lines() {
        port.set_dtr(now, dtr);
    }
    while to_module(device, port, now, allowance) | to_host(device, port, now, allowance) {}
    device.set_lines(DeviceLines {
        dcd: port.dcd(),
        dsr: port.condition().running,
        ri: port.ri(),
    });
    // Nothing is received here: it would lie unseen until the kernel sent more.
    socket.send();
    Ok(())
}

/// What could move at once if the allowance were larger.
pub fn waiting(socket: &mut Socket, port: &Port) -> Bytes {
    socket.device().map_or_else(Bytes::default, |device| Bytes {
        to_module: port.wants_input().min(device.written().len()),
        to_host: device.room().min(port.output().len()),
    })
}

/// One piece; false if there is none, or no room, or no allowance.
fn to_module(device: &mut Device, port: &mut Port, now: Instant, allowance: &mut Bytes) -> bool {
    let room = port.wants_input().min(allowance.to_module);
    let written = device.written();
    let piece = written.get(..room).unwrap_or(written);
    let count = piece.len();
    if count > 0 {
        port.input(now, piece);
        device.take_written(count);
        allowance.to_module -= count;
    }
    count > 0
}

/// One piece; false if there is none, or no room, or no allowance.
fn to_host(device: &mut Device, port: &mut Port, now: Instant, allowance: &mut Bytes) -> bool {
    let output = port.output();
    let piece = output.get(..allowance.to_host).unwrap_or(output);
    let count = device.give(piece);
    if count > 0 {
        port.sent(now, count);
        allowance.to_host -= count;
    }
    count > 0
}

#[cfg(test)]
mod tests;
