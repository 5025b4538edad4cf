//! [`Files`]: the module's file storage, shared with the scenario.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use virtual_bg96::ufs::Storage;
use virtual_bg96::ufs::memory::MemoryStorage;

/// The module's file storage.
#[derive(Clone, Default)]
pub struct Files(Arc<Mutex<MemoryStorage>>);

impl Files {
    fn lock(&self) -> MutexGuard<'_, MemoryStorage> {
        self.0.lock().unwrap()
    }

    /// Names of all files.
    pub fn names(&self) -> Vec<String> {
        let files = self.lock().list().unwrap();
        files.into_iter().map(|(name, _)| name).collect()
    }

    /// Content of a file.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        let size = self.lock().size(name).unwrap()?;
        Some(
            self.lock()
                .read(name, 0, usize::try_from(size).unwrap())
                .unwrap(),
        )
    }

    /// Puts a file there.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let mut storage = self.lock();
        storage.create(name).unwrap();
        storage.write(name, 0, bytes).unwrap();
    }
}

impl Storage for Files {
    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        self.lock().list()
    }

    fn size(&self, name: &str) -> io::Result<Option<u64>> {
        self.lock().size(name)
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        self.lock().create(name)
    }

    fn read(&self, name: &str, offset: u64, count: usize) -> io::Result<Vec<u8>> {
        self.lock().read(name, offset, count)
    }

    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.lock().write(name, offset, bytes)
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.lock().truncate(name, length)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.lock().remove(name)
    }
}
