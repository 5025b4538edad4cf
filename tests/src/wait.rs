//! Waits for a condition, with a time-out.

use crate::Error;
use std::time::{Duration, Instant};

/// The interval between two checks of a condition.
const INTERVAL: Duration = Duration::from_millis(10);

/// Waits until `ready` gives a value; checks every 10 ms.
///
/// # Errors
///
/// If `ready` fails, or after `limit`; then `what` names the condition.
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
        std::thread::sleep(INTERVAL);
    }
}

/// True as soon as `holds` gives true, false after `limit`.
#[must_use]
pub fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    until("condition", limit, || Ok(holds().then_some(()))).is_ok()
}
