//! Events that reach the module other than through the AT port.

use std::time::Instant;

use super::{Module, Power, SimState};
use crate::fault::{Fault, Knob};

/// An event that does not come through the AT port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injection {
    /// Switch a fault on.
    Fault(Fault),
    /// Switch a fault off.
    Clear(Knob),
    /// Switch all faults off.
    ClearAll,
    /// Print this URC.
    Urc(String),
    /// Restart without POWERED DOWN, as after a brown-out.
    Reset,
    /// Switch off with POWERED DOWN; [`Injection::PowerUp`] switches on again.
    PowerDown,
    /// Press PWRKEY.
    PowerUp,
    /// The network deactivates every active context.
    PdpDeactivated,
    /// Registration status as in `+CEREG: <stat>`: 0–5.
    Registration(u8),
    /// Signal as in `+CSQ: <rssi>`: 0–31 or 99.
    Signal(u8),
    /// The SIM is removed, inserted or locked.
    Sim(SimState),
}

impl Module {
    /// Applies an event.
    pub fn inject(&mut self, now: Instant, injection: Injection) {
        self.now = now;
        match injection {
            Injection::Fault(fault) => {
                self.faults.set(fault);
                self.ufs.full = self.faults.is_on(Knob::UfsFull);
            }
            Injection::Clear(knob) => {
                self.faults.clear(knob);
                self.ufs.full = self.faults.is_on(Knob::UfsFull);
            }
            Injection::ClearAll => {
                self.faults.clear_all();
                self.ufs.full = false;
            }
            Injection::Urc(text) => self.dce.urc(&text),
            Injection::Reset => self.restart("restarts"),
            Injection::PowerDown => self.power_down(),
            Injection::PowerUp => {
                if self.power == Power::Off {
                    self.ftp.power_off();
                    self.start();
                }
            }
            Injection::PdpDeactivated => self.lose_contexts(),
            Injection::Registration(status) => self.set_registration(status),
            Injection::Signal(rssi) => self.network.rssi = rssi,
            Injection::Sim(state) => self.set_sim(state),
        }
        self.settle();
    }
}
