//! [`OpenFile`]: the local file of a transfer, opened from a path or a passed descriptor.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;

use super::descriptor::{Access, Kind, inspect};
use super::pipe::{PipeReader, PipeWriter};
use super::roots::Roots;
use super::sink::SinkFile;
use super::source::SourceFile;

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

/// The local file of a transfer.
#[derive(Debug)]
pub enum OpenFile {
    /// Of an upload.
    Source(Source),
    /// Of a download.
    Sink(Sink),
}

impl OpenFile {
    /// A regular file to be sent.
    pub fn source(file: SourceFile) -> Self {
        Self::Source(Source::File(Arc::new(file)))
    }

    /// Creates a staging file for `path`, below a root.
    ///
    /// # Errors
    /// See [`SinkFile::at_path`].
    pub fn sink_at(roots: &Roots, path: &Path) -> Result<Self, Failure> {
        let file = SinkFile::at_path(roots, path)?;
        Ok(Self::Sink(Sink::File(Arc::new(file))))
    }

    /// A source from a passed descriptor.
    ///
    /// # Errors
    /// `InvalidArguments`: neither a regular file nor a pipe, or not open for reading. `LocalIo`.
    pub fn source_from(fd: OwnedFd) -> Result<Self, Failure> {
        let passed = inspect(fd, Access::Read)?;
        Ok(Self::Source(match passed.kind {
            Kind::File => Source::File(Arc::new(SourceFile::from_fd(passed.fd)?)),
            Kind::Pipe => Source::Pipe(PipeReader::new(passed.fd)),
        }))
    }

    /// A sink from a passed descriptor. What is to be appended to a file is kept in `directory` first.
    ///
    /// # Errors
    /// `InvalidArguments`: neither a regular file nor a pipe, or not open for writing. `LocalIo`.
    pub fn sink_from(fd: OwnedFd, directory: &Path) -> Result<Self, Failure> {
        let passed = inspect(fd, Access::Write)?;
        Ok(Self::Sink(match passed.kind {
            Kind::File if passed.append => {
                Sink::File(Arc::new(SinkFile::appending(passed.fd, directory)?))
            }
            Kind::File => Sink::File(Arc::new(SinkFile::from_fd(passed.fd)?)),
            Kind::Pipe => Sink::Pipe(PipeWriter::new(passed.fd)),
        }))
    }

    /// Bytes that are to be sent, if they are known, and whether the file can be read or written
    /// again from the start.
    pub fn extent(&self) -> (Option<u64>, bool) {
        match self {
            Self::Source(Source::File(file)) => (Some(file.size()), true),
            Self::Sink(Sink::File(_)) => (None, true),
            Self::Source(Source::Pipe(_)) | Self::Sink(Sink::Pipe(_)) => (None, false),
        }
    }
}
