//! [`AppendFile`]: a download that is appended to a file in one go, when it is complete.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use modem_ftp_core::api::failure::Failure;
use nix::fcntl::OFlag;
use nix::libc;

use super::failure::io_failure;
use super::sync::sync_data;

/// A file without a name, and the file that it is appended to.
#[derive(Debug)]
pub struct AppendFile {
    /// What was received.
    pub received: File,
    target: File,
}

impl AppendFile {
    /// Nothing is received yet. What will be takes room in `directory`.
    ///
    /// # Errors
    /// `LocalIo`, `LocalDenied`.
    pub fn create(target: File, directory: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600);
        let unnamed = options
            .clone()
            .custom_flags(OFlag::O_TMPFILE.bits())
            .open(directory);
        let received = match unnamed {
            Err(error) if error.raw_os_error() == Some(libc::EOPNOTSUPP) => {
                let path = directory.join(".received");
                let created = options.create_new(true).open(&path);
                // Without its name it is as one that never had any.
                created.and_then(|file| std::fs::remove_file(&path).map(|()| file))
            }
            opened => opened,
        };
        let received = received.map_err(|error| io_failure(directory, &error))?;
        Ok(Self { received, target })
    }

    /// Appends what was received, and syncs the target to the disk.
    ///
    /// # Errors
    /// What copying fails with; the target may then end with a part of it.
    pub fn append(&self) -> io::Result<()> {
        let (mut received, mut target) = (&self.received, &self.target);
        received.seek(SeekFrom::Start(0))?;
        io::copy(&mut received, &mut target)?;
        sync_data(&self.target)
    }
}
