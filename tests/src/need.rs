//! The one rule for what is missing: say so loudly and skip, or fail where everything is
//! required (`MODEM_FTP_REQUIRE_ALL=1`, as `tests/run` sets it). Nothing else may skip.

use crate::Error;
use std::io::Write;

/// The environment variable that forbids skipping.
const REQUIRE_ALL: &str = "MODEM_FTP_REQUIRE_ALL";

/// The fixture, or `None` after a line on standard error (past the test harness's capture)
/// that says what this machine lacks.
///
/// # Panics
///
/// Where the fixture failed, and where something is missing although everything is required.
#[track_caller]
pub fn need<T>(fixture: Result<T, Error>) -> Option<T> {
    let required = std::env::var_os(REQUIRE_ALL).is_some_and(|value| value == "1");
    match fixture {
        Ok(fixture) => Some(fixture),
        Err(Error::Missing(what)) if !required => {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            let line = format!("\nSKIPPED {test}: {what} (tests/run brings it)\n");
            // A closed standard error is no reason to fail a test.
            let _ = std::io::stderr().write_all(line.as_bytes());
            None
        }
        Err(error) => fail(&error),
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "this is how a test fails")]
fn fail(error: &Error) -> ! {
    panic!("{error}")
}
