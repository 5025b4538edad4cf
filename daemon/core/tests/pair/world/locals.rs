//! Local files in memory: sources that are regular files or pipes, sinks that may fail, the pump.

use std::collections::{BTreeMap, BTreeSet};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalFile};
use modem_ftp_core::api::payload_sink::PayloadSink as Payload;
use modem_ftp_dbus::errors::ErrorName;

/// A source to be sent.
#[derive(Clone, Debug, Default)]
pub struct SourcePlan {
    /// What is in it (so far, for a pipe).
    pub bytes: Vec<u8>,
    /// A pipe: no length, not to be read twice.
    pub pipe: bool,
    /// A pipe whose writer has not closed it.
    pub open: bool,
    /// It tells this size instead of its own.
    pub told: Option<u64>,
    /// Reading fails at this offset.
    pub fails_at: Option<usize>,
}

/// A sink to be filled.
#[derive(Clone, Debug, Default)]
pub struct SinkPlan {
    /// A pipe: what was written stays written.
    pub pipe: bool,
    /// Writing fails at this offset.
    pub fails_at: Option<usize>,
    /// Its final name exists already, with this content.
    pub existing: Option<Vec<u8>>,
}

/// A source as the shell holds it.
struct Source {
    plan: SourcePlan,
    /// Line ends become CR LF on the way.
    text: bool,
    /// Its bytes as they are on the way.
    wire: Vec<u8>,
    read: usize,
}

/// Line ends as RFC 959 has them.
pub fn to_network(bytes: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for &byte in bytes {
        if byte == b'\n' && wire.last() != Some(&b'\r') {
            wire.push(b'\r');
        }
        wire.push(byte);
    }
    wire
}

fn from_network(wire: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for &byte in wire {
        if byte == b'\n' && bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        bytes.push(byte);
    }
    bytes
}

/// A sink as the shell holds it.
pub(super) struct Sink {
    plan: SinkPlan,
    /// CR LF becomes LF.
    text: bool,
    /// Not yet under the final name.
    staged: Vec<u8>,
    offset: usize,
    /// Under the final name.
    pub(super) landed: Option<Vec<u8>>,
    pub(super) failed: bool,
}

impl Payload for Sink {
    fn write(&mut self, bytes: &[u8]) {
        assert_eq!(self.offset, self.staged.len(), "a hole in a sink");
        self.staged.extend(bytes);
        self.offset += bytes.len();
        self.failed |= self.plan.fails_at.is_some_and(|at| self.offset > at);
    }
}

/// The running copy from a source to the tty.
struct Pump {
    handle: Handle,
    left: Option<u64>,
    window: Option<u32>,
    granted: u64,
    sent: u64,
    sum: Sum,
}

/// docs/module/at-file.md §3.6, read once more: 16-bit XOR of big-endian words.
#[derive(Default)]
pub struct Sum {
    sum: u16,
    odd: bool,
}

impl Sum {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let shift = if self.odd { 0 } else { 8 };
            self.sum ^= u16::from(*byte) << shift;
            self.odd = !self.odd;
        }
    }
}

impl Source {
    fn encode(&mut self) {
        self.wire = match self.text {
            true => to_network(&self.plan.bytes),
            false => self.plan.bytes.clone(),
        };
    }
}

/// What a pump has to tell.
pub(super) enum Progress {
    Nothing,
    Sent(Vec<u8>),
    Ended(Result<(u64, u16), Failure>),
}

/// Everything the shell holds open.
#[derive(Default)]
pub(super) struct Locals {
    last: u64,
    sources: BTreeMap<Handle, Source>,
    sinks: BTreeMap<Handle, Sink>,
    /// What became of released sinks.
    landed: BTreeMap<Handle, Option<Vec<u8>>>,
    released: BTreeSet<Handle>,
    aim: Option<Handle>,
    pump: Option<Pump>,
}

impl Locals {
    fn handle(&mut self) -> Handle {
        self.last += 1;
        Handle(self.last)
    }

    pub(super) fn source(&mut self, plan: SourcePlan) -> LocalFile {
        let handle = self.handle();
        let size = plan.told.unwrap_or(plan.bytes.len() as u64);
        let local = LocalFile {
            handle,
            name: String::new(),
            size: (!plan.pipe).then_some(size),
            rewindable: !plan.pipe,
        };
        self.sources.insert(
            handle,
            Source {
                plan,
                text: false,
                wire: Vec::new(),
                read: 0,
            },
        );
        local
    }

    pub(super) fn sink(&mut self, plan: SinkPlan) -> LocalFile {
        let handle = self.handle();
        let rewindable = !plan.pipe;
        let landed = plan.existing.clone();
        self.sinks.insert(
            handle,
            Sink {
                plan,
                text: false,
                staged: Vec::new(),
                offset: 0,
                landed,
                failed: false,
            },
        );
        LocalFile {
            handle,
            name: "local".into(),
            size: None,
            rewindable,
        }
    }

    /// More bytes for a pipe, or its end.
    pub(super) fn feed(&mut self, handle: Handle, bytes: &[u8], end: bool) {
        let source = self.sources.get_mut(&handle).expect("an open pipe");
        source.plan.bytes.extend(bytes);
        source.plan.open = !end;
        source.encode();
    }

