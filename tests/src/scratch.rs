//! A folder of the test's own, gone with the test.

use crate::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A temporary folder, removed with everything in it when dropped. Other users may enter it:
/// some servers drop root before they touch their files.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A new, empty folder.
    ///
    /// # Errors
    ///
    /// If the temporary directory cannot be written.
    pub fn new() -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("modem-ftp-").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of `name` in the folder; nothing is made.
    #[must_use]
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder, making the folders on the way, and gives its path.
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

    /// The same for a secret: nobody but its owner may read it.
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

    /// Makes a folder in the folder and gives its path.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn folder(&self, name: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let path = self.join(name);
        fs::create_dir_all(&path)?;
        Ok(path)
    }
}
