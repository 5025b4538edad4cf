//! The BG96 as a USB device without I/O: processes USB/IP messages of the kernel and bytes of the
//! AT port, and produces USB/IP replies.
//!
//! Interface [`AT_INTERFACE`] is the module's AT port. The other interfaces exist for drivers to
//! bind to: they discard what is written, send nothing and change no modem line. No thread, clock
//! or file descriptor is used here.

use super::control::{ControlRequest, HostLines};
use super::descriptors::{self, AT_INTERFACE, INTERFACES, Interface};
use super::pipes::{DeviceLines, Pipes};
use super::wire::{self, Command, Decoder, Status, Submit, Transfer, WireError};
use std::collections::VecDeque;

/// A BG96 on a USB bus.
#[derive(Debug)]
pub struct Device {
    serial: String,
    decoder: Decoder,
    configuration: u8,
    pipes: [Pipes; INTERFACES.len()],
    at_lines: HostLines,
    at_line_changes: VecDeque<HostLines>,
    replies: Vec<u8>,
}

/// The reply to a control request.
enum ControlReply {
    Data(Vec<u8>),
    Done,
    Stall,
}

impl Device {
    /// A device with this serial number, not configured, all modem lines low.
    #[must_use]
    pub fn new(serial: &str) -> Self {
        Self {
            serial: serial.to_owned(),
            decoder: Decoder::default(),
            configuration: 0,
            pipes: Default::default(),
            at_lines: HostLines::default(),
            at_line_changes: VecDeque::new(),
            replies: Vec::new(),
        }
    }

