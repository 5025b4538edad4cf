//! [`LocalFiles`]: the open local files of all transfers, and what is needed to read and write
//! them.

use std::collections::{HashMap, HashSet};
use std::os::fd::{OwnedFd, RawFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use modem_ftp_core::api::local::Handle;

use super::disk_jobs::DiskJobs;
use crate::files::{Blocks, Lane, OpenFile, Sink, Source};
use crate::limits::Slot;
use crate::messages::PassedFile;

/// The open local files: of the running transfer, and of all transfers whose files cannot be opened
/// again.
#[derive(Debug)]
pub struct LocalFiles {
    open: HashMap<Handle, Open>,
    /// Those of them that are opened again for each attempt.
    keyed: HashSet<Handle>,
    blocks: Blocks,
    disk: DiskJobs,
    registry: Registry,
}

/// An open file, the lane for work on it, and where it counts if a caller passed it.
#[derive(Debug)]
struct Open {
    file: OpenFile,
    lane: Lane,
    slot: Option<Slot>,
}

impl LocalFiles {
    /// No files. Pipes are registered with `registry`.
    pub fn new(disk: DiskJobs, registry: Registry) -> Self {
        Self {
            open: HashMap::new(),
            keyed: HashSet::new(),
            blocks: Blocks::default(),
            disk,
            registry,
        }
    }

    /// Adds a file that was opened for a call.
    pub fn insert(&mut self, passed: PassedFile) {
        let PassedFile {
            handle,
            file,
            lane,
            slot,
        } = passed;
        self.open.insert(handle, Open { file, lane, slot });
    }

    /// Adds a file that is opened again for each attempt.
    pub fn insert_keyed(&mut self, handle: Handle, file: OpenFile, lane: Lane) {
        self.keyed.insert(handle);
        self.insert(PassedFile {
            handle,
            file,
            lane,
            slot: None,
        });
    }

    /// Whether the file is opened again for each attempt.
    pub fn is_keyed(&self, handle: Handle) -> bool {
        self.keyed.contains(&handle)
    }

    /// The file of this handle.
    pub fn get(&self, handle: Handle) -> Option<&OpenFile> {
        self.open.get(&handle).map(|open| &open.file)
    }

    /// Whether this file of a download, which is opened again for each attempt, is still open.
    pub fn has_kept_sink(&self, handle: Handle) -> bool {
        let is_sink = matches!(self.get(handle), Some(OpenFile::Sink(Sink::File(_))));
        is_sink && self.is_keyed(handle)
    }

    /// The lane for work on the file of this handle.
    pub fn lane(&self, handle: Handle) -> Option<&Lane> {
        self.open.get(&handle).map(|open| &open.lane)
    }

    /// Another descriptor of a pipe that is to be sent; `None`: it is none, or there is no descriptor
    /// left.
    pub fn pipe_of_source(&self, handle: Handle) -> Option<OwnedFd> {
        match self.get(handle) {
            Some(OpenFile::Source(Source::Pipe(pipe))) => pipe.try_clone().ok(),
            _ => None,
        }
    }

    /// The file of this handle, to read a pipe from it or write to it.
    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut OpenFile> {
        self.open.get_mut(&handle).map(|open| &mut open.file)
    }

    /// Closes the file of this handle, in its lane: closing may block.
    pub fn close(&mut self, handle: Handle) {
        self.keyed.remove(&handle);
        if let Some(Open { file, lane, slot }) = self.open.remove(&handle) {
            // It counts until it is closed.
            lane.run_silently(move || drop((file, slot)));
        }
    }

    /// The idle blocks.
    pub fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// The disk threads.
    pub fn disk(&self) -> &DiskJobs {
        &self.disk
    }

    /// The poller's registry and the idle blocks.
    pub fn registry_and_blocks(&mut self) -> (&Registry, &mut Blocks) {
        (&self.registry, &mut self.blocks)
    }

    /// Has the poller report when a pipe becomes ready.
    pub fn register(&self, pipe: RawFd, token: Token, interest: Interest) {
        let registered = self
            .registry
            .register(&mut SourceFd(&pipe), token, interest);
        if let Err(error) = registered {
            tracing::warn!("a passed pipe cannot be polled: {error}");
        }
    }

    /// Ends what [`LocalFiles::register`] began.
    pub fn deregister(&self, pipe: RawFd) {
        // An error means that the pipe was not registered.
        let _ = self.registry.deregister(&mut SourceFd(&pipe));
    }
}
