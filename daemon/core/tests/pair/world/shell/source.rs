//! [`Source`]: a local file or pipe that is sent.

use modem_ftp_core::api::failure::{Failure, Retry};
use modem_ftp_core::api::local::PARTIAL;
use modem_ftp_dbus::errors::ErrorName;
use sha2::{Digest as _, Sha256};

use super::pump::Extent;

/// What a source is like.
#[derive(Clone, Debug, Default)]
pub struct SourcePlan {
    /// What is in it (so far, for a pipe).
    pub bytes: Vec<u8>,
    /// A pipe: no length, not to be read twice.
    pub pipe: bool,
    /// A pipe whose writer has not closed it.
    pub open: bool,
    /// The size it had when it was accepted, if it is another now.
    pub told: Option<u64>,
    /// Reading fails at this offset.
    pub fails_at: Option<usize>,
    /// It is written to while it is sent: its last block shows a later modification time.
    pub changes: bool,
    /// How its content is hashed when it is opened.
    pub hash: HashPlan,
}

/// How the content of a source is hashed when it is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashPlan {
    /// All of it.
    #[default]
    Whole,
    /// It is too large: a part of it.
    Part,
    /// Not at all.
    Not,
}

/// A source as the shell holds it.
pub(super) struct Source {
    pub(super) plan: SourcePlan,
    /// Bytes taken out of a pipe. They are gone for good, sent or not.
    taken: usize,
}

/// SHA-256 in lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn io_error() -> Failure {
    Failure::new(ErrorName::LocalIo, "the source: input/output error")
}

fn changed(how: &str) -> Failure {
    let text = format!("the source {how} while it was being sent");
    Failure::new(ErrorName::LocalChanged, text).retry(Retry::Never)
}

impl Source {
    pub(super) fn new(plan: SourcePlan) -> Self {
        Self { plan, taken: 0 }
    }

    /// Reads a block of a regular file. An error anywhere in it fails the whole block.
    pub(super) fn read(&self, extent: Extent) -> Result<Vec<u8>, Failure> {
        let end = extent.offset + extent.length;
        if self.plan.fails_at.is_some_and(|at| at < end) {
            return Err(io_error());
        }
        let rest = self.plan.bytes.get(extent.offset..).unwrap_or_default();
        let block = &rest[..rest.len().min(extent.length)];
        if extent.exact && block.len() < extent.length {
            return Err(changed("became shorter"));
        }
        if extent.last && self.plan.changes {
            return Err(changed("changed"));
        }
        Ok(block.to_vec())
    }

    /// Its content as the engine is told when it is opened.
    pub(super) fn content(&self) -> Option<String> {
        let hash = sha256(&self.plan.bytes);
        match self.plan.hash {
            HashPlan::Whole => Some(hash),
            HashPlan::Part => Some(format!("{PARTIAL}{hash}")),
            HashPlan::Not => None,
        }
    }

    /// Hashes a part of it.
    pub(super) fn digest(&self, extent: Extent) -> Result<String, Failure> {
        self.read(extent).map(|bytes| sha256(&bytes))
    }

    /// Whether a pipe has bytes, failed or is at its end; a file can always be read.
    pub(super) fn is_ready(&self) -> bool {
        let fails = self.plan.fails_at.is_some_and(|at| at <= self.taken);
        !self.plan.pipe || fails || self.plan.bytes.len() > self.taken || !self.plan.open
    }

    /// Takes what is in a pipe, at most `limit` bytes: nothing at its end, `None` when nothing
    /// is there yet.
    pub(super) fn take(&mut self, limit: usize) -> Option<Result<Vec<u8>, Failure>> {
        let mut rest = &self.plan.bytes[self.taken..];
        if let Some(at) = self.plan.fails_at {
            rest = &rest[..rest.len().min(at - self.taken)];
            if rest.is_empty() {
                return Some(Err(io_error()));
            }
        }
        if rest.is_empty() && self.plan.open {
            return None;
        }
        let block = rest[..rest.len().min(limit)].to_vec();
        self.taken += block.len();
        Some(Ok(block))
    }

    /// A pump starts at this offset.
    pub(super) fn start(&self, offset: usize) {
        let gone = self.taken;
        assert!(
            !self.plan.pipe || gone == offset,
            "{gone} bytes were taken out of the pipe, and the next pump starts at {offset}"
        );
    }
}
