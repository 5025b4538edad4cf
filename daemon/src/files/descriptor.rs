//! Descriptors that callers pass: what they are, and whether they can be used.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::pipe::{PipeReader, PipeWriter};
use super::sink::SinkFile;
use super::source::{SourceFile, io_failure};
use super::{Local, Sink, Source};

/// What a descriptor is.
enum Kind {
    File,
    Pipe,
}

impl Local {
    /// A source from a passed descriptor.
    ///
    /// # Errors
    /// `InvalidArguments`: neither a regular file nor a pipe, or not open for reading.
    /// `LocalIo`.
    pub fn source_from(fd: OwnedFd) -> Result<Self, Failure> {
        let (kind, file, flags) = look(fd)?;
        if flags & OFlag::O_ACCMODE == OFlag::O_WRONLY {
            return Err(refuse("it is not open for reading"));
        }
        Ok(Self::Source(match kind {
            Kind::File => Source::File(Arc::new(SourceFile::from_fd(file.into())?)),
            Kind::Pipe => Source::Pipe(PipeReader::new(file.into())),
        }))
    }

    /// A sink from a passed descriptor.
    ///
    /// # Errors
    /// `InvalidArguments`: neither a regular file nor a pipe, or not open for writing.
    /// `LocalIo`.
    pub fn sink_from(fd: OwnedFd) -> Result<Self, Failure> {
        let (kind, file, flags) = look(fd)?;
        if flags & OFlag::O_ACCMODE == OFlag::O_RDONLY {
            return Err(refuse("it is not open for writing"));
        }
        let append = flags.contains(OFlag::O_APPEND);
        Ok(Self::Sink(match kind {
            Kind::File => Sink::File(Arc::new(SinkFile::from_fd(file.into(), append)?)),
            Kind::Pipe => Sink::Pipe(PipeWriter::new(file.into())),
        }))
    }
}

fn look(fd: OwnedFd) -> Result<(Kind, File, OFlag), Failure> {
    let file = File::from(fd);
    let what = "the file that was passed";
    let metadata = file.metadata().map_err(|error| io_failure(what, &error))?;
    let flags = fcntl(&file, FcntlArg::F_GETFL).map_err(|error| io_failure(what, &error.into()))?;
    let flags = OFlag::from_bits_retain(flags);
    if flags.contains(OFlag::O_PATH) {
        return Err(refuse("it is not open for reading or writing"));
    }
    let kind = metadata.file_type();
    let unfit = if kind.is_file() {
        return Ok((Kind::File, file, flags));
    } else if kind.is_fifo() {
        return Ok((Kind::Pipe, file, flags));
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    Err(refuse(&format!("it is {unfit}")))
}

fn refuse(why: &str) -> Failure {
    let text =
        format!("the descriptor must be of a regular file or a pipe, open the right way: {why}");
    Failure::new(ErrorName::InvalidArguments, text)
}
