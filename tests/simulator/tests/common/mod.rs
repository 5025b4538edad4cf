//! Fixtures for the tests of the program: real FTP servers, the program, a host with its tty open.
#![allow(dead_code)] // each test binary uses only a part of it

pub mod certificates;
pub mod host;
pub mod implicit;
pub mod server;
pub mod simulator;

use std::time::{Duration, Instant};

/// Time limit for anything that is expected to happen.
pub const SOON: Duration = Duration::from_secs(20);

/// Calls `ask` until it returns a value; fails with `what` after [`SOON`].
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + SOON;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}
