//! The clock: the only place that reads the time for the engine.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use modem_ftp_core::api::now::Now;

/// The present time.
pub fn now() -> Now {
    let unix = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    };
    Now {
        instant: Instant::now(),
        unix,
    }
}
