//! The AT port of a running module: a byte stream with modem lines, connected to its remote side.
//! A transport (pty, USB, a test) needs only this interface.

use std::time::Instant;

use crate::module::{Condition, Injection, Module, Statistics};
use crate::remote::Remote;

/// A module with its remote side. All methods get the current time as a parameter; none blocks.
///
/// A transport's loop: while [`Port::wants_input`] is not 0, pass the host's bytes to
/// [`Port::input`]; write [`Port::output`] to the host and report the number of bytes written with
/// [`Port::sent`]; report DTR with [`Port::set_dtr`] and drive DCD and RI from [`Port::dcd`] and
/// [`Port::ri`]; call [`Port::tick`] at [`Port::deadline`] and whenever the remote side's wake-up
/// fires.
pub struct Port {
    module: Module,
    remote: Box<dyn Remote>,
}

impl Port {
    /// Connects a module to its remote side.
    pub fn new(module: Module, remote: Box<dyn Remote>) -> Self {
        Self { module, remote }
    }

    /// How many bytes the module accepts now; 0 means that flow control (RTS/CTS) stops the host.
    pub fn wants_input(&self) -> usize {
        self.module.input_window()
    }

    /// Bytes from the host.
    pub fn input(&mut self, now: Instant, bytes: &[u8]) {
        self.module.handle_input(now, bytes);
        self.exchange(now);
    }

    /// Bytes for the host: the first contiguous part of the output queue.
    pub fn output(&self) -> &[u8] {
        self.module.output()
    }

    /// `count` bytes of [`Port::output`] have been sent.
    pub fn sent(&mut self, now: Instant, count: usize) {
        self.module.consume_output(now, count);
        self.exchange(now);
    }

    /// Sets the host's DTR; `true` is asserted (TIOCM_DTR set), which is the initial state.
    pub fn set_dtr(&mut self, now: Instant, asserted: bool) {
        self.module.set_dtr(now, asserted);
        self.exchange(now);
    }

    /// The state of DCD.
    pub fn dcd(&self) -> bool {
        self.module.dcd()
    }

    /// The state of RI.
    pub fn ri(&self) -> bool {
        self.module.ri()
    }

    /// Applies an event that does not come through the AT port.
    pub fn inject(&mut self, now: Instant, injection: Injection) {
        self.module.inject(now, injection);
        self.exchange(now);
    }

    /// Runs everything that is due at `now`.
    pub fn tick(&mut self, now: Instant) {
        self.module.handle_timeout(now);
        self.exchange(now);
    }

    /// When [`Port::tick`] must be called next.
    pub fn deadline(&self) -> Option<Instant> {
        [self.module.deadline(), self.remote.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next finished line of the transcript.
    pub fn poll_transcript(&mut self) -> Option<String> {
        self.module.poll_transcript()
    }

    /// The byte counters.
    pub fn statistics(&self) -> Statistics {
        self.module.statistics()
    }

    /// The state of the module.
    pub fn condition(&self) -> Condition {
        self.module.condition()
    }

    /// The module itself.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Passes requests to the remote side and events to the module until neither has any more.
    fn exchange(&mut self, now: Instant) {
        loop {
            let mut idle = true;
            while let Some(request) = self.module.poll_remote_request() {
                self.remote.request(now, request);
                idle = false;
            }
            while let Some(event) = self.remote.poll(now) {
                self.module.handle_remote(now, event);
                idle = false;
            }
            if idle {
                return;
            }
        }
    }
}
