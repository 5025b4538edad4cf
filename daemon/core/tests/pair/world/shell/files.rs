//! [`LocalFiles`]: the local files the shell was given, by handle.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{self, Handle, LocalFile, LocalKey};

use super::pipe::PipeSink;
use super::pump::Extent;
use super::sink::{FileSink, SinkPlan};
use super::source::{Source, SourcePlan};

/// A sink of either kind.
pub(super) enum Sink {
    File(FileSink),
    Pipe(PipeSink),
}

/// All of them. What was closed is remembered, for jobs under way and for the scenario.
#[derive(Default)]
pub(in crate::world) struct LocalFiles {
    last: u64,
    sources: BTreeMap<Handle, Source>,
    sinks: BTreeMap<Handle, Sink>,
    open: BTreeSet<Handle>,
    /// Handles under which the engine of a later process knows files, by the handle they had.
    aliases: BTreeMap<Handle, Handle>,
}

fn key(handle: Handle) -> LocalKey {
    LocalKey(handle.0.to_string())
}

impl LocalFiles {
    fn open(&mut self) -> Handle {
        self.last += 1;
        let handle = Handle(self.last);
        self.open.insert(handle);
        handle
    }

    /// A new source.
    pub(in crate::world) fn add_source(&mut self, plan: SourcePlan) -> LocalFile {
        let handle = self.open();
        let size = plan.told.unwrap_or(plan.bytes.len() as u64);
        let local = LocalFile {
            handle,
            name: String::new(),
            size: (!plan.pipe).then_some(size),
            rewindable: !plan.pipe,
            key: (!plan.pipe).then(|| key(handle)),
            content: None,
        };
        self.sources.insert(handle, Source::new(plan));
        local
    }

    /// A new sink.
    pub(in crate::world) fn add_sink(&mut self, now: Instant, plan: SinkPlan) -> LocalFile {
        let handle = self.open();
        let rewindable = plan.pipe.is_none();
        let sink = match plan.pipe {
            Some(reader) => Sink::Pipe(PipeSink::new(now, reader)),
            None => Sink::File(FileSink::new(plan)),
        };
        self.sinks.insert(handle, sink);
        LocalFile {
            handle,
            name: "local".into(),
            size: None,
            key: rewindable.then(|| key(handle)),
            rewindable,
            content: None,
        }
    }

    /// More bytes for a pipe that is read, or its end.
    pub(in crate::world) fn feed(&mut self, handle: Handle, bytes: &[u8], end: bool) {
        let plan = &mut self.sources.get_mut(&handle).expect("a source").plan;
        plan.bytes.extend(bytes);
        plan.open = !end;
    }

    /// Whether the disk of a sink still refuses something.
    pub(in crate::world) fn has_fault(&self, handle: Handle) -> bool {
        matches!(self.sinks.get(&handle), Some(Sink::File(file)) if file.fault.is_some())
    }

    /// The disk of a sink works again.
    pub(in crate::world) fn repair(&mut self, handle: Handle) {
        self.file(handle).fault = None;
    }

    /// What stands under the final name of a file, or is in a pipe that was filled to the end.
    pub(in crate::world) fn landed(&self, handle: Handle) -> Option<Vec<u8>> {
        match self.sinks.get(&handle)? {
            Sink::File(file) => file.landed.clone(),
            Sink::Pipe(pipe) => pipe.committed.then(|| pipe.written.clone()),
        }
    }

    /// What was written to a pipe so far.
    pub(in crate::world) fn written(&self, handle: Handle) -> &[u8] {
        match self.sinks.get(&handle) {
            Some(Sink::Pipe(pipe)) => &pipe.written,
            _ => panic!("{handle:?} is no pipe"),
        }
    }

    /// Whether a sink has a file under its staging name.
    pub(in crate::world) fn is_staged(&self, handle: Handle) -> bool {
        matches!(self.sinks.get(&handle), Some(Sink::File(file)) if file.staged.is_some())
    }

