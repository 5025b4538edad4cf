//! [`Spool`]: numbered files that are made durable as the daemon's spool makes them: written under a
//! staging name, synchronized, renamed, the directory synchronized.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Ending of a file that is not complete.
const STAGING: &str = ".part";

/// A directory of numbered files whose content follows from the number.
#[derive(Debug)]
pub struct Spool {
    directory: PathBuf,
}

impl Spool {
    /// The spool in a state directory.
    pub fn of(state: &Path) -> Self {
        Self {
            directory: state.join("spool"),
        }
    }

    /// Makes the directory, durably, if it is missing.
    pub fn create(&self) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        sync(self.directory.parent().unwrap())
    }

    /// Adds a file. It survives a power cut when this returns.
    pub fn add(&self, number: u64) -> io::Result<()> {
        let staging = self.directory.join(format!("{number}{STAGING}"));
        let mut file = File::create(&staging)?;
        file.write_all(&content(number))?;
        file.sync_all()?;
        fs::rename(&staging, self.path(number))?;
        sync(&self.directory)
    }

    /// Removes a file that may be missing already. Not made durable.
    pub fn remove(&self, number: u64) -> io::Result<()> {
        match fs::remove_file(self.path(number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Checks that the files with these numbers are there, and that every file that has its final
    /// name is whole.
    pub fn verify(&self, numbers: impl Iterator<Item = u64>) -> Result<(), String> {
        for number in numbers {
            if !self.path(number).exists() {
                return Err(format!("the spooled file {number} is missing"));
            }
        }
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(format!("the spool: {error}")),
        };
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(STAGING) {
                continue;
            }
            let number = name
                .parse()
                .map_err(|_| format!("{name}: not a file of the spool"))?;
            let read = fs::read(&path).map_err(|error| format!("{name}: {error}"))?;
            if read != content(number) {
                return Err(format!("the spooled file {number} is not whole"));
            }
        }
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.directory.join(number.to_string())
    }
}

/// Synchronizes a directory.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Up to 20,000 bytes that differ for each number.
fn content(number: u64) -> Vec<u8> {
    let mut random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = 1 + random % 2500;
    let mut bytes = Vec::new();
    for _ in 0..words {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        bytes.extend(random.to_le_bytes());
    }
    bytes
}
