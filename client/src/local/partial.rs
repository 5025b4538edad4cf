//! A local file that appears under its name only when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use crate::interrupt::Interrupt;

/// A temporary file beside its destination; removed when dropped, unless it was published.
pub struct Partial {
    file: File,
    path: PathBuf,
    destination: PathBuf,
    interrupt: Interrupt,
    published: bool,
}

impl Partial {
    /// Creates the temporary file in the directory of `destination`.
    ///
    /// Its name is short and our own, so that every name that fits a directory
    /// can be fetched.
    pub fn beside(destination: PathBuf, interrupt: &Interrupt) -> io::Result<Self> {
        let directory = directory_of(&destination);
        let mut attempt = 0u32;
        loop {
            let path = directory.join(format!(".modem-ftp-{}-{attempt}.part", process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    interrupt.set_unfinished(Some(path.clone()));
                    let interrupt = interrupt.clone();
                    return Ok(Self {
                        file,
                        path,
                        destination,
                        interrupt,
                        published: false,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The file, open for writing.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name, safely on the disk; with `exclusive` only if nothing bears
    /// that name.
    pub fn publish(mut self, exclusive: bool) -> io::Result<()> {
        self.file.sync_all()?;
        let flags = if exclusive {
            RenameFlags::RENAME_NOREPLACE
        } else {
            RenameFlags::empty()
        };
        renameat2(AT_FDCWD, &self.path, AT_FDCWD, &self.destination, flags)?;
        self.published = true;
        File::open(directory_of(&self.destination))?.sync_all()
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
        self.interrupt.set_unfinished(None);
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}
