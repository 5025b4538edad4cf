//! How the payload that moves now stands.

use crate::api::failure::Failure;
use crate::api::local::Handle;
use crate::at::checksum::Checksum;
use crate::link::digest::Digest;

/// How the copy stands.
#[derive(Debug, Default)]
pub(in crate::link) struct PumpState {
    /// Whether it runs.
    pub running: bool,
    /// Bytes the tty has taken so far.
    pub sent: u64,
    /// Its end, once reached: bytes and checksum, or why it failed.
    pub ended: Option<Result<(u64, u16), Failure>>,
}

/// What is being received.
#[derive(Debug, Default)]
pub(in crate::link) struct ReceptionState {
    /// The local file; `None`: the payload is only counted and summed.
    pub handle: Option<Handle>,
    /// Whether another reception may continue the local file.
    pub resumable: bool,
    /// Payload bytes so far.
    pub bytes: u64,
    /// How many of them went to the local file.
    pub delivered: u64,
    /// Their checksum (docs/module/at-file.md §3.6).
    pub checksum: Checksum,
    /// Their digest, if it is wanted.
    pub digest: Option<Digest>,
}