    /// What stands under the final name of a sink, held or released.
    pub(super) fn landed(&self, handle: Handle) -> Option<Vec<u8>> {
        match self.sinks.get(&handle) {
            Some(sink) => sink.landed.clone(),
            None => self.landed.get(&handle).cloned().flatten(),
        }
    }

    pub(super) fn is_released(&self, handle: Handle) -> bool {
        self.released.contains(&handle)
    }

    /// Whether nothing is held open.
    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.sinks.is_empty()
    }

    pub(super) fn receive(&mut self, handle: Handle, offset: u64, text: bool) {
        let sink = self.sinks.get_mut(&handle).expect("a sink that is open");
        sink.text = text;
        let offset = usize::try_from(offset).unwrap();
        if !sink.plan.pipe {
            sink.staged.truncate(offset);
        }
        assert_eq!(sink.staged.len(), offset, "a pipe cannot be rewound");
        sink.offset = offset;
        self.aim = Some(handle);
    }

    /// Where payload goes now.
    pub(super) fn aimed(&mut self) -> Option<(Handle, &mut Sink)> {
        let handle = self.aim?;
        Some((handle, self.sinks.get_mut(&handle)?))
    }

    pub(super) fn commit(&mut self, handle: Handle, fail_if_exists: bool) -> Result<(), Failure> {
        let sink = self.sinks.get_mut(&handle).expect("a sink that is open");
        if sink.failed {
            return Err(Failure::new(ErrorName::LocalIo, "the disk is full"));
        }
        if fail_if_exists && sink.landed.is_some() {
            return Err(Failure::new(ErrorName::LocalDenied, "it exists already"));
        }
        let staged = std::mem::take(&mut sink.staged);
        sink.landed = Some(match sink.text {
            true => from_network(&staged),
            false => staged,
        });
        Ok(())
    }

    pub(super) fn discard(&mut self, handle: Handle) {
        if let Some(sink) = self.sinks.get_mut(&handle) {
            sink.failed = false;
            if !sink.plan.pipe {
                sink.staged.clear();
                sink.offset = 0;
            }
        }
        self.aim.take_if(|aim| *aim == handle);
    }

    pub(super) fn release(&mut self, handle: Handle) {
        assert!(self.released.insert(handle), "{handle:?} released twice");
        self.sources.remove(&handle);
        if let Some(sink) = self.sinks.remove(&handle) {
            self.landed.insert(handle, sink.landed);
        }
        self.aim.take_if(|aim| *aim == handle);
    }

    pub(super) fn start_pump(
        &mut self,
        handle: Handle,
        offset: u64,
        length: Option<u64>,
        window: Option<u32>,
        text: bool,
    ) {
        let source = self.sources.get_mut(&handle).expect("a source to pump");
        let offset = usize::try_from(offset).unwrap();
        assert!(!source.plan.pipe || source.read == offset, "a pipe rewound");
        source.read = offset;
        source.text = text;
        source.encode();
        self.pump = Some(Pump {
            handle,
            left: length,
            window,
            granted: window.map_or(u64::MAX, u64::from),
            sent: 0,
            sum: Sum::default(),
        });
    }

    pub(super) fn grant(&mut self) {
        let pump = self.pump.as_mut().expect("a pump to grant to");
        pump.granted += u64::from(pump.window.expect("a window to grant"));
    }

    pub(super) fn stop_pump(&mut self) {
        self.pump = None;
    }

    /// Moves the pump on by at most `room` bytes.
    pub(super) fn pump(&mut self, room: usize) -> Progress {
        let Some(pump) = &mut self.pump else {
            return Progress::Nothing;
        };
        let source = self.sources.get_mut(&pump.handle).expect("a source");
        let rest = source.wire.get(source.read..).unwrap_or_default();
        let most = pump.left.unwrap_or(u64::MAX).min(pump.granted);
        let mut count = rest
            .len()
            .min(room)
            .min(usize::try_from(most).unwrap_or(usize::MAX));
        if let Some(at) = source.plan.fails_at {
            count = count.min(at - source.read);
            if at == source.read {
                self.pump = None;
                let failure = Failure::new(ErrorName::LocalIo, "reading the source failed");
                return Progress::Ended(Err(failure));
            }
        }
        if count > 0 {
            let piece = rest[..count].to_vec();
            source.read += count;
            pump.sum.update(&piece);
            pump.sent += count as u64;
            pump.granted -= if pump.window.is_some() {
                count as u64
            } else {
                0
            };
            pump.left = pump.left.map(|left| left - count as u64);
            return Progress::Sent(piece);
        }
        let result = match pump.left {
            Some(0) => Ok((pump.sent, pump.sum.sum)),
            Some(_) if rest.is_empty() => Err(Failure::new(
                ErrorName::LocalChanged,
                "the source is shorter than it was",
            )),
            None if rest.is_empty() && !source.plan.open => Ok((pump.sent, pump.sum.sum)),
            _ => return Progress::Nothing,
        };
        self.pump = None;
        Progress::Ended(result)
    }
}
