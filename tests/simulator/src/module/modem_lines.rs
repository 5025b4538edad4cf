//! The modem lines (docs/module/at-serial.md §5, §7, §8): DTR from the host; DCD and RI to the
//! host. RI is pulsed for every URC, also in data mode, where the URC itself is held back
//! (docs/module/at-ftp.md §1.4).

use std::time::{Duration, Instant};

use super::{Mode, Module};
use crate::fault::Knob;

/// Length of the RI pulse of a URC.
const PULSE: Duration = Duration::from_millis(120);

impl Module {
    /// The host changed DTR; `asserted` is the state of TIOCM_DTR.
    pub fn set_dtr(&mut self, now: Instant, asserted: bool) {
        self.now = now;
        let dropped = std::mem::replace(&mut self.dtr, asserted) && !asserted;
        if dropped && !self.faults.is_on(Knob::DtrIgnored) && self.dce.profile.dtr != 0 {
            self.interrupt_data_mode("DTR");
        }
        self.settle();
    }

    /// DCD as the host sees it: on during data mode, or always with AT&C0.
    pub fn dcd(&self) -> bool {
        self.dce.profile.carrier == 0 || matches!(self.mode, Mode::Data(_))
    }

    /// RI as the host sees it.
    pub fn ri(&self) -> bool {
        self.ri_until.is_some_and(|until| until > self.now)
    }

    /// Starts an RI pulse if a URC has occurred since the last call; a second URC prolongs the
    /// pulse.
    pub(super) fn update_ri(&mut self) {
        if self.dce.take_urc_flag() {
            self.ri_until = Some(self.now + PULSE);
        }
    }

    pub(super) fn ri_deadline(&self) -> Option<Instant> {
        self.ri_until.filter(|until| *until > self.now)
    }

    /// Whether the module sleeps: AT+QSCLK=1 and DTR not asserted (electrically high).
    pub(super) fn is_asleep(&self) -> bool {
        self.configuration.sleep && !self.dtr
    }
}
