//! [`RangeHash`]: the hash of a part of a local file, computed in steps that each take little time.

use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use sha2::{Digest, Sha256};

use super::content::hexadecimal;
use super::open_file::{OpenFile, Sink, Source};
use super::sink::SinkFile;
use super::source::SourceFile;

/// Bytes that are hashed in one step.
const STEP: u64 = 64 * 1024;

/// What is hashed.
#[derive(Debug)]
enum Hashed {
    Source(Arc<SourceFile>),
    Sink(Arc<SinkFile>),
}

/// A hash that is being computed.
#[derive(Debug)]
pub struct RangeHash {
    file: Hashed,
    /// Offset of the next byte, and of the first one that does not belong to the range.
    offset: u64,
    end: u64,
    hash: Sha256,
    buffer: Vec<u8>,
}

impl RangeHash {
    /// Nothing is hashed yet.
    ///
    /// # Errors
    /// `LocalIo`: a pipe cannot be read again.
    pub fn new(file: &OpenFile, offset: u64, length: u64) -> Result<Self, Failure> {
        let file = match file {
            OpenFile::Source(Source::File(file)) => Hashed::Source(Arc::clone(file)),
            OpenFile::Sink(Sink::File(file)) => Hashed::Sink(Arc::clone(file)),
            OpenFile::Source(Source::Pipe(_)) | OpenFile::Sink(Sink::Pipe(_)) => {
                let text = "a pipe cannot be read again";
                return Err(Failure::new(ErrorName::LocalIo, text));
            }
        };
        Ok(Self {
            file,
            offset,
            end: offset.saturating_add(length),
            hash: Sha256::new(),
            buffer: Vec::new(),
        })
    }

    /// Hashes some bytes; at the end, returns the SHA-256 as lower-case hexadecimal digits.
    ///
    /// # Errors
    /// `LocalIo`; `LocalChanged`: a source is not what it was when it was opened.
    pub fn step(&mut self) -> Option<Result<String, Failure>> {
        let length = self.end.saturating_sub(self.offset).min(STEP);
        self.buffer.resize(usize::try_from(length).unwrap_or(0), 0);
        let read = match &self.file {
            Hashed::Source(file) => file.read_exact(self.offset, &mut self.buffer),
            Hashed::Sink(file) => file.read_exact(self.offset, &mut self.buffer),
        };
        if let Err(failure) = read {
            return Some(Err(failure));
        }
        self.hash.update(&self.buffer);
        self.offset += length;
        if self.offset < self.end {
            return None;
        }
        Some(Ok(hexadecimal(&self.hash.finalize_reset())))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    fn hash(mut hash: RangeHash) -> Result<String, Failure> {
        std::iter::repeat_with(|| hash.step())
            .flatten()
            .next()
            .unwrap()
    }

    #[test]
    fn a_range_of_a_source_and_of_a_sink_is_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        // The example of FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        std::fs::write(&path, "xyabcz").unwrap();
        let source = SourceFile::reopened(File::open(&path).unwrap(), &path, 1).unwrap();
        let source = OpenFile::source(source);
        assert_eq!(hash(RangeHash::new(&source, 1, 3).unwrap()).unwrap(), abc);
        let beyond = hash(RangeHash::new(&source, 4, 3).unwrap()).unwrap_err();
        assert_eq!(beyond.name, ErrorName::LocalIo);

        let file = tempfile::tempfile().unwrap();
        let sink = Arc::new(SinkFile::from_fd(file.into()).unwrap());
        sink.write(0, b"xxabc").unwrap();
        let open = OpenFile::Sink(Sink::File(sink));
        assert_eq!(hash(RangeHash::new(&open, 2, 3).unwrap()).unwrap(), abc);
        assert!(hash(RangeHash::new(&open, 2, 4).unwrap()).is_err());
    }

    #[test]
    fn a_source_that_changed_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "content").unwrap();
        let source = SourceFile::reopened(File::open(&path).unwrap(), &path, 0).unwrap();
        let source = OpenFile::source(source);
        std::fs::write(&path, "another one").unwrap();
        let failure = hash(RangeHash::new(&source, 0, 3).unwrap()).unwrap_err();
        assert_eq!(failure.name, ErrorName::LocalChanged);
    }
}
