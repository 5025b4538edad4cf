//! Local files: opened safely, read ahead and written behind without holding up the loop.

mod block;
mod descriptor;
mod disk;
mod line_ends;
mod pipe;
mod roots;
mod sink;
mod source;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::{Handle, LocalFile};

pub use block::{BLOCK_SIZE, Block, Blocks};
pub use disk::Disk;
pub use line_ends::{FromNetwork, ToNetwork};
pub use pipe::{PipeReader, PipeWriter};
pub use roots::Roots;
pub use sink::{SinkFile, random};
pub use source::{Extent, SourceFile, io_failure};

/// Where the bytes of an upload come from.
#[derive(Debug)]
pub enum Source {
    /// A regular file.
    File(Arc<SourceFile>),
    /// A pipe.
    Pipe(PipeReader),
}

/// Where the bytes of a download go.
#[derive(Debug)]
pub enum Sink {
    /// A regular file.
    File(Arc<SinkFile>),
    /// A pipe.
    Pipe(PipeWriter),
}

/// A local file that belongs to a transfer.
#[derive(Debug)]
pub enum Local {
    /// Of an upload.
    Source(Source),
    /// Of a download.
    Sink(Sink),
}

impl Local {
    /// Opens the file at `path` to be read, beneath a root.
    ///
    /// # Errors
    /// See [`SourceFile::at_path`].
    pub fn source_at(roots: &Roots, path: &Path) -> Result<Self, Failure> {
        let file = SourceFile::at_path(roots, path)?;
        Ok(Self::Source(Source::File(Arc::new(file))))
    }

    /// Makes a file for `path`, beneath a root.
    ///
    /// # Errors
    /// See [`SinkFile::at_path`].
    pub fn sink_at(roots: &Roots, path: &Path, fail_if_exists: bool) -> Result<Self, Failure> {
        let file = SinkFile::at_path(roots, path, fail_if_exists)?;
        Ok(Self::Sink(Sink::File(Arc::new(file))))
    }

    /// What the engine needs to know of it. `name` is its path, empty for a descriptor.
    pub fn describe(&self, handle: Handle, name: String) -> LocalFile {
        let (size, rewindable) = match self {
            Self::Source(Source::File(file)) => (Some(file.size()), true),
            Self::Sink(Sink::File(_)) => (None, true),
            Self::Source(Source::Pipe(_)) | Self::Sink(Sink::Pipe(_)) => (None, false),
        };
        LocalFile {
            handle,
            name,
            size,
            rewindable,
        }
    }
}
