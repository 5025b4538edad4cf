//! The ring indicator: a pulse for every URC, in data mode too, where the URC itself must wait
//! (docs/module/at-serial.md §7, docs/module/at-ftp.md §1.4).

use std::time::{Duration, Instant};

use super::Module;

/// How long one URC rings.
const PULSE: Duration = Duration::from_millis(120);

impl Module {
    /// RI as the host should see it.
    pub fn ri(&self) -> bool {
        self.rings_until.is_some_and(|until| until > self.now)
    }

    /// Begins a pulse if a URC has come since the last look; a second URC prolongs it.
    pub(super) fn ring(&mut self) {
        if self.te.take_ring() {
            self.rings_until = Some(self.now + PULSE);
        }
    }

    pub(super) fn ring_deadline(&self) -> Option<Instant> {
        self.rings_until.filter(|until| *until > self.now)
    }
}
