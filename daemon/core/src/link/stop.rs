//! Stopping early: a transfer that is to be cancelled or paused, and the stop of the daemon, which
//! bounds every wait.

use std::time::{Duration, Instant};

use super::handle::Link;
use super::state::Abort;
use crate::api::failure::Failure;

impl Link {
    /// Asks the running transfer to stop. A Pause never replaces a Cancel or a Stop.
    pub fn abort(&self, abort: Abort) {
        self.state.change_with(abort, |state, abort| match abort {
            Abort::Pause => {
                state.abort.get_or_insert(abort);
            }
            Abort::Cancel | Abort::Stop => state.abort = Some(abort),
        });
    }

    /// Why the running transfer has to stop, if it has to.
    pub fn aborted(&self) -> Option<Abort> {
        self.state.get(|state| state.abort)
    }

    /// As [`Link::aborted`], and forgets it: the transfer has stopped, or another one begins.
    pub fn take_abort(&self) -> Option<Abort> {
        self.state.change(|state| state.abort.take())
    }

    /// The failure with which a transfer that has to stop ends, if it has to.
    pub fn abort_failure(&self) -> Option<Failure> {
        self.aborted().map(Abort::failure)
    }

    /// The daemon is stopping: answers are waited for until `stop_by` and no longer. A Cancel or
    /// Pause that is under way stays one: it may be answered.
    pub fn stop(&self, stop_by: Instant) {
        self.state.change_with(stop_by, |state, stop_by| {
            state.stop_by = Some(stop_by);
            state.abort.get_or_insert(Abort::Stop);
        });
    }

    /// Whether the daemon is stopping.
    pub fn is_stopping(&self) -> bool {
        self.stop_by().is_some()
    }

    /// How long a daemon that is stopping still waits for answers; `None`: it is not stopping.
    pub fn time_to_stop(&self) -> Option<Duration> {
        let now = self.now().instant;
        self.stop_by().map(|by| by.saturating_duration_since(now))
    }

    /// Until when a daemon that is stopping waits for answers.
    pub(super) fn stop_by(&self) -> Option<Instant> {
        self.state.get(|state| state.stop_by)
    }
}
