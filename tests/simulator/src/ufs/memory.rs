//! The UFS in memory, for tests in virtual time.

use std::io;

use super::Storage;

/// The files, in the order of their creation.
#[derive(Debug, Default)]
pub struct MemoryStorage(Vec<(String, Vec<u8>)>);

impl MemoryStorage {
    fn get(&self, name: &str) -> io::Result<&Vec<u8>> {
        let found = self.0.iter().find(|(file, _)| file == name);
        found
            .map(|(_, bytes)| bytes)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn get_mut(&mut self, name: &str) -> io::Result<&mut Vec<u8>> {
        let found = self.0.iter_mut().find(|(file, _)| file == name);
        found
            .map(|(_, bytes)| bytes)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput.into())
}

impl Storage for MemoryStorage {
    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        Ok(self
            .0
            .iter()
            .map(|(name, bytes)| (name.clone(), bytes.len() as u64))
            .collect())
    }

    fn size(&self, name: &str) -> io::Result<Option<u64>> {
        Ok(self.get(name).ok().map(|bytes| bytes.len() as u64))
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        match self.get_mut(name) {
            Ok(bytes) => bytes.clear(),
            Err(_) => self.0.push((name.to_owned(), Vec::new())),
        }
        Ok(())
    }

    fn read(&self, name: &str, offset: u64, count: usize) -> io::Result<Vec<u8>> {
        let bytes = self.get(name)?;
        Ok(bytes
            .iter()
            .skip(index(offset)?)
            .take(count)
            .copied()
            .collect())
    }

    fn write(&mut self, name: &str, offset: u64, new: &[u8]) -> io::Result<()> {
        let offset = index(offset)?;
        let bytes = self.get_mut(name)?;
        let end = offset + new.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        if let Some(place) = bytes.get_mut(offset..end) {
            place.copy_from_slice(new);
        }
        Ok(())
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        let length = index(length)?;
        self.get_mut(name)?.truncate(length);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.0.retain(|(file, _)| file != name);
        Ok(())
    }
}
