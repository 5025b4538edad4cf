//! Scheduled actions that are never cancelled one by one: boot steps, delayed URCs, slow commands.

use std::time::Instant;

use super::{CommandError, Outcome};

/// A scheduled action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimedAction {
    /// The module has started: RDY.
    Booted,
    /// The SIM has been read.
    SimRead,
    /// The module starts again after a commanded reset.
    PowerOn,
    /// Print a URC.
    Urc(String),
    /// Print a result line on this port, whatever urcport is set to.
    ResultLine(String),
    /// Complete a slow command.
    Complete(Result<Outcome, CommandError>),
    /// Complete a context activation.
    Activate(u8),
    /// Complete a context deactivation.
    Deactivate(u8),
    /// Complete QFTPCLOSE.
    SessionClosed,
    /// Print POWERED DOWN and switch off.
    PoweredDown {
        /// Whether the module starts again.
        restart: bool,
    },
}

/// The scheduled actions in the order of their times; those with equal times in the order in which
/// they were scheduled.
#[derive(Debug, Default)]
pub(crate) struct Timers(Vec<(Instant, TimedAction)>);

impl Timers {
    /// Schedules an action.
    pub(crate) fn schedule(&mut self, at: Instant, action: TimedAction) {
        let place = self
            .0
            .iter()
            .position(|(other, _)| *other > at)
            .unwrap_or(self.0.len());
        self.0.insert(place, (at, action));
    }

    /// Removes and returns the first action that is due.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<TimedAction> {
        self.0.first().filter(|(at, _)| *at <= now)?;
        Some(self.0.remove(0).1)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Cancels all actions, as a loss of power does.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
