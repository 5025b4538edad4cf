//! Opens the local file of an upload.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::PathBuf;
use std::thread;

use modem_ftp_dbus::errors::ErrorName;

use super::is_file_or_pipe;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::text::local_name::local_name;

/// The LOCAL argument of `put`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `-`: standard input.
    Stdin,
    /// A file's path.
    Path(PathBuf),
}

impl Source {
    /// Its name in messages.
    pub fn label(&self) -> String {
        match self {
            Self::Stdin => "standard input".into(),
            Self::Path(path) => local_name(path.as_os_str()),
        }
    }

    /// Opens it; the descriptor is a regular file or a pipe.
    ///
    /// With `detached` this process will not exist during the transfer: anything that would need a
    /// thread to copy it is refused.
    pub fn open(&self, detached: bool, interrupt: &Interrupt) -> Result<OwnedFd, Failure> {
        let label = self.label();
        let failed = |error: io::Error| Failure::local(&label, &error);
        let file = match self {
            Self::Stdin => File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed)?),
            Self::Path(path) => File::open(path).map_err(failed)?,
        };
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(Failure::new(
                ErrorName::LocalIo,
                format!("{label} is a directory: put takes files"),
            ));
        }
        if is_file_or_pipe(&file).map_err(failed)? {
            return Ok(file.into());
        }
        if detached {
            return Err(Failure::usage(format!(
                "--detach: {label} is neither a regular file nor a pipe, modem-ftp would have to stay to copy it"
            )));
        }
        copy_through_pipe(file, label, interrupt.clone())
            .map_err(|error| Failure::local("pipe", &error))
    }
}

/// A pipe, and a thread that copies `from` into it until either side ends.
fn copy_through_pipe(mut from: File, label: String, interrupt: Interrupt) -> io::Result<OwnedFd> {
    let (reader, mut writer) = io::pipe()?;
    thread::Builder::new().spawn(move || {
        if let Err(error) = io::copy(&mut from, &mut writer)
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            interrupt.request(Failure::local(&label, &error));
            // The daemon takes the end of the pipe for the end of the file. The pipe stays open
            // until this process ends, so that the transfer is cancelled before.
            loop {
                thread::park();
            }
        }
    })?;
    Ok(reader.into())
}
