//! Encodes and decodes the USB/IP messages between vhci_hcd and a device; lengths are bounded.
//!
//! Format: Linux, Documentation/usb/usbip_protocol.rst. All header fields are big-endian; a header
//! has 48 bytes; the data of an OUT request and of an IN reply follow the header. A BG96 has no
//! isochronous endpoints, so such transfers are an error.

use std::fmt;

/// Size of a USB/IP header in bytes.
const HEADER: usize = 48;

/// Longest transfer in bytes. `option` uses 4096 and usbfs 16384; a much longer one means that the
/// stream is broken.
pub const TRANSFER_MAX: usize = 64 * 1024;

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;

/// The result of a transfer; encoded as a negative errno.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Success,
    /// The request is not supported: a STALL handshake (-EPIPE).
    Stall,
    /// The transfer was cancelled before it completed (-ECONNRESET).
    Unlinked,
}

impl Status {
    /// The encoded number.
    const fn code(self) -> i32 {
        match self {
            Self::Success => 0,
            Self::Stall => -32,
            Self::Unlinked => -104,
        }
    }
}

/// A transfer submitted by the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submit {
    /// The host's sequence number, repeated in the reply.
    pub seqnum: u32,
    /// Endpoint number, 0 to 15.
    pub endpoint: u8,
    /// Direction and data.
    pub transfer: Transfer,
    /// The setup packet; zero except on endpoint 0.
    pub setup: [u8; 8],
}

/// The direction of a transfer with its data or length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transfer {
    /// Device to host, up to this many bytes.
    In(usize),
    /// Host to device, these bytes.
    Out(Vec<u8>),
}

/// A message from the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Submit a transfer.
    Submit(Submit),
    /// Cancel the transfer `victim`.
    Unlink {
        /// The sequence number of this message, repeated in the reply.
        seqnum: u32,
        /// The sequence number of the transfer.
        victim: u32,
    },
}

/// The host's stream is not USB/IP, or uses something that a BG96 does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireError {
    /// Neither CMD_SUBMIT nor CMD_UNLINK.
    UnknownCommand(u32),
    /// Neither 0 (OUT) nor 1 (IN).
    UnknownDirection(u32),
    /// Above 15.
    UnknownEndpoint(u32),
    /// Above 64 KiB.
    TooLong(u32),
    /// Isochronous packets.
    Isochronous(u32),
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCommand(n) => write!(f, "USB/IP command {n:#x} is not known"),
            Self::UnknownDirection(n) => write!(f, "USB/IP direction {n} is neither in nor out"),
            Self::UnknownEndpoint(n) => write!(f, "USB/IP endpoint {n} cannot exist"),
            Self::TooLong(n) => write!(f, "USB/IP transfer of {n} bytes, more than {TRANSFER_MAX}"),
            Self::Isochronous(n) => write!(f, "USB/IP transfer of {n} isochronous packets"),
        }
    }
}

impl std::error::Error for WireError {}

/// Splits the host's byte stream into messages, however it is fragmented.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
}

impl Decoder {
    /// Adds received bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete message, or `None` until more bytes arrive.
    ///
    /// # Errors
    /// [`WireError`]; the stream cannot be decoded any further.
    pub fn next_command(&mut self) -> Result<Option<Command>, WireError> {
        let Some((header, rest)) = self.buffer.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let parsed = Header::parse(header)?;
        let Some(payload) = rest.get(..parsed.payload) else {
            return Ok(None);
        };
        let command = parsed.command(payload);
        self.buffer.drain(..HEADER + parsed.payload);
        Ok(Some(command))
    }
}

/// A validated header.
struct Header {
    seqnum: u32,
    /// Number of data bytes after the header.
    payload: usize,
    kind: HeaderKind,
}

enum HeaderKind {
    Unlink {
        victim: u32,
    },
    Submit {
        endpoint: u8,
        incoming: Option<usize>,
        setup: [u8; 8],
    },
}

impl Header {
    fn parse(bytes: &[u8; HEADER]) -> Result<Self, WireError> {
        let mut words = [0_u32; HEADER / 4];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*chunk);
        }
        let [
            command,
            seqnum,
            _device,
            direction,
            endpoint,
            first,
            length,
            _frame,
            packets,
            _interval,
            setup_high,
            setup_low,
        ] = words;
        match command {
            CMD_UNLINK => Ok(Self {
                seqnum,
                payload: 0,
                kind: HeaderKind::Unlink { victim: first },
            }),
            CMD_SUBMIT => {
                let endpoint = u8::try_from(endpoint)
                    .ok()
                    .filter(|n| *n < 16)
                    .ok_or(WireError::UnknownEndpoint(endpoint))?;
                // A non-isochronous transfer has 0 here with older kernels, all ones with newer
                // ones.
                if packets != 0 && packets != u32::MAX {
                    return Err(WireError::Isochronous(packets));
                }
                let length = usize::try_from(length)
                    .ok()
                    .filter(|n| *n <= TRANSFER_MAX)
                    .ok_or(WireError::TooLong(length))?;
                let (payload, incoming) = match direction {
                    0 => (length, None),
                    1 => (0, Some(length)),
                    other => return Err(WireError::UnknownDirection(other)),
                };
                let setup = ((u64::from(setup_high) << 32) | u64::from(setup_low)).to_be_bytes();
                Ok(Self {
                    seqnum,
                    payload,
                    kind: HeaderKind::Submit {
                        endpoint,
                        incoming,
                        setup,
                    },
                })
            }
            other => Err(WireError::UnknownCommand(other)),
        }
    }

    fn command(&self, payload: &[u8]) -> Command {
        match self.kind {
            HeaderKind::Unlink { victim } => Command::Unlink {
                seqnum: self.seqnum,
                victim,
            },
            HeaderKind::Submit {
                endpoint,
                incoming,
                setup,
            } => Command::Submit(Submit {
                seqnum: self.seqnum,
                endpoint,
                transfer: incoming.map_or_else(|| Transfer::Out(payload.to_vec()), Transfer::In),
                setup,
            }),
        }
    }
}

/// Appends the reply to an IN transfer, with its data.
pub fn encode_in_reply(out: &mut Vec<u8>, seqnum: u32, status: Status, data: &[u8]) {
    encode_header(out, RET_SUBMIT, seqnum, status, data.len());
    out.extend_from_slice(data);
}

/// Appends the reply to an OUT transfer of which `accepted` bytes were accepted.
pub fn encode_out_reply(out: &mut Vec<u8>, seqnum: u32, status: Status, accepted: usize) {
    encode_header(out, RET_SUBMIT, seqnum, status, accepted);
}

/// Appends the reply to an unlink: [`Status::Unlinked`] when the transfer was still pending,
/// [`Status::Success`] when its own reply has already been sent.
pub fn encode_unlink_reply(out: &mut Vec<u8>, seqnum: u32, status: Status) {
    encode_header(out, RET_UNLINK, seqnum, status, 0);
}

fn encode_header(out: &mut Vec<u8>, command: u32, seqnum: u32, status: Status, length: usize) {
    // Transfers are bounded by TRANSFER_MAX, so the length always fits.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let status = u32::from_be_bytes(status.code().to_be_bytes());
    for word in [command, seqnum, 0, 0, 0, status, length, 0, 0, 0, 0, 0] {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests;
