//! [`Tokens`]: what tells the descriptors of the data path apart in the poller's events.

use mio::Token;

/// The poller's tokens for the descriptors of the data path.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// The serial port.
    pub tty: Token,
    /// The pipe of an upload.
    pub source_pipe: Token,
    /// The pipe of a download.
    pub sink_pipe: Token,
}
