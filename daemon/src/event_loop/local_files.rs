//! [`LocalFiles`]: the open local files of all transfers, and what is needed to read and write
//! them.

use std::collections::{HashMap, HashSet};
use std::os::fd::RawFd;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use modem_ftp_core::api::local::Handle;

use super::disk_jobs::DiskJobs;
use crate::files::{Blocks, Lane, OpenFile};

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

/// An open file, and the lane for work on it.
#[derive(Debug)]
struct Open {
    file: OpenFile,
    lane: Lane,
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

    /// Adds a file; work on it is done in this lane.
    pub fn insert(&mut self, handle: Handle, file: OpenFile, lane: Lane) {
        self.open.insert(handle, Open { file, lane });
    }

    /// Adds a file that is opened again for each attempt.
    pub fn insert_keyed(&mut self, handle: Handle, file: OpenFile, lane: Lane) {
        self.keyed.insert(handle);
        self.insert(handle, file, lane);
    }

    /// Whether the file is opened again for each attempt.
    pub fn is_keyed(&self, handle: Handle) -> bool {
        self.keyed.contains(&handle)
    }

    /// The file of this handle.
    pub fn get(&self, handle: Handle) -> Option<&OpenFile> {
        self.open.get(&handle).map(|open| &open.file)
    }

    /// The lane for work on the file of this handle.
    pub fn lane(&self, handle: Handle) -> Option<&Lane> {
        self.open.get(&handle).map(|open| &open.lane)
    }

    /// The file of this handle, to read a pipe from it or write to it.
    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut OpenFile> {
        self.open.get_mut(&handle).map(|open| &mut open.file)
    }

    /// Closes the file of this handle, in its lane: closing may block.
    pub fn close(&mut self, handle: Handle) {
        self.keyed.remove(&handle);
        if let Some(Open { file, lane }) = self.open.remove(&handle) {
            lane.run_silently(move || drop(file));
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
