//! Copies into the spool, in steps that each take little time: [`Copying`] of a regular file,
//! [`PipeCopy`] of a pipe.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use nix::errno::Errno;
use nix::fcntl::copy_file_range;

use super::file::SpoolFile;
use super::{PIPES, Spool};
use crate::files::{BLOCK_SIZE, Block, Blocks, PipeReader, SourceFile, errno_failure, io_failure};

/// Bytes that are copied in one step.
const STEP: u64 = 1024 * 1024;
/// Bytes that are copied in one step if the kernel cannot do it.
const BY_HAND: usize = 64 * 1024;
/// Bytes after which what was copied is written to the disk, so that the end does not take long.
const SYNC: u64 = 8 * STEP;

/// A regular file that is being copied. The file offset of the caller's descriptor stays as it is.
#[derive(Debug)]
pub struct Copying {
    source: SourceFile,
    copy: Option<SpoolFile>,
    done: u64,
    /// Whether the kernel cannot copy between these two file systems.
    by_hand: bool,
}

impl Copying {
    /// Begins the copy for a user.
    ///
    /// # Errors
    /// `QueueFull`, `LocalDenied`, `LocalIo`.
    pub fn new(source: SourceFile, spool: &Arc<Spool>, uid: u32) -> Result<Self, Failure> {
        let copy = SpoolFile::create(spool, uid)?;
        copy.reserve(source.size())?;
        Ok(Self {
            source,
            copy: Some(copy),
            done: 0,
            by_hand: false,
        })
    }

    /// Copies some bytes. At the end, returns the name in the spool and the size.
    ///
    /// # Errors
    /// `LocalChanged`, `LocalIo`.
    pub fn step(&mut self) -> Option<Result<(String, u64), Failure>> {
        let size = self.source.size();
        match self.copy_some(size) {
            Ok(()) if self.done < size => None,
            Ok(()) => {
                let finished = self.source.check().and_then(|()| match self.copy.take() {
                    Some(copy) => copy.finish(),
                    None => Err(Failure::new(ErrorName::LocalIo, "the copy has ended")),
                });
                Some(finished.map(|name| (name, size)))
            }
            Err(failure) => Some(Err(failure)),
        }
    }

    fn copy_some(&mut self, size: u64) -> Result<(), Failure> {
        let left = (size - self.done).min(STEP);
        let Some(copy) = self.copy.as_ref().filter(|_| left > 0) else {
            return Ok(());
        };
        let from = self.source.base() + self.done;
        let length = usize::try_from(left).unwrap_or(BLOCK_SIZE);
        let count = match self.by_hand {
            true => by_hand(&self.source, from, copy, self.done, length)?,
            false => match in_the_kernel(&self.source, from, copy, self.done, length) {
                Ok(count) => count,
                Err(Errno::EINTR) => return Ok(()),
                Err(error @ (Errno::ENOSPC | Errno::EDQUOT | Errno::EIO | Errno::EFBIG)) => {
                    return Err(errno_failure(copy.path(), error));
                }
                Err(_) => {
                    self.by_hand = true;
                    return Ok(());
                }
            },
        };
        if count == 0 {
            // The file became shorter.
            self.source.check()?;
            let text = format!("{} cannot be read to its end", self.source.name());
            return Err(Failure::new(ErrorName::LocalIo, text));
        }
        let before = self.done / SYNC;
        self.done += count;
        if self.done / SYNC > before {
            let synced = copy.file().sync_data();
            synced.map_err(|error| io_failure(copy.path(), &error))?;
        }
        Ok(())
    }
}

/// Copies by copy_file_range(2), which shares the blocks where the file system can.
fn in_the_kernel(
    source: &SourceFile,
    from: u64,
    copy: &SpoolFile,
    to: u64,
    length: usize,
) -> nix::Result<u64> {
    let mut from = i64::try_from(from).map_err(|_| Errno::EOVERFLOW)?;
    let mut to = i64::try_from(to).map_err(|_| Errno::EOVERFLOW)?;
    let (source, copy) = (source.file(), copy.file());
    let count = copy_file_range(source, Some(&mut from), copy, Some(&mut to), length)?;
    // Files of /proc and the like have no bytes for the kernel.
    if count == 0 {
        Err(Errno::EINVAL)
    } else {
        Ok(count as u64)
    }
}

