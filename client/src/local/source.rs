//! What an upload reads.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::PathBuf;
use std::thread;

use modem_ftp_dbus::errors::ErrorName;

use super::passes_as_it_is;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// LOCAL of `put`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// `-`.
    Stdin,
    /// A file.
    Path(PathBuf),
}

impl Local {
    /// Its name for people.
    pub fn label(&self) -> String {
        match self {
            Self::Stdin => "standard input".into(),
            Self::Path(path) => path.display().to_string(),
        }
    }

    /// Opens it; the descriptor is a regular file or a pipe.
    ///
    /// With `alone` the descriptor has to do without this process afterwards: what
    /// would need a thread to feed it is refused.
    pub fn open(&self, alone: bool, interrupt: &Interrupt) -> Result<OwnedFd, Failure> {
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
        if passes_as_it_is(&file).map_err(failed)? {
            return Ok(file.into());
        }
        if alone {
            return Err(Failure::usage(format!(
                "--detach: {label} is neither a regular file nor a pipe, it needs modem-ftp to feed it"
            )));
        }
        feed(file, label, interrupt.clone()).map_err(|error| Failure::local("pipe", &error))
    }
}

/// A pipe, and a thread that copies `from` into it until either side ends.
fn feed(mut from: File, label: String, interrupt: Interrupt) -> io::Result<OwnedFd> {
    let (reader, mut writer) = io::pipe()?;
    thread::Builder::new().spawn(move || {
        if let Err(error) = io::copy(&mut from, &mut writer)
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            interrupt.request(Failure::local(&label, &error));
            // To the daemon the end of the pipe is the end of the file: it must not come
            // before the transfer is cancelled, so the pipe stays open as long as the process.
            loop {
                thread::park();
            }
        }
    })?;
    Ok(reader.into())
}
