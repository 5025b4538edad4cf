//! What URCs say about the module (docs/module/at-network.md §6). One that says what is known already
//! costs nothing, however often it comes.

use super::handle::Modem;
use super::signal;
use super::state::ModuleState;
use crate::at::urc::{PinState, Urc};
use crate::link::Sign;

impl Modem {
    /// Interprets every URC that has come in.
    pub fn interpret_urcs(&self) {
        while let Some(urc) = self.link().next_urc() {
            match urc {
                Urc::Ready | Urc::PoweredDown => self.link().module_restarted(),
                Urc::PdpDeactivated(context) => {
                    let is_ours = context == self.link().settings().network.context;
                    // That one is gone which is not active is known.
                    if is_ours && self.state.get(|state| state.is_context_active) {
                        self.link().set_context_lost(true);
                    }
                }
                urc => {
                    if let Some(sign) = sign(&urc) {
                        self.link().hear_sign(sign);
                    }
                    self.state.change_with(urc, interpret);
                }
            }
        }
    }
}

/// What a URC may be the sign of: the module also says it after a start. `RDY` needs no such doubt.
fn sign(urc: &Urc) -> Option<Sign> {
    match urc {
        Urc::AppReady => Some(Sign::AppReady),
        Urc::Functionality(_) => Some(Sign::Functionality),
        Urc::SimFound(_) => Some(Sign::SimFound),
        Urc::Initialised => Some(Sign::Initialised),
        Urc::Garbled => Some(Sign::Garbled),
        // Without a SIM nothing works, whatever became of the settings.
        Urc::Pin(PinState::NotReady) => None,
        Urc::Pin(_) => Some(Sign::SimState),
        _ => None,
    }
}

fn interpret(state: &mut ModuleState, urc: Urc) {
    match urc {
        Urc::Registration(registration) => {
            let (domain, now) = (registration.domain, registration.status);
            let before = state.registrations.insert(domain, now);
            // Another cell changes nothing; some modules report it every few seconds.
            state.notices.network_changed |= before != Some(now);
        }
        Urc::Pin(pin) => {
            let is_ready = pin != PinState::NotReady;
            let before = state.pin.replace(pin);
            // What is known already changes nothing; some modules report it all the time.
            if before != state.pin {
                state.notices.sim_lost |= !is_ready;
                state.notices.network_changed = true;
            }
        }
        Urc::SignalQuality { rssi, .. } => state.status.signal_dbm = signal::dbm(rssi),
        Urc::Ready
        | Urc::PoweredDown
        | Urc::PdpDeactivated(_)
        | Urc::AppReady
        | Urc::Functionality(_)
        | Urc::SimFound(_)
        | Urc::Initialised
        | Urc::Garbled
        | Urc::Scrub(_)
        | Urc::Late { .. }
        | Urc::Other(_) => {}
    }
}