    /// Handles of all sinks.
    pub(in crate::world) fn sinks(&self) -> impl Iterator<Item = Handle> {
        self.sinks.keys().copied()
    }

    pub(in crate::world) fn is_released(&self, handle: Handle) -> bool {
        !self.open.contains(&handle)
    }

    /// Whether nothing is open.
    pub(in crate::world) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The handle that a file had at first.
    fn original(&self, handle: Handle) -> Handle {
        self.aliases.get(&handle).copied().unwrap_or(handle)
    }

    pub(super) fn source(&mut self, handle: Handle) -> &mut Source {
        let handle = self.original(handle);
        self.sources.get_mut(&handle).expect("a source")
    }

    pub(super) fn sink(&mut self, handle: Handle) -> &mut Sink {
        let handle = self.original(handle);
        self.sinks.get_mut(&handle).expect("a sink")
    }

    pub(super) fn find_sink(&mut self, handle: Handle) -> Option<&mut Sink> {
        let handle = self.original(handle);
        self.sinks.get_mut(&handle)
    }

    /// The engine wants a file again, by its key.
    pub(super) fn reopen(&mut self, handle: Handle, key: &LocalKey) {
        let original = Handle(key.0.parse().expect("a key of ours"));
        if handle != original {
            self.aliases.insert(handle, original);
        }
        self.open.insert(handle);
    }

    /// A file that was opened again, as it is now.
    pub(super) fn opened(&self, handle: Handle) -> LocalFile {
        let original = self.original(handle);
        let source = self.sources.get(&original);
        let size = source.map(|source| source.plan.told.unwrap_or(source.plan.bytes.len() as u64));
        LocalFile {
            handle,
            name: String::new(),
            size,
            rewindable: true,
            key: Some(key(original)),
            content: source.and_then(Source::content),
        }
    }

    /// Hashes a part of a source, or of what was received for a sink.
    pub(super) fn digest(&mut self, extent: local::Extent) -> Result<String, Failure> {
        let offset = usize::try_from(extent.offset).unwrap();
        let length = usize::try_from(extent.length).unwrap();
        let original = self.original(extent.handle);
        match self.sources.get(&original) {
            Some(source) => source.digest(Extent {
                offset,
                length,
                exact: true,
                last: false,
            }),
            None => self.file(extent.handle).digest(offset, length),
        }
    }

    /// Somebody writes other bytes into a source.
    pub(in crate::world) fn rewrite(&mut self, handle: Handle, bytes: &[u8]) {
        self.source(handle).plan.bytes = bytes.to_vec();
    }

    /// What is left when the daemon was killed: every file, but nothing open, and no staging file:
    /// the next daemon sweeps those.
    pub(in crate::world) fn after_a_kill(mut self) -> Self {
        self.open.clear();
        for sink in self.sinks.values_mut() {
            if let Sink::File(file) = sink {
                file.abandon();
            }
        }
        self
    }

    pub(super) fn file(&mut self, handle: Handle) -> &mut FileSink {
        match self.sink(handle) {
            Sink::File(file) => file,
            Sink::Pipe(_) => panic!("{handle:?} is a pipe"),
        }
    }

    /// The engine lets go of it.
    pub(super) fn release(&mut self, handle: Handle) {
        let restored = handle.0 >> 63 == 1;
        let was_open = self.open.remove(&handle);
        assert!(was_open || restored, "{handle:?} released twice");
    }

    /// When a reader makes room in its pipe next.
    pub(super) fn next_read(&self) -> Option<Instant> {
        let pipes = self.sinks.values().filter_map(|sink| match sink {
            Sink::Pipe(pipe) => pipe.deadline(),
            Sink::File(_) => None,
        });
        pipes.min()
    }

    /// The readers of all pipes read what they read now.
    pub(super) fn read_pipes(&mut self, now: Instant) {
        for sink in self.sinks.values_mut() {
            if let Sink::Pipe(pipe) = sink {
                pipe.advance(now);
            }
        }
    }
}
