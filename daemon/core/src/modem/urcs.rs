//! What URCs say about the module (docs/module/at-network.md §6).

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
                    if context == self.link().settings().network.context {
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
        Urc::Pin(PinState::NotReady) => {
            state.notices.sim_lost = true;
            state.notices.network_changed = true;
        }
        Urc::Pin(_) => state.notices.network_changed = true,
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
