//! [`Order`]: what a transfer is accepted with.

use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::status::Direction;

/// What a transfer is accepted with.
#[derive(Debug)]
pub struct Order {
    /// To or from the server.
    pub direction: Direction,
    /// Configured name of the server.
    pub server: String,
    /// The local file.
    pub local: LocalFile,
    /// Remote path.
    pub remote: String,
    /// Options.
    pub options: Options,
    /// Owner.
    pub uid: u32,
}

impl Order {
    /// Whether a pipe is to be sent: its writer may take its time before the first byte.
    pub fn sends_pipe(&self) -> bool {
        self.direction == Direction::Upload && !self.local.rewindable
    }
}
