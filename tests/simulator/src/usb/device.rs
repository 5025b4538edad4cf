//! The BG96 as a USB device without a kernel: USB/IP bytes in, USB/IP bytes out, and the AT port between.
//!
//! Interface [`AT_INTERFACE`] is the module's AT port. The others are there for the drivers to bind
//! to: they swallow what is written, say nothing, and ring no bell. No thread, clock or descriptor
//! inside.

use super::control::{HostLines, Request};
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

/// How a control request is answered.
enum Answer {
    Data(Vec<u8>),
    Done,
    Stall,
}

impl Device {
    /// A device just plugged in, with this serial number, not configured, all lines low.
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

    /// Takes bytes that the kernel sent.
    ///
    /// # Errors
    /// [`WireError`]: the stream makes no sense; the device can only be unplugged.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        self.decoder.push(bytes);
        while let Some(command) = self.decoder.next_command()? {
            match command {
                Command::Submit(submit) if submit.endpoint == 0 => self.control(submit),
                Command::Submit(submit) => self.transfer(submit),
                Command::Unlink { seqnum, victim } => {
                    let waited = self.pipes.iter_mut().any(|pipes| pipes.unlink(victim));
                    let status = if waited {
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

    /// Bytes for the kernel; call [`Self::sent`] with how many it took.
    #[must_use]
    pub fn replies(&self) -> &[u8] {
        &self.replies
    }

    /// The kernel took the first `count` bytes of [`Self::replies`].
    pub fn sent(&mut self, count: usize) {
        self.replies.drain(..count.min(self.replies.len()));
    }

    /// The next change of the lines that the host drives at the AT port, oldest first: a short
    /// pulse of DTR is two changes, however late it is looked at.
    pub fn poll_lines(&mut self) -> Option<HostLines> {
        self.at_line_changes.pop_front()
    }

    /// Bytes that the host wrote to the AT port; call [`Self::take_written`] with how many the
    /// module took. What is not taken keeps the host waiting.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.at_port().map_or(&[], Pipes::written)
    }

    /// The module took the first `count` bytes of [`Self::written`].
    pub fn take_written(&mut self, count: usize) {
        if let Some(pipes) = self.at_port_mut() {
            pipes.take_written(count);
        }
        self.complete();
    }

    /// Room for bytes of the module to the AT port, bytes.
    #[must_use]
    pub fn room(&self) -> usize {
        self.at_port().map_or(0, Pipes::room)
    }

    /// Writes bytes of the module to the AT port, as many as there is room for; says how many.
    pub fn give(&mut self, bytes: &[u8]) -> usize {
        let count = self.at_port_mut().map_or(0, |pipes| pipes.give(bytes));
        self.complete();
        count
    }

    /// Sets the lines that the module drives at the AT port.
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

    /// Replies to every transfer that is complete.
    fn complete(&mut self) {
        for (interface, pipes) in INTERFACES.iter().zip(&mut self.pipes) {
            pipes.complete(interface.number, &mut self.replies);
        }
    }

    /// A transfer on a bulk or notification endpoint.
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

    /// A request on endpoint 0.
    fn control(&mut self, submit: Submit) {
        let Submit {
            seqnum,
            transfer,
            setup,
            ..
        } = submit;
        let answer = self.answer(Request::parse(setup));
        let out = &mut self.replies;
        match (answer, transfer) {
            (Answer::Stall, _) => wire::encode_in_reply(out, seqnum, Status::Stall, &[]),
            (Answer::Data(mut data), Transfer::In(room)) => {
                data.truncate(room);
                wire::encode_in_reply(out, seqnum, Status::Success, &data);
            }
            (_, Transfer::In(_)) => wire::encode_in_reply(out, seqnum, Status::Success, &[]),
            (_, Transfer::Out(data)) => {
                wire::encode_out_reply(out, seqnum, Status::Success, data.len())
            }
        }
    }

    fn answer(&mut self, request: Request) -> Answer {
        match request {
            Request::Descriptor { kind, index } => {
                descriptors::descriptor(kind, index, &self.serial)
                    .map_or(Answer::Stall, Answer::Data)
            }
            Request::Status => Answer::Data(vec![0, 0]),
            Request::Configuration => Answer::Data(vec![self.configuration]),
            Request::SetConfiguration(number @ 0..=1) => {
                self.configuration = number;
                Answer::Done
            }
            Request::Alternate => Answer::Data(vec![0]),
            Request::SetAlternate(0) | Request::Feature => Answer::Done,
            Request::ControlLines { interface, lines } => {
                if interface == u16::from(AT_INTERFACE) && lines != self.at_lines {
                    self.at_lines = lines;
                    self.at_line_changes.push_back(lines);
                }
                Answer::Done
            }
            Request::SetConfiguration(_) | Request::SetAlternate(_) | Request::Unsupported => {
                Answer::Stall
            }
        }
    }
}

#[cfg(test)]
mod tests;
