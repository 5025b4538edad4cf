//! [`Link`]: the handle to the conversation with the module: its clock, its outputs, and the only
//! place where a procedure waits.

use std::sync::Arc;
use std::task::Poll;
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

    /// Waits until `ready` yields something, or the deadline passes; when the daemon stops, no longer
    /// than it waits for answers at all. `ready` is called after every input; nothing is borrowed
    /// while it runs.
    pub async fn until<T>(
        &self,
        deadline: Option<Instant>,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        std::future::poll_fn(|_| {
            if let Some(value) = ready() {
                return Poll::Ready(Some(value));
            }
            let deadline = [deadline, self.stop_by()].into_iter().flatten().min();
            if deadline.is_some_and(|deadline| self.now().instant >= deadline) {
                return Poll::Ready(None);
            }
            self.state
                .change_with(deadline, |state, deadline| state.deadline = deadline);
            Poll::Pending
        })
        .await
    }

    /// Waits so long, whatever happens.
    pub async fn sleep(&self, time: Duration) {
        let deadline = self.after(time);
        self.until(Some(deadline), || None::<()>).await;
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
