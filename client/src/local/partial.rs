//! A local file that appears under its name only when it is whole.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
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
    /// can be fetched. It has the rights of what it is to replace, before it has any content;
    /// the owner too, where this user may give files away.
    pub fn beside(
        destination: PathBuf,
        replaced: Option<&Metadata>,
        interrupt: &Interrupt,
    ) -> io::Result<Self> {
        let directory = directory_of(&destination);
        let mode = replaced.map_or(0o666, |_| 0o600);
        let mut attempt = 0u32;
        loop {
            let path = directory.join(format!(".modem-ftp-{}-{attempt}.part", process::id()));
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&path)
            {
                Ok(file) => {
                    interrupt.set_unfinished(Some(path.clone()));
                    let partial = Self {
                        file,
                        path,
                        destination,
                        interrupt: interrupt.clone(),
                        published: false,
                    };
                    if let Some(replaced) = replaced {
                        let _ = fchown(&partial.file, Some(replaced.uid()), Some(replaced.gid()));
                        partial.file.set_permissions(replaced.permissions())?;
                    }
                    return Ok(partial);
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
        // A directory that may be written but not read cannot be synced.
        match File::open(directory_of(&self.destination)) {
            Ok(directory) => directory.sync_all(),
            Err(_) => Ok(()),
        }
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
