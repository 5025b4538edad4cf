//! [`FileSink`]: a local file that is received. Its bytes are staged beside the final name until
//! they are committed; a failed write or cut is remembered and keeps it from being committed.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::errors::ErrorName;

use super::pipe::Reader;
use super::source::sha256;

/// What the disk refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// To write beyond this offset: no space left.
    Write(usize),
    /// The same, but only once.
    WriteOnce(usize),
    /// To cut the file or make it anew.
    Cut,
    /// To bring the file to the disk: a write error that was reported late.
    Sync,
    /// To give it its final name.
    Rename,
    /// To close it. The shell has no use for that error: the file was synced before.
    Close,
}

/// What a sink is like.
#[derive(Clone, Debug, Default)]
pub struct SinkPlan {
    /// A pipe, and who reads it: what was written stays written.
    pub pipe: Option<Reader>,
    /// What its disk refuses.
    pub fault: Option<DiskFault>,
    /// Its final name exists already, with this content.
    pub existing: Option<Vec<u8>>,
}

impl SinkPlan {
    /// A pipe whose reader takes everything at once.
    pub fn pipe() -> Self {
        Self::read_by(Reader::default())
    }

    /// A pipe with this reader.
    pub fn read_by(reader: Reader) -> Self {
        Self {
            pipe: Some(reader),
            ..Self::default()
        }
    }

    /// A file on a disk with this fault.
    pub fn with_fault(fault: DiskFault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }
}

/// A sink as the disk thread knows it.
pub(super) struct FileSink {
    pub(super) fault: Option<DiskFault>,
    /// The bytes under the staging name, if there is such a file.
    pub(super) staged: Option<Vec<u8>>,
    /// The bytes under the final name.
    pub(super) landed: Option<Vec<u8>>,
    committed: bool,
    /// What went wrong with the present attempt.
    failure: Option<Failure>,
    closed: bool,
}

fn io_error(what: &str) -> Failure {
    Failure::new(ErrorName::LocalIo, format!("the sink: {what}"))
}

impl FileSink {
    pub(super) fn new(plan: SinkPlan) -> Self {
        Self {
            fault: plan.fault,
            staged: Some(Vec::new()),
            landed: plan.existing,
            committed: false,
            failure: None,
            closed: false,
        }
    }

    fn remember(&mut self, done: Result<(), Failure>) -> Result<(), Failure> {
        if let Err(failure) = &done {
            self.failure = Some(failure.clone());
        }
        done
    }

    /// Forgets what was received from `offset` on; makes the file anew after a discard.
    pub(super) fn cut(&mut self, offset: usize) -> Result<(), Failure> {
        assert!(!self.closed, "cut after close");
        if offset == 0 {
            self.failure = None;
        }
        let done = match (self.fault, self.committed) {
            (Some(DiskFault::Cut), _) => Err(io_error("cannot be truncated")),
            (_, true) => Err(io_error("is closed")),
            _ => {
                self.staged.get_or_insert_default().resize(offset, 0);
                Ok(())
            }
        };
        self.remember(done)
    }

    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<(), Failure> {
        assert!(!self.closed, "write after close");
        let full = match self.fault {
            Some(DiskFault::Write(at) | DiskFault::WriteOnce(at)) => offset + bytes.len() > at,
            _ => false,
        };
        if full {
            self.fault
                .take_if(|it| matches!(it, DiskFault::WriteOnce(_)));
        }
        let done = match &mut self.staged {
            _ if full => Err(io_error("no space left on device")),
            None => Err(io_error("is closed")),
            Some(staged) => {
                if self.failure.is_none() {
                    assert_eq!(staged.len(), offset, "a hole in a sink");
                }
                staged.truncate(offset);
                staged.extend(bytes);
                Ok(())
            }
        };
        self.remember(done)
    }

    /// Hashes a part of what was received.
    pub(super) fn digest(&self, offset: usize, length: usize) -> Result<String, Failure> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let part = self
            .staged
            .as_ref()
            .and_then(|it| it.get(offset..offset + length));
        part.map(sha256)
            .ok_or_else(|| io_error("has fewer bytes than that"))
    }

    pub(super) fn commit(&mut self, fail_if_exists: bool) -> Result<(), Failure> {
        assert!(!self.closed, "commit after close");
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.fault == Some(DiskFault::Sync) {
            return Err(io_error("input/output error"));
        }
        if fail_if_exists && self.landed.is_some() {
            let text = "the sink exists already";
            return Err(Failure::new(ErrorName::LocalDenied, text));
        }
        if self.fault == Some(DiskFault::Rename) {
            return Err(io_error("cannot be renamed"));
        }
        let staged = self.staged.take();
        self.landed = Some(staged.expect("something to commit"));
        self.committed = true;
        Ok(())
    }

    /// The process that held it is gone; its staging file is swept.
    pub(super) fn abandon(&mut self) {
        self.staged = None;
        self.committed = false;
        self.failure = None;
        self.closed = false;
    }

    pub(super) fn discard(&mut self) {
        self.staged = None;
    }

    /// The last descriptor goes: what was not committed is removed.
    pub(super) fn close(&mut self) {
        self.staged = None;
        self.closed = true;
    }
}
