//! The serial port as procedures see it, and what makes the outstanding command pointless: a port
//! that closed, a module that restarted, a PDP context that is gone.

use super::handle::Link;
use super::state::{LinkState, Losses, Port};
use crate::api::failure::Failure;

impl Link {
    /// The port was opened (raw, at the configured rate) or closed.
    pub fn set_port(&self, port: Port) {
        self.state
            .change_with(port, |state, port| state.port = port);
    }

    /// How the port stands.
    pub fn port(&self) -> Port {
        self.state.get(|state| state.port.clone())
    }

    /// Whether the port has a DTR that can be set.
    pub fn has_modem_lines(&self) -> bool {
        self.port() == Port::Open { modem_lines: true }
    }

    /// What makes the outstanding command pointless, if anything does.
    pub fn interruption(&self) -> Option<Failure> {
        self.state.get(LinkState::interruption)
    }

    /// The module restarted: nothing that was set in it holds any more, and the bytes that are
    /// still arriving belong to before.
    pub fn module_restarted(&self) {
        self.state.change(|state| {
            state.losses.reset = true;
            state.abandon();
        });
    }

    /// A restart was asked for: the module says `RDY` when it is back, and until then no command
    /// is sent.
    pub fn expect_restart(&self) {
        self.state.change(|state| state.losses.reset = true);
    }

    /// The PDP context is gone, or is known to be deactivated by ourselves (`false`).
    pub fn set_context_lost(&self, lost: bool) {
        self.state
            .change_with(lost, |state, lost| state.losses.context = lost);
    }

    /// What was lost since the module was set up.
    pub fn losses(&self) -> Losses {
        self.state.get(|state| state.losses)
    }

    /// The module is set up again from here on.
    pub fn clear_losses(&self) {
        self.state.change(|state| {
            state.losses = Losses::default();
            state.is_serving = false;
        });
    }

    /// The port was closed: the next one begins at the start of a line, with nothing outstanding.
    pub fn begin_anew(&self) {
        self.clear_losses();
        self.state.change(|state| {
            state.left = None;
            state.channel.resume();
        });
    }
}
