//! [`Inquiry`]: a transfer in doubt is to end, and its server is asked first.

use std::time::{Duration, Instant};

/// How long the answer may take. A caller of the bus gives up after 25 s, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a transfer in doubt is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Its owner cancels it.
    Cancel,
    /// Its `expires` has passed.
    Expiry,
}

/// The server is to be asked before a transfer ends.
#[derive(Clone, Copy, Debug)]
pub struct Inquiry {
    /// Why it is to end.
    pub wanted: Wanted,
    /// When it ends without an answer.
    pub until: Instant,
}

impl Inquiry {
    /// An inquiry that begins at `now`.
    pub fn new(wanted: Wanted, now: Instant) -> Self {
        let until = now + PATIENCE;
        Self { wanted, until }
    }
}
