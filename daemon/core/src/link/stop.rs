//! Stopping early: a transfer that is to be cancelled or paused, and the stop of the daemon, which
//! bounds every wait. What an attempt waits for is broken off at once, unless the truth has to be known
//! first; what still goes on in the module then is ended before the next command.

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Link;
use super::state::Abort;
use super::wait::OnAbort;
use crate::api::failure::Failure;

/// While this lives, commands may be broken off, or may not; before and after, it is as it was.
pub struct Breakable {
    link: Link,
    before: bool,
}

impl Drop for Breakable {
    fn drop(&mut self) {
        let before = self.before;
        self.link
            .state
            .change_with(before, |state, before| state.is_breakable = before);
    }
}

impl Link {
    /// An attempt runs: a Cancel, Pause or Stop breaks off what it waits for.
    pub fn break_on_abort(&self) -> Breakable {
        self.set_breakable(true)
    }

    /// What is done now is seen through: somebody has to know what came of it.
    pub fn see_through(&self) -> Breakable {
        self.set_breakable(false)
    }

    fn set_breakable(&self, breakable: bool) -> Breakable {
        let before = self.state.change_with(breakable, |state, breakable| {
            std::mem::replace(&mut state.is_breakable, breakable)
        });
        let link = self.clone();
        Breakable { link, before }
    }

    /// What an abort does to what is begun now.
    pub(super) fn on_abort(&self) -> OnAbort {
        match self.state.get(|state| state.is_breakable) {
            true => OnAbort::Break,
            false => OnAbort::GoOn,
        }
    }

    /// Nobody waits for the outstanding exchange any more. What is still to be sent is thrown away;
    /// before the next command its end is awaited for so long.
    pub(super) fn leave_behind(&self, limit: Duration) {
        let deadline = self.after(limit);
        let in_data = self.state.change_with(deadline, |state, deadline| {
            state.left = Some(deadline);
            state.channel.in_data()
        });
        if in_data {
            self.flush();
        }
    }

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

/// Whether this is the failure of an attempt that has to stop.
pub(super) fn is_abort(failure: &Failure) -> bool {
    matches!(failure.name, ErrorName::Cancelled | ErrorName::Stopping)
}
