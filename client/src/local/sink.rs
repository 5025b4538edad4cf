//! What a download writes.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use modem_ftp_dbus::errors::ErrorName;

use super::partial::Partial;
use super::passes_as_it_is;
use crate::failure::{Failure, reason};
use crate::interrupt::Interrupt;

/// LOCAL of `get`, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `-`.
    Stdout,
    /// A file, by its final name.
    File(PathBuf),
}

impl Target {
    /// What `local` means for the remote file `remote`: itself, a directory to put it in,
    /// or, if there is none, the working directory.
    pub fn decide(remote: &str, local: Option<&Path>) -> Result<Self, Failure> {
        let basename = || match remote.rsplit('/').next() {
            None | Some("" | "." | "..") => Err(Failure::usage(format!(
                "{remote:?} has no file name of its own: say LOCAL"
            ))),
            Some(name) => Ok(name),
        };
        Ok(match local {
            None => Self::File(basename()?.into()),
            Some(path) if path.as_os_str() == "-" => Self::Stdout,
            Some(path) if path.is_dir() => Self::File(path.join(basename()?)),
            Some(path) if path.as_os_str().as_bytes().ends_with(b"/") => {
                let text = format!("{}: no such directory", path.display());
                return Err(Failure::new(ErrorName::LocalNotFound, text));
            }
            Some(path) => Self::File(path.into()),
        })
    }

    /// Its name for people.
    pub fn label(&self) -> String {
        match self {
            Self::Stdout => "standard output".into(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// An open destination.
pub struct Sink {
    label: String,
    exclusive: bool,
    kind: Kind,
}

enum Kind {
    /// A regular file that gets its name at the end.
    Partial(Partial),
    /// A pipe, or standard output where that is a file.
    Direct(OwnedFd),
    /// A pipe whose other end a thread copies to something the daemon does not take.
    Pumped(OwnedFd, JoinHandle<io::Result<u64>>),
}

impl Sink {
    /// Opens `target`. With `exclusive` a file that exists is left alone and is a failure.
    pub fn open(target: &Target, exclusive: bool, interrupt: &Interrupt) -> Result<Self, Failure> {
        let label = target.label();
        let failed = |error: io::Error| Failure::local(&label, &error);
        let kind = match target {
            Target::Stdout => Self::through(File::from(
                io::stdout().as_fd().try_clone_to_owned().map_err(failed)?,
            )),
            Target::File(path) => match fs::metadata(path) {
                Ok(_) if exclusive => return Err(exists(&label)),
                Ok(found) if found.is_file() => {
                    // Where the name is a link, what it leads to is replaced, not the link.
                    let path = path.canonicalize().map_err(failed)?;
                    Partial::beside(path, Some(&found), interrupt).map(Kind::Partial)
                }
                // A device or FIFO is written to, never replaced.
                Ok(_) => OpenOptions::new()
                    .write(true)
                    .open(path)
                    .and_then(Self::through),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Partial::beside(path.clone(), None, interrupt).map(Kind::Partial)
                }
                Err(error) => Err(error),
            },
        }
        .map_err(failed)?;
        Ok(Self {
            label,
            exclusive,
            kind,
        })
    }

    /// What the daemon writes to.
    pub fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        match &self.kind {
            Kind::Partial(partial) => partial.file().as_fd(),
            Kind::Direct(fd) | Kind::Pumped(fd, _) => fd.as_fd(),
        }
    }

    /// Gives the file its name, or waits until the last byte has gone where it should.
    pub fn finish(self) -> Result<(), Failure> {
        match self.kind {
            Kind::Partial(partial) => partial.publish(self.exclusive).map_err(|error| {
                if error.kind() == io::ErrorKind::AlreadyExists {
                    exists(&self.label)
                } else {
                    Failure::local(&self.label, &error)
                }
            }),
            Kind::Direct(_) => Ok(()),
            Kind::Pumped(fd, pump) => {
                drop(fd);
                match pump.join() {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(Failure::local(&self.label, &error)),
                    Err(_) => Err(Failure::new(ErrorName::LocalIo, self.label)),
                }
            }
        }
    }

    /// The local reason why the daemon could not go on writing, if that is what happened.
    pub fn abandon(self) -> Option<Failure> {
        match self.kind {
            Kind::Pumped(fd, pump) => {
                drop(fd);
                // A thread still at work is waiting for a daemon that has not failed by it.
                let error = pump
                    .is_finished()
                    .then(|| pump.join().ok()?.err())
                    .flatten()?;
                Some(Failure::local(&self.label, &error))
            }
            Kind::Partial(_) | Kind::Direct(_) => None,
        }
    }

    fn through(mut file: File) -> io::Result<Kind> {
        if passes_as_it_is(&file)? {
            return Ok(Kind::Direct(file.into()));
        }
        let (mut reader, writer) = io::pipe()?;
        let pump = thread::Builder::new().spawn(move || io::copy(&mut reader, &mut file))?;
        Ok(Kind::Pumped(writer.into(), pump))
    }
}

fn exists(label: &str) -> Failure {
    Failure::new(
        ErrorName::LocalIo,
        format!("{label}: {}", reason(&io::ErrorKind::AlreadyExists.into())),
    )
}
