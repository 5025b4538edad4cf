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
