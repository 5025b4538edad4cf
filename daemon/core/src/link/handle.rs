//! [`Link`]: the handle to the conversation with the module: its clock and its outputs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::state::LinkState;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::settings::Settings;
use crate::shared::Shared;

/// A handle to the conversation with the module.
#[derive(Clone)]
pub struct Link {
    pub(super) state: Shared<LinkState>,
}

impl Link {
    /// A link without a port yet.
    pub fn new(now: Now, settings: Arc<Settings>) -> Self {
        Self {
            state: Shared::new(LinkState::new(now, settings)),
        }
    }

    /// The time of the input being handled.
    pub fn now(&self) -> Now {
        self.state.get(|state| state.now)
    }

    /// The moment so long from now.
    pub fn after(&self, time: Duration) -> Instant {
        self.now().instant + time
    }

    /// Another input is being handled at `now`; the deadline of the one before is over.
    pub fn set_now(&self, now: Now) {
        self.state.change_with(now, |state, now| {
            state.now = now;
            state.deadline = None;
        });
    }

    /// When the procedure that waits is to be polled again.
    pub fn deadline(&self) -> Option<Instant> {
        self.state.get(|state| state.deadline)
    }

    /// The configuration in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.state.get(|state| Arc::clone(&state.settings))
    }

    /// Puts another configuration in force.
    pub fn set_settings(&self, settings: Arc<Settings>) {
        self.state.change_with(settings, |state, settings| {
            for (name, login) in &mut state.facts.logins {
                if login.as_ref() != settings.server(name) {
                    *login = None;
                }
            }
            state.settings = settings;
            state.facts.works.clear();
            state.facts.works_untyped.clear();
        });
    }

    /// Queues something for the shell to do.
    pub fn put(&self, output: Output) {
        self.state
            .change_with(output, |state, output| state.outputs.push_back(output));
    }

    /// The next thing for the shell to do.
    pub fn next_output(&self) -> Option<Output> {
        self.state.change(|state| state.outputs.pop_front())
    }
}
