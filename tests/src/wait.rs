//! Waiting for a condition, never for a time.

use crate::Error;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(10);

/// Waits until `ready` gives a value, looking every 10 ms.
///
/// # Errors
///
/// If `ready` fails, or after `limit`, naming `what` was waited for.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut ready: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    let end = Instant::now() + limit;
    loop {
        if let Some(value) = ready()? {
            return Ok(value);
        }
        if Instant::now() >= end {
            return Err(Error::failed(format!("{what}: not within {limit:?}")));
        }
        std::thread::sleep(STEP);
    }
}

/// True as soon as `holds` does, false if it does not within `limit`.
#[must_use]
pub fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    until("condition", limit, || Ok(holds().then_some(()))).is_ok()
}
