//! Joins the USB device to the module: bytes, DTR in, DCD and DSR out, as far as each side is ready.

use super::control::HostLines;
use super::device::Device;
use super::pipes::DeviceLines;
use super::socket::Socket;
use crate::port::Port;
use std::io;
use std::time::Instant;

/// How many bytes may go either way now; what a paced line would let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Host to module, bytes.
    pub to_module: usize,
    /// Module to host, bytes.
    pub to_host: usize,
}

impl Allowance {
    /// As fast as both sides go.
    pub const UNPACED: Self = Self {
        to_module: usize::MAX,
        to_host: usize::MAX,
    };
}

/// Moves everything that can move at `now`, and takes it off the allowance.
///
/// # Errors
/// As [`Socket::exchange`].
pub fn serve(
    socket: &mut Socket,
    port: &mut Port,
    now: Instant,
    allowance: &mut Allowance,
) -> io::Result<()> {
    socket.exchange()?;
    let Some(device) = socket.device() else {
        return Ok(());
    };
    while let Some(HostLines { dtr, .. }) = device.poll_lines() {
        port.set_dtr(now, dtr);
    }
    while to_module(device, port, now, allowance) | to_host(device, port, now, allowance) {}
    device.set_lines(DeviceLines {
        dcd: port.dcd(),
        dsr: port.condition().running,
        ri: false,
    });
    socket.exchange()
}

/// The host's side is gone: its DTR with it.
pub fn cut(socket: &mut Socket, port: &mut Port, now: Instant) {
    socket.unplug();
    port.set_dtr(now, false);
}

/// One piece; false if there is none, or no room, or no allowance.
fn to_module(
    device: &mut Device,
    port: &mut Port,
    now: Instant,
    allowance: &mut Allowance,
) -> bool {
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
fn to_host(device: &mut Device, port: &mut Port, now: Instant, allowance: &mut Allowance) -> bool {
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
