//! [`Ahead`]: a local file that is opened before its attempt begins, and until when that may take.

use std::time::{Duration, Instant};

use crate::api::local::Handle;
use crate::api::status::{Direction, TransferId};

/// How long opening a local file may take.
pub const OPEN: Duration = Duration::from_secs(60);

/// A file that is being opened.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// Of which transfer.
    pub id: TransferId,
    /// Its handle.
    pub handle: Handle,
    /// To or from the server.
    pub direction: Direction,
    /// Number of the facts that have to be stored before: what the shell was told to do with the file
    /// after an earlier attempt comes first.
    pub facts: u64,
    /// Whether the shell was told to open it.
    pub is_begun: bool,
    /// When the attempt begins in any case, to fail.
    pub until: Instant,
}
