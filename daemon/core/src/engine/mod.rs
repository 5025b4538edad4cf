//! [`Engine`]: the one door the shell knows. Bytes, answers and the time go in by its
//! methods; what is to be done comes out of [`Engine::poll`], in order. After every call the
//! shell polls until nothing comes, then sleeps until [`Engine::deadline`].

mod output;

use std::time::Instant;

pub use output::Output;

use crate::failure::Failure;
use crate::request::{Handle, Request, Ticket};
use crate::settings::Settings;

/// The time, read by the shell.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For deadlines; never goes back.
    pub instant: Instant,
    /// Unix seconds, for people and for the module's clock.
    pub unix: i64,
}

/// Takes received payload. Implemented by the shell (and by tests).
pub use crate::at::Sink;

/// Everything that is decided.
pub struct Engine {}

impl Engine {
    /// An engine without a line yet. `seed` makes temporary names unlike those of other runs.
    pub fn new(now: Now, settings: Settings, seed: u64) -> Self {
        let _ = (now, settings, seed);
        Self {}
    }

    /// The tty is open, raw, at the configured rate. `modem_lines` says whether DTR can be set.
    pub fn line_opened(&mut self, now: Now, modem_lines: bool) {
        let _ = (now, modem_lines);
    }

    /// The tty is not there or broke; it will be opened again by the shell when it can be.
    pub fn line_closed(&mut self, now: Now, reason: &str) {
        let _ = (now, reason);
    }

    /// Bytes from the module. Payload among them goes to `sink` before this returns.
    pub fn received(&mut self, now: Now, bytes: &[u8], sink: &mut dyn Sink) {
        let _ = (now, bytes, sink);
    }

    /// A call from the bus.
    pub fn request(&mut self, now: Now, ticket: Ticket, request: Request) {
        let _ = (now, ticket, request);
    }

    /// `bytes` more payload bytes of the running pump were taken by the tty.
    pub fn pumped(&mut self, now: Now, bytes: u64) {
        let _ = (now, bytes);
    }

    /// The pump handed its last byte to the tty: how many in all and their checksum
    /// (at-file.md 3.6), or why it stopped.
    pub fn pump_ended(&mut self, now: Now, result: Result<(u64, u16), Failure>) {
        let _ = (now, result);
    }

    /// Answers [`Output::Drain`].
    pub fn drained(&mut self, now: Now) {
        let _ = now;
    }

    /// Answers [`Output::Commit`]; also called with an error as soon as a sink fails.
    pub fn committed(&mut self, now: Now, handle: Handle, result: Result<(), Failure>) {
        let _ = (now, handle, result);
    }

    /// Comes to rest: the running transfer is stopped, data mode left, the session closed;
    /// then [`Output::Stopped`] comes out. Takes a few seconds at most.
    pub fn stop(&mut self, now: Now) {
        let _ = now;
    }

    /// The deadline passed (calling it earlier does no harm).
    pub fn timeout(&mut self, now: Now) {
        let _ = now;
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        None
    }

    /// When [`Engine::timeout`] wants to be called; `None`: not before something else happens.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }
}
