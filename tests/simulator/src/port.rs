//! One AT port of a running module: a byte stream with modem lines, the remote side already joined.
//! A transport (pty, USB, a test) needs nothing but this.

use std::time::Instant;

use crate::module::{Condition, Injection, Module, Statistics};
use crate::remote::Remote;

/// A module and what is behind it. All methods take the time; none blocks.
///
/// The transport's loop: when [`Port::wants_input`] is not 0 give it what the host sent with
/// [`Port::input`]; write [`Port::output`] to the host and say how much went with [`Port::sent`];
/// tell DTR with [`Port::set_dtr`] and show [`Port::dcd`]; call [`Port::tick`] at [`Port::deadline`]
/// and whenever the remote's wake-up fires.
pub struct Port {
    module: Module,
    remote: Box<dyn Remote>,
}

impl Port {
    /// Joins a module to its remote side.
    pub fn new(module: Module, remote: Box<dyn Remote>) -> Self {
        Self { module, remote }
    }

    /// How many bytes of the host the module wants now; 0 means the line is stopped (RTS/CTS).
    pub fn wants_input(&self) -> usize {
        self.module.input_window()
    }

    /// Bytes from the host.
    pub fn input(&mut self, now: Instant, bytes: &[u8]) {
        self.module.handle_input(now, bytes);
        self.exchange(now);
    }

    /// Bytes for the host: the first contiguous piece of what waits.
    pub fn output(&self) -> &[u8] {
        self.module.output()
    }

    /// `count` bytes of [`Port::output`] were sent.
    pub fn sent(&mut self, now: Instant, count: usize) {
        self.module.consume_output(now, count);
        self.exchange(now);
    }

    /// The host's DTR; `true` is asserted (TIOCM_DTR set), where it is when a module is made.
    pub fn set_dtr(&mut self, now: Instant, asserted: bool) {
        self.module.set_dtr(now, asserted);
        self.exchange(now);
    }

    /// What DCD shows the host.
    pub fn dcd(&self) -> bool {
        self.module.dcd()
    }

    /// What RI shows the host.
    pub fn ri(&self) -> bool {
        self.module.ri()
    }

    /// Something from outside the port happens.
    pub fn inject(&mut self, now: Instant, injection: Injection) {
        self.module.inject(now, injection);
        self.exchange(now);
    }

    /// Lets everything happen that is due.
    pub fn tick(&mut self, now: Instant) {
        self.module.handle_timeout(now);
        self.exchange(now);
    }

    /// When [`Port::tick`] has something to do.
    pub fn deadline(&self) -> Option<Instant> {
        [self.module.deadline(), self.remote.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next line of the dialogue, if the module writes one.
    pub fn poll_transcript(&mut self) -> Option<String> {
        self.module.poll_transcript()
    }

    /// What was counted.
    pub fn statistics(&self) -> Statistics {
        self.module.statistics()
    }

    /// What the module is doing.
    pub fn condition(&self) -> Condition {
        self.module.condition()
    }

    /// The module itself.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Carries requests out and answers in until both sides are quiet.
    fn exchange(&mut self, now: Instant) {
        loop {
            let mut quiet = true;
            while let Some(request) = self.module.poll_remote_request() {
                self.remote.request(now, request);
                quiet = false;
            }
            while let Some(event) = self.remote.poll(now) {
                self.module.handle_remote(now, event);
                quiet = false;
            }
            if quiet {
                return;
            }
        }
    }
}
