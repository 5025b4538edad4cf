//! [`Hashing`]: the hash of what a source holds, computed in steps that each take little time.

use std::fmt::Write as _;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::PARTIAL;
use sha2::{Digest, Sha256};

use super::failure::io_failure;
use super::source::SourceFile;

/// The longest content that is hashed as a whole, in bytes.
pub const WHOLE: u64 = 64 * 1024 * 1024;
/// Bytes that are hashed in one step: a buffer of this size does not make the allocator keep more
/// for each thread, as one of 128 KiB would (`M_MMAP_THRESHOLD`, mallopt(3)).
const STEP: usize = 64 * 1024;
/// Bytes at either end of a longer content that are hashed.
const END: u64 = 64 * 1024;

/// A hash that is being computed.
#[derive(Debug)]
pub struct Hashing {
    file: Arc<SourceFile>,
    hash: Sha256,
    /// How many bytes are hashed so far.
    done: u64,
    buffer: Vec<u8>,
}

impl Hashing {
    /// Nothing of the source is hashed yet.
    pub fn new(file: Arc<SourceFile>) -> Self {
        Self {
            file,
            hash: Sha256::new(),
            done: 0,
            buffer: Vec::new(),
        }
    }

    /// Hashes some bytes. At the end, returns lower-case hexadecimal digits: 64 are the SHA-256 of
    /// the content, 32 behind [`PARTIAL`] are made of both ends, the size and the time of a content
    /// longer than [`WHOLE`].
    ///
    /// # Errors
    /// `LocalIo`. `LocalChanged`: the file is not what it was when it was opened.
    pub fn step(&mut self) -> Option<Result<String, Failure>> {
        let size = self.file.size();
        let result = if size > WHOLE {
            self.ends(size)
        } else {
            match self.piece(size) {
                Ok(()) if self.done < size => return None,
                Ok(()) => Ok(hexadecimal(&self.hash.finalize_reset())),
                Err(failure) => Err(failure),
            }
        };
        Some(result.and_then(|content| self.file.check().map(|()| content)))
    }

    fn piece(&mut self, size: u64) -> Result<(), Failure> {
        let length = usize::try_from(size - self.done).unwrap_or(STEP).min(STEP);
        self.read(self.done, length)?;
        self.done += length as u64;
        Ok(())
    }

    fn ends(&mut self, size: u64) -> Result<String, Failure> {
        let (seconds, nanoseconds) = self.file.stamp().modified;
        self.hash.update(b"ends");
        self.hash.update(size.to_le_bytes());
        self.hash.update(seconds.to_le_bytes());
        self.hash.update(nanoseconds.to_le_bytes());
        let length = usize::try_from(END).unwrap_or(STEP);
        self.read(0, length)?;
        self.read(size - END, length)?;
        let mut digits = hexadecimal(&self.hash.finalize_reset());
        digits.truncate(32);
        Ok(format!("{PARTIAL}{digits}"))
    }

    /// Hashes the bytes at an offset of the content.
    fn read(&mut self, offset: u64, length: usize) -> Result<(), Failure> {
        self.buffer.resize(length, 0);
        let at = self.file.base() + offset;
        match self.file.file().read_exact_at(&mut self.buffer, at) {
            Ok(()) => {
                self.hash.update(&self.buffer);
                Ok(())
            }
            Err(error) => {
                // A file that became shorter is a change, not an error of the disk.
                self.file.check()?;
                Err(io_failure(self.file.name(), &error))
            }
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use modem_ftp_dbus::ErrorName;

    use super::*;

    fn source(path: &Path, base: u64) -> Arc<SourceFile> {
        let file = File::open(path).unwrap();
        Arc::new(SourceFile::reopened(file, path, base).unwrap())
    }

    fn hash(file: Arc<SourceFile>) -> Result<String, Failure> {
        let mut hashing = Hashing::new(file);
        std::iter::repeat_with(|| hashing.step())
            .flatten()
            .next()
            .unwrap()
    }

    #[test]
    fn a_short_content_is_hashed_from_its_base_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "xyabc").unwrap();
        // The example of FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(source(&path, 2)).unwrap(), abc);
        std::fs::write(&path, vec![7; 2 * STEP + 1]).unwrap();
        let long = hash(source(&path, 0)).unwrap();
        assert_eq!(long, hash(source(&path, 0)).unwrap());
        assert_ne!(long, hash(source(&path, 1)).unwrap());
    }

    #[test]
    fn a_long_content_is_known_by_its_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let file = File::create(&path).unwrap();
        file.set_len(WHOLE + 1).unwrap();
        let zeros = hash(source(&path, 0)).unwrap();
        assert_eq!(zeros.strip_prefix(PARTIAL).unwrap().len(), 32);
        file.write_all_at(b"x", WHOLE).unwrap();
        assert_ne!(hash(source(&path, 0)).unwrap(), zeros);
    }

    #[test]
    fn a_file_that_changes_meanwhile_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "content").unwrap();
        let file = source(&path, 0);
        std::fs::write(&path, "short").unwrap();
        let failure = hash(file).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalChanged);
    }
}
