//! Opens the local destination of a download.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use modem_ftp_dbus::errors::ErrorName;

use super::is_file_or_pipe;
use super::staging_file::StagingFile;
use crate::failure::{Failure, reason};
use crate::interrupt::Interrupt;
use crate::terminal::Visible;
use crate::text::local_name::local_name;

/// What the LOCAL argument of `get` means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `-`: standard output.
    Stdout,
    /// A file's final path.
    File(PathBuf),
}

impl Target {
    /// Interprets `local` for the remote file `remote`: a file, a directory to put it in, or the
    /// current directory if there is no `local`.
    pub fn new(remote: &str, local: Option<&Path>) -> Result<Self, Failure> {
        let basename = || match remote.rsplit('/').next() {
            None | Some("" | "." | "..") => Err(Failure::usage(format!(
                "{remote:?} does not end in a file name: LOCAL is needed"
            ))),
            Some(name) => Ok(name),
        };
        Ok(match local {
            None => Self::File(basename()?.into()),
            Some(path) if path.as_os_str() == "-" => Self::Stdout,
            Some(path) if path.is_dir() => Self::File(path.join(basename()?)),
            Some(path) if path.as_os_str().as_bytes().ends_with(b"/") => {
                let text = format!("{}: no such directory", local_name(path.as_os_str()));
                return Err(Failure::new(ErrorName::LocalNotFound, text));
            }
            Some(path) => Self::File(path.into()),
        })
    }

    /// Its name in messages.
    pub fn label(&self) -> String {
        match self {
            Self::Stdout => "standard output".into(),
            Self::File(path) => local_name(path.as_os_str()),
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
    /// A file that is renamed at the end.
    Staged(StagingFile),
    /// A pipe, or a file that is standard output.
    Direct(OwnedFd),
    /// A pipe from which a thread copies to something that the daemon does not accept.
    Copied(OwnedFd, JoinHandle<io::Result<u64>>),
}

impl Sink {
    /// Opens `target`. With `exclusive` it fails if the file exists.
    pub fn open(target: &Target, exclusive: bool, interrupt: &Interrupt) -> Result<Self, Failure> {
        let label = target.label();
        let failed = |error: io::Error| Failure::local(&label, &error);
        let kind = match target {
            Target::Stdout => Self::direct_or_copied(File::from(
                io::stdout().as_fd().try_clone_to_owned().map_err(failed)?,
            )),
            Target::File(path) => match fs::metadata(path) {
                Ok(_) if exclusive => return Err(exists(&label)),
                Ok(found) if found.is_file() => {
                    // Of a symbolic link the target is replaced, not the link.
                    let path = path.canonicalize().map_err(failed)?;
                    StagingFile::create(path, Some(&found), interrupt).map(Kind::Staged)
                }
                // A device or a FIFO is written to and never replaced.
                Ok(_) => OpenOptions::new()
                    .write(true)
                    .open(path)
                    .and_then(Self::direct_or_copied),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    StagingFile::create(path.clone(), None, interrupt).map(Kind::Staged)
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

    /// The descriptor for the daemon to write to.
    pub fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        match &self.kind {
            Kind::Staged(staging) => staging.file().as_fd(),
            Kind::Direct(fd) | Kind::Copied(fd, _) => fd.as_fd(),
        }
    }

    /// Completes the download: renames the staging file, or waits until everything is copied.
    pub fn finish(self) -> Result<(), Failure> {
        match self.kind {
            Kind::Staged(staging) => staging.publish(self.exclusive).map_err(|error| {
                if error.kind() == io::ErrorKind::AlreadyExists {
                    exists(&self.label)
                } else {
                    Failure::local(&self.label, &error)
                }
            }),
            Kind::Direct(_) => Ok(()),
            Kind::Copied(fd, copier) => {
                drop(fd);
                match copier.join() {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(Failure::local(&self.label, &error)),
                    Err(_) => Err(Failure::new(ErrorName::LocalIo, self.label)),
                }
            }
        }
    }

    /// Gives up the download, and gives the local failure that caused it, if there was one.
    pub fn abandon(self) -> Option<Failure> {
        match self.kind {
            Kind::Copied(fd, copier) => {
                drop(fd);
                // A thread that still runs has not failed; joining it could block.
                let error = copier
                    .is_finished()
                    .then(|| copier.join().ok()?.err())
                    .flatten()?;
                Some(Failure::local(&self.label, &error))
            }
            Kind::Staged(_) | Kind::Direct(_) => None,
        }
    }

    fn direct_or_copied(mut file: File) -> io::Result<Kind> {
        if is_file_or_pipe(&file)? {
            return Ok(Kind::Direct(file.into()));
        }
        let (mut reader, writer) = io::pipe()?;
        let copier = thread::Builder::new().spawn(move || {
            if !file.is_terminal() {
                return io::copy(&mut reader, &mut file);
            }
            let mut visible = Visible::new(file);
            let copied = io::copy(&mut reader, &mut visible)?;
            visible.finish().map(|()| copied)
        })?;
        Ok(Kind::Copied(writer.into(), copier))
    }
}

fn exists(label: &str) -> Failure {
    Failure::new(
        ErrorName::LocalIo,
        format!("{label}: {}", reason(&io::ErrorKind::AlreadyExists.into())),
    )
}
