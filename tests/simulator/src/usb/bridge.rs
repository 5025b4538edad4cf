//! Moves bytes and modem lines between the USB device and the module's port: DTR to the module,
//! DCD, DSR and RI to the host, bytes as far as the receiving side has room.

use super::attachment::Attachment;
use super::control::HostLines;
use super::device::Device;
use super::pipes::DeviceLines;
use crate::port::Port;
use std::io;
use std::time::Instant;

/// A number of bytes for each direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByteCounts {
    /// Host to module.
    pub to_module: usize,
    /// Module to host.
    pub to_host: usize,
}

/// Moves the bytes that can move at `now`, at most `allowance`, and subtracts them from it.
///
/// # Errors
/// As [`Attachment::receive`].
pub fn serve(
    attachment: &mut Attachment,
    port: &mut Port,
    now: Instant,
    allowance: &mut ByteCounts,
) -> io::Result<()> {
    attachment.receive()?;
    let Some(device) = attachment.device() else {
        // An unplugged device sees DTR low.
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
    // No receive() here: what it read would stay unprocessed until the kernel sends more.
    attachment.send();
    Ok(())
}

/// How many bytes could move now if the allowance were larger.
pub fn waiting(attachment: &mut Attachment, port: &Port) -> ByteCounts {
    attachment
        .device()
        .map_or_else(ByteCounts::default, |device| ByteCounts {
            to_module: port.wants_input().min(device.written().len()),
            to_host: device.room().min(port.output().len()),
        })
}

/// Moves one contiguous piece to the module; false if there is none, no room or no allowance.
fn to_module(
    device: &mut Device,
    port: &mut Port,
    now: Instant,
    allowance: &mut ByteCounts,
) -> bool {
    let room = port.wants_input().min(allowance.to_module);
    let written = device.written();
    let piece = written.get(..room).unwrap_or(written);
    let count = piece.len();
    if count > 0 {
        port.input(now, piece);
        device.consume_written(count);
        allowance.to_module -= count;
    }
    count > 0
}

/// Moves one contiguous piece to the host; false if there is none, no room or no allowance.
fn to_host(device: &mut Device, port: &mut Port, now: Instant, allowance: &mut ByteCounts) -> bool {
    let output = port.output();
    let piece = output.get(..allowance.to_host).unwrap_or(output);
    let count = device.queue_to_host(piece);
    if count > 0 {
        port.sent(now, count);
        allowance.to_host -= count;
    }
    count > 0
}

#[cfg(test)]
mod tests;
