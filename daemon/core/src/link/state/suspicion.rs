//! [`Suspicion`]: signs that the module may have restarted, until it was asked. A sign that proved to mean
//! nothing is believed again only after it was not given for a while, so that a module which gives one
//! all the time is asked once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a sign that meant nothing must not have been given before it is believed again; twice as long
/// each time that it meant nothing again.
const UNHEARD: Duration = Duration::from_secs(30);
/// The longest such time is `UNHEARD` doubled so often: an hour.
const DOUBLINGS: u32 = 7;

/// What a module does after a start (docs/module/at-network.md §6), and may do without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// `APP RDY`
    AppReady,
    /// `+CFUN: <n>`
    Functionality,
    /// `+QUSIM: <n>`
    SimFound,
    /// `+QIND: SMS DONE` and the like.
    Initialised,
    /// `+CPIN: …`, which is also said of a SIM that was put in, and by some modules all the time.
    SimState,
    /// A line that is no text.
    Garbled,
    /// It said nothing in the middle of an exchange.
    Silence,
}

impl Sign {
    /// Whether hardly anything but a start makes a module say it.
    fn is_strong(self) -> bool {
        !matches!(self, Self::SimState | Self::Garbled | Self::Silence)
    }
}

/// A sign that was given.
#[derive(Clone, Copy, Debug)]
struct Heard {
    last: Instant,
    /// Whether the module is to be asked because of it.
    is_open: bool,
    /// How often it meant nothing.
    meant_nothing: u32,
}

impl Heard {
    fn is_credible(&self, now: Instant) -> bool {
        let Some(doublings) = self.meant_nothing.checked_sub(1) else {
            return true;
        };
        now >= self.last + UNHEARD * 2_u32.pow(doublings.min(DOUBLINGS))
    }
}

/// The signs since the module was set up.
#[derive(Clone, Debug, Default)]
pub(in crate::link) struct Suspicion {
    heard: BTreeMap<Sign, Heard>,
}

impl Suspicion {
    /// A sign was given.
    pub(in crate::link) fn hear(&mut self, sign: Sign, now: Instant) {
        let heard = self.heard.entry(sign).or_insert(Heard {
            last: now,
            is_open: true,
            meant_nothing: 0,
        });
        heard.is_open |= heard.is_credible(now);
        heard.last = now;
    }

    /// Whether the module is to be asked.
    pub(in crate::link) fn is_open(&self) -> bool {
        self.heard.values().any(|heard| heard.is_open)
    }

    /// Whether it is to be asked because of a sign that hardly anything but a start gives.
    pub(in crate::link) fn is_strong(&self) -> bool {
        let mut heard = self.heard.iter();
        heard.any(|(sign, heard)| heard.is_open && sign.is_strong())
    }

    /// The module was asked, and has not restarted.
    pub(in crate::link) fn dismiss(&mut self) {
        for heard in self.heard.values_mut().filter(|heard| heard.is_open) {
            heard.is_open = false;
            heard.meant_nothing = heard.meant_nothing.saturating_add(1);
        }
    }

    /// Signs from now on are news.
    pub(in crate::link) fn forget(&mut self) {
        self.heard.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_that_meant_nothing_is_believed_after_longer_and_longer_silences() {
        let mut now = Instant::now();
        let mut suspicion = Suspicion::default();
        let mut hear = |after: u64| {
            now += Duration::from_secs(after);
            suspicion.hear(Sign::SimState, now);
            let is_open = suspicion.is_open();
            suspicion.dismiss();
            is_open
        };
        assert!(hear(0), "the first one");
        assert!(!hear(1) && !hear(29), "given all the time");
        assert!(hear(30));
        assert!(!hear(59));
        assert!(hear(60));
        assert!(!hear(60));
        assert!(hear(4000));
    }

    #[test]
    fn signs_are_believed_or_not_one_by_one() {
        let now = Instant::now();
        let mut suspicion = Suspicion::default();
        suspicion.hear(Sign::SimState, now);
        assert!(suspicion.is_open() && !suspicion.is_strong());
        suspicion.dismiss();
        suspicion.hear(Sign::SimState, now);
        assert!(!suspicion.is_open());
        suspicion.hear(Sign::AppReady, now);
        assert!(suspicion.is_open() && suspicion.is_strong());
        suspicion.forget();
        suspicion.hear(Sign::SimState, now);
        assert!(suspicion.is_open());
    }
}