/// Copies through a buffer.
fn by_hand(
    source: &SourceFile,
    from: u64,
    copy: &SpoolFile,
    to: u64,
    length: usize,
) -> Result<u64, Failure> {
    let mut buffer = vec![0; length.min(BY_HAND)];
    let count = loop {
        match source.file().read_at(&mut buffer, from) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io_failure(source.name(), &error)),
            Ok(count) => break count,
        }
    };
    let bytes = buffer.get(..count).unwrap_or_default();
    let written = copy.file().write_all_at(bytes, to);
    written.map_err(|error| io_failure(copy.path(), &error))?;
    Ok(count as u64)
}

/// A pipe that is being read to its end.
#[derive(Debug)]
pub struct PipeCopy {
    pipe: PipeReader,
    copy: SpoolFile,
    block: Block,
    done: u64,
    _slot: Slot,
}

/// What comes after some bytes of a pipe.
#[derive(Debug)]
pub enum PipeStep {
    /// More, as soon as this descriptor of the pipe is readable.
    Wait(PipeCopy, OwnedFd),
    /// More, after other work of the disk thread.
    Again(PipeCopy),
    /// Nothing: the name in the spool and the size.
    End(String, u64),
}

impl PipeCopy {
    /// Begins the copy for a user.
    ///
    /// # Errors
    /// `QueueFull`, `LocalDenied`, `LocalIo`.
    pub fn new(pipe: PipeReader, spool: &Arc<Spool>, uid: u32) -> Result<Self, Failure> {
        let slot = Slot::take(spool, uid)?;
        Ok(Self {
            pipe,
            copy: SpoolFile::create(spool, uid)?,
            block: Blocks::default().take(),
            done: 0,
            _slot: slot,
        })
    }

    /// Copies what is in the pipe.
    ///
    /// # Errors
    /// `QueueFull`, `LocalIo`.
    pub fn step(mut self) -> Result<PipeStep, Failure> {
        let name = "the pipe that was passed";
        let begin = self.done;
        while self.done - begin < STEP {
            match self.pipe.read(&mut self.block, BLOCK_SIZE) {
                Ok(()) if self.block.is_empty() => {
                    return Ok(PipeStep::End(self.copy.finish()?, self.done));
                }
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let pipe = self.pipe.try_clone();
                    let pipe = pipe.map_err(|error| io_failure(name, &error))?;
                    return Ok(PipeStep::Wait(self, pipe));
                }
                Err(error) => return Err(io_failure(name, &error)),
            }
            self.copy.reserve(self.block.len() as u64)?;
            let mut file = self.copy.file();
            let written = file.write_all(self.block.as_slice());
            written.map_err(|error| io_failure(self.copy.path(), &error))?;
            self.done += self.block.len() as u64;
        }
        if self.done / SYNC > begin / SYNC {
            let synced = self.copy.file().sync_data();
            synced.map_err(|error| io_failure(self.copy.path(), &error))?;
        }
        Ok(PipeStep::Again(self))
    }
}

/// One of the pipes that may be read at a time.
#[derive(Debug)]
struct Slot {
    spool: Arc<Spool>,
    uid: u32,
}

impl Slot {
    /// A user other than root may not have more of them than are left for others.
    fn take(spool: &Arc<Spool>, uid: u32) -> Result<Self, Failure> {
        let mut room = spool.room();
        let left = PIPES.saturating_sub(room.pipes.values().sum());
        let own = room.pipes.get(&uid).copied().unwrap_or_default();
        if left == 0 || (uid != 0 && own >= left) {
            let text = format!(
                "{} pipes are being read into the spool already",
                PIPES - left
            );
            return Err(Failure::new(ErrorName::QueueFull, text));
        }
        room.pipes.insert(uid, own + 1);
        drop(room);
        let spool = Arc::clone(spool);
        Ok(Self { spool, uid })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut room = self.spool.room();
        if let Some(own) = room.pipes.get_mut(&self.uid) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                room.pipes.remove(&self.uid);
            }
        }
    }
}
