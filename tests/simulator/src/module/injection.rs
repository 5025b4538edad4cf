//! What happens to a module that no AT command asked for.

use std::time::Instant;

use super::{Module, Power, SimState};
use crate::fault::{Fault, Knob};

/// Something from outside the AT port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injection {
    /// Misbehave.
    Fault(Fault),
    /// Stop misbehaving.
    Clear(Knob),
    /// Stop all misbehaviour.
    ClearAll,
    /// Print this as a URC.
    Urc(String),
    /// Restart without a word, as after a brown-out.
    Reset,
    /// Switch off with POWERED DOWN; only [`Injection::PowerUp`] brings it back.
    PowerDown,
    /// Press PWRKEY.
    PowerUp,
    /// The network drops every active context.
    PdpDeactivated,
    /// Registration status as in `+CEREG: <stat>`: 0–5.
    Registration(u8),
    /// Signal as in `+CSQ: <rssi>`: 0–31 or 99.
    Signal(u8),
    /// The SIM is taken out, put in, locked.
    Sim(SimState),
}

impl Module {
    /// Something happens to the module that no AT command asked for.
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
            Injection::Urc(text) => self.te.urc(&text),
            Injection::Reset => self.restart("restarts by itself"),
            Injection::PowerDown => self.power_down(),
            Injection::PowerUp => {
                if self.power == Power::Off {
                    self.ftp.rest();
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
