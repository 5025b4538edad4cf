//! What URCs say about the module (docs/module/at-network.md §6). One that says what is known already
//! costs nothing, however often it comes.

use super::handle::Modem;
use super::signal;
use super::state::ModuleState;
use crate::at::urc::{PinState, Urc};

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
                urc => self.state.change_with(urc, interpret),
            }
        }
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
        | Urc::Scrub(_)
        | Urc::Late { .. }
        | Urc::Other(_) => {}
    }
}
