//! [`Cures`]: what was tried, in this order, against a failure of the module that no answer shows:
//! the PDP context anew, a restart, the power supply. Each only if the failure is still there
//! afterwards, and no more often than [`back_off::restart_pause`] allows.

use std::time::Instant;

use super::back_off;
use crate::api::failure::Scope;

/// What is to be tried next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cure {
    /// What is rebuilt.
    pub scope: Scope,
    /// Whether by the power supply, where it can be switched.
    pub power: bool,
}

/// What was tried since it last worked.
#[derive(Debug, Default)]
pub struct Cures {
    tried: u32,
    due: Option<Instant>,
}

impl Cures {
    /// It works: the next failure begins at the first cure.
    pub fn worked(&mut self) {
        *self = Self::default();
    }

    /// Whether something has been tried since it last worked.
    pub fn has_begun(&self) -> bool {
        self.tried > 0
    }

    /// The next cure, if it is time for one.
    pub fn next(&mut self, now: Instant) -> Option<Cure> {
        if self.due.is_some_and(|due| now < due) {
            return None;
        }
        self.tried = self.tried.saturating_add(1);
        self.due = Some(now + back_off::restart_pause(self.tried));
        Some(Cure {
            scope: match self.tried {
                1 => Scope::Context,
                _ => Scope::Module,
            },
            power: self.tried > 2,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn cures_escalate_and_become_rare() {
        let mut now = Instant::now();
        let mut cures = Cures::default();
        let cure = |scope, power| Some(Cure { scope, power });
        assert_eq!(cures.next(now), cure(Scope::Context, false));
        assert_eq!(cures.next(now), None, "too early");
        now += Duration::from_secs(1);
        assert_eq!(cures.next(now), cure(Scope::Module, false));
        now += Duration::from_secs(10);
        assert_eq!(cures.next(now), cure(Scope::Module, true));
        now += Duration::from_secs(30);
        assert_eq!(cures.next(now), cure(Scope::Module, true));
        now += Duration::from_secs(599);
        assert_eq!(cures.next(now), None);
        cures.worked();
        assert!(!cures.has_begun());
        assert_eq!(cures.next(now), cure(Scope::Context, false));
    }
}
