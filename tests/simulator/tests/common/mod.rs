//! What the tests of the program need: a real server, the program, a host at its port.
#![allow(dead_code)] // each test binary uses a part of it

pub mod certificates;
pub mod host;
pub mod implicit;
pub mod server;
pub mod simulator;

use std::time::{Duration, Instant};

/// Longest wait for anything that should happen soon.
pub const SOON: Duration = Duration::from_secs(20);

/// Asks until the answer is there; gives up with `what` after [`SOON`].
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
