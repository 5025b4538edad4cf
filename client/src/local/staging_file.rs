//! A file that is downloaded under a staging name and renamed when it is complete.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::process;

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use crate::interrupt::Interrupt;

/// A staging file in the directory of its destination; removed when dropped, unless it was
/// published.
pub struct StagingFile {
    file: File,
    path: PathBuf,
    destination: PathBuf,
    interrupt: Interrupt,
    published: bool,
}

impl StagingFile {
    /// Creates the staging file in the directory of `destination`.
    ///
    /// Its name is short and does not contain the destination's, so that a destination with the
    /// longest possible name works. Before it has any content it gets the mode of the file it will
    /// replace, and the owner and group if this user may set them.
    pub fn create(
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
                    interrupt.set_staging(Some(path.clone()));
                    let staging = Self {
                        file,
                        path,
                        destination,
                        interrupt: interrupt.clone(),
                        published: false,
                    };
                    if let Some(replaced) = replaced {
                        let _ = fchown(&staging.file, Some(replaced.uid()), Some(replaced.gid()));
                        staging.file.set_permissions(replaced.permissions())?;
                    }
                    return Ok(staging);
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

    /// Syncs the file to the disk and renames it to its destination; with `exclusive` only if there
    /// is no file of that name.
    pub fn publish(mut self, exclusive: bool) -> io::Result<()> {
        self.file.sync_all()?;
        let flags = if exclusive {
            RenameFlags::RENAME_NOREPLACE
        } else {
            RenameFlags::empty()
        };
        renameat2(AT_FDCWD, &self.path, AT_FDCWD, &self.destination, flags)?;
        self.published = true;
        // A directory without read permission cannot be opened to be synced.
        match File::open(directory_of(&self.destination)) {
            Ok(directory) => directory.sync_all(),
            Err(_) => Ok(()),
        }
    }
}

impl Drop for StagingFile {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
        self.interrupt.set_staging(None);
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}
