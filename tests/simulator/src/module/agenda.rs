//! Things that will happen by themselves and need no cancelling: boot steps, late URCs, slow commands.

use std::time::Instant;

use super::Outcome;
use super::Refusal;

/// Something to do at its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// The processor is up.
    Booted,
    /// The SIM has been read.
    SimRead,
    /// Power comes back after a reset.
    Start,
    /// A URC.
    Urc(String),
    /// A line of this port, wherever URCs go.
    Line(String),
    /// A slow command is over.
    Complete(Result<Outcome, Refusal>),
    /// A slow activation of a context is over.
    Activate(u8),
    /// A slow deactivation of a context is over.
    Deactivate(u8),
    /// The session is really closed.
    SessionClosed,
    /// POWERED DOWN, and silence.
    PoweredDown {
        /// Whether the module starts again by itself.
        restart: bool,
    },
}

/// Actions in the order of their times; equal times in the order they were planned.
#[derive(Debug, Default)]
pub(crate) struct Agenda(Vec<(Instant, Action)>);

impl Agenda {
    /// Plans an action.
    pub(crate) fn plan(&mut self, at: Instant, action: Action) {
        let place = self
            .0
            .iter()
            .position(|(other, _)| *other > at)
            .unwrap_or(self.0.len());
        self.0.insert(place, (at, action));
    }

    /// Takes the first action that is due.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Action> {
        self.0.first().filter(|(at, _)| *at <= now)?;
        Some(self.0.remove(0).1)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Power is gone: nothing planned happens any more.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
