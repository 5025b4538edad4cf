//! [`Now`]: the time, read by the shell and passed to the engine with every call.

use std::time::Instant;

/// The time, read by the shell.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Monotonic time, for deadlines.
    pub instant: Instant,
    /// Unix time in seconds, for display and for the module's clock.
    pub unix: i64,
}
