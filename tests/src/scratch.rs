//! A temporary folder that is removed with the test.

use crate::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A temporary folder, removed with its content when dropped. Other users may enter it: some
/// servers give up root before they open their files.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// Creates an empty folder.
    ///
    /// # Errors
    ///
    /// If it cannot be created.
    pub fn new() -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("modem-ftp-").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        Ok(Self { folder })
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of `name` in it; nothing is created.
    #[must_use]
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into it, creates the folders of its path, and gives its path.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(
        &self,
        name: impl AsRef<Path>,
        content: impl AsRef<[u8]>,
    ) -> Result<PathBuf, Error> {
        let path = self.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        Ok(path)
    }

    /// Writes a file that only its owner may read.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write_secret(
        &self,
        name: impl AsRef<Path>,
        content: impl AsRef<[u8]>,
    ) -> Result<PathBuf, Error> {
        let path = self.write(name, content)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(path)
    }

    /// Creates a folder in it and gives its path.
    ///
    /// # Errors
    ///
    /// If it cannot be created.
    pub fn folder(&self, name: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let path = self.join(name);
        fs::create_dir_all(&path)?;
        Ok(path)
    }
}
