//! The only way to skip a test: if something is not installed, print that and skip; if everything
//! is required (`MODEM_FTP_REQUIRE_ALL=1`, set by `tests/run`), fail.

use crate::Error;
use std::io::Write;

/// The environment variable that forbids skipping.
const REQUIRE_ALL: &str = "MODEM_FTP_REQUIRE_ALL";

/// The fixture; `None`, after a line on standard error, if this machine lacks something. The line
/// is not captured by the test harness.
///
/// # Panics
///
/// If the fixture failed, or if something is missing although everything is required.
#[track_caller]
pub fn need<T>(fixture: Result<T, Error>) -> Option<T> {
    let required = std::env::var_os(REQUIRE_ALL).is_some_and(|value| value == "1");
    match fixture {
        Ok(fixture) => Some(fixture),
        Err(Error::Missing(what)) if !required => {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            let line = format!("\nSKIPPED {test}: {what} (tests/run installs it)\n");
            // A closed standard error does not fail a test.
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
