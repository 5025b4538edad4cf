//! [`Now`]: the time, read by the shell and passed in with every call.

use std::time::Instant;

/// The time, read by the shell.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For deadlines; never goes back.
    pub instant: Instant,
    /// Unix seconds, for people and for the module's clock.
    pub unix: i64,
}