    /// Processes bytes of the kernel.
    ///
    /// # Errors
    /// [`WireError`]: the stream is invalid from here on; the device can only be
    /// unplugged.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        self.decoder.push(bytes);
        while let Some(command) = self.decoder.next_command()? {
            match command {
                Command::Submit(submit) if submit.endpoint == 0 => self.control(submit),
                Command::Submit(submit) => self.transfer(submit),
                Command::Unlink { seqnum, victim } => {
                    let was_pending = self.pipes.iter_mut().any(|pipes| pipes.unlink(victim));
                    let status = if was_pending {
                        Status::Unlinked
                    } else {
                        Status::Success
                    };
                    wire::encode_unlink_reply(&mut self.replies, seqnum, status);
                }
            }
        }
        self.complete();
        Ok(())
    }

    /// Bytes for the kernel; report with [`Self::sent`] how many were sent.
    #[must_use]
    pub fn replies(&self) -> &[u8] {
        &self.replies
    }

    /// The first `count` bytes of [`Self::replies`] have been sent.
    pub fn sent(&mut self, count: usize) {
        self.replies.drain(..count.min(self.replies.len()));
    }

    /// The next change of the AT port's lines that the host drives, oldest first. Every change is
    /// queued, so that a short DTR pulse is seen as two changes.
    pub fn poll_lines(&mut self) -> Option<HostLines> {
        self.at_line_changes.pop_front()
    }

    /// Bytes that the host wrote to the AT port; report with [`Self::consume_written`] how many the
    /// module accepted. The host's write completes only when all its bytes have been accepted.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.at_port().map_or(&[], Pipes::written)
    }

    /// The module has accepted the first `count` bytes of [`Self::written`].
    pub fn consume_written(&mut self, count: usize) {
        if let Some(pipes) = self.at_port_mut() {
            pipes.consume_written(count);
        }
        self.complete();
    }

    /// Free space for bytes from the module to the host.
    #[must_use]
    pub fn room(&self) -> usize {
        self.at_port().map_or(0, Pipes::room)
    }

    /// Queues bytes for the host as far as there is room; returns how many.
    pub fn queue_to_host(&mut self, bytes: &[u8]) -> usize {
        let count = self
            .at_port_mut()
            .map_or(0, |pipes| pipes.queue_to_host(bytes));
        self.complete();
        count
    }

    /// Sets the AT port's lines that the module drives.
    pub fn set_lines(&mut self, lines: DeviceLines) {
        if let Some(pipes) = self.at_port_mut() {
            pipes.set_lines(lines);
        }
        self.complete();
    }

    fn at_port(&self) -> Option<&Pipes> {
        self.pipes.get(usize::from(AT_INTERFACE))
    }

    fn at_port_mut(&mut self) -> Option<&mut Pipes> {
        self.pipes.get_mut(usize::from(AT_INTERFACE))
    }

    /// Replies to every completed transfer.
    fn complete(&mut self) {
        for (interface, pipes) in INTERFACES.iter().zip(&mut self.pipes) {
            pipes.complete(interface.number, &mut self.replies);
        }
    }

    /// Processes a transfer on a bulk or notification endpoint.
    fn transfer(&mut self, submit: Submit) {
        let Submit {
            seqnum,
            endpoint,
            transfer,
            ..
        } = submit;
        let owner = |owns: fn(&Interface, u8) -> bool| {
            INTERFACES.iter().position(|one| owns(one, endpoint))
        };
        let accepted = match transfer {
            Transfer::Out(data) => {
                let Some(at) = owner(|one, endpoint| one.bulk_out == endpoint) else {
                    return wire::encode_out_reply(&mut self.replies, seqnum, Status::Stall, 0);
                };
                if at != usize::from(AT_INTERFACE) {
                    return wire::encode_out_reply(
                        &mut self.replies,
                        seqnum,
                        Status::Success,
                        data.len(),
                    );
                }
                self.pipes
                    .get_mut(at)
                    .is_some_and(|pipes| pipes.submit_write(seqnum, data))
            }
            Transfer::In(room) => {
                if let Some(at) = owner(|one, endpoint| one.bulk_in == endpoint) {
                    self.pipes
                        .get_mut(at)
                        .is_some_and(|pipes| pipes.submit_read(seqnum, room))
                } else if let Some(at) = owner(|one, endpoint| one.notification == Some(endpoint)) {
                    self.pipes
                        .get_mut(at)
                        .is_some_and(|pipes| pipes.submit_notification(seqnum, room))
                } else {
                    false
                }
            }
        };
        if !accepted {
            wire::encode_in_reply(&mut self.replies, seqnum, Status::Stall, &[]);
        }
    }

    /// Processes a request on endpoint 0.
    fn control(&mut self, submit: Submit) {
        let Submit {
            seqnum,
            transfer,
            setup,
            ..
        } = submit;
        let reply = self.reply_to(ControlRequest::parse(setup));
        let out = &mut self.replies;
        match (reply, transfer) {
            (ControlReply::Stall, _) => wire::encode_in_reply(out, seqnum, Status::Stall, &[]),
            (ControlReply::Data(mut data), Transfer::In(room)) => {
                data.truncate(room);
                wire::encode_in_reply(out, seqnum, Status::Success, &data);
            }
            (_, Transfer::In(_)) => wire::encode_in_reply(out, seqnum, Status::Success, &[]),
            (_, Transfer::Out(data)) => {
                wire::encode_out_reply(out, seqnum, Status::Success, data.len())
            }
        }
    }

    fn reply_to(&mut self, request: ControlRequest) -> ControlReply {
        match request {
            ControlRequest::Descriptor {
                descriptor_type,
                index,
            } => descriptors::descriptor(descriptor_type, index, &self.serial)
                .map_or(ControlReply::Stall, ControlReply::Data),
            ControlRequest::Status => ControlReply::Data(vec![0, 0]),
            ControlRequest::Configuration => ControlReply::Data(vec![self.configuration]),
            ControlRequest::SetConfiguration(number @ 0..=1) => {
                self.configuration = number;
                ControlReply::Done
            }
            ControlRequest::Alternate => ControlReply::Data(vec![0]),
            ControlRequest::SetAlternate(0) | ControlRequest::Feature => ControlReply::Done,
            ControlRequest::ControlLines { interface, lines } => {
                if interface == u16::from(AT_INTERFACE) && lines != self.at_lines {
                    self.at_lines = lines;
                    self.at_line_changes.push_back(lines);
                }
                ControlReply::Done
            }
            ControlRequest::SetConfiguration(_)
            | ControlRequest::SetAlternate(_)
            | ControlRequest::Unsupported => ControlReply::Stall,
        }
    }
}

#[cfg(test)]
mod tests;
