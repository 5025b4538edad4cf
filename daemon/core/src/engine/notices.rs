//! What the module's lines mean for what is known of it.

use crate::at::channel::Event;
use crate::at::urc::{PinState, Urc};
use crate::link::state::State;
use crate::modem::signal;

/// Takes everything the channel has to tell.
pub fn take(state: &mut State) {
    while let Some(event) = state.channel.poll() {
        match event {
            Event::Connected { announced } => state.connected = Some(announced),
            Event::Acknowledged => state.acknowledged += 1,
            Event::Finished(answer) => state.answer = Some(answer),
            Event::Settled(answer) => state.settled = Some(answer),
            Event::Urc(urc) => notice(state, urc),
            Event::Unexpected(what) => {
                tracing::debug!(target: "modem_ftp::at", "< unexpected: {what}");
            }
        }
    }
}

fn notice(state: &mut State, urc: Urc) {
    tracing::debug!(target: "modem_ftp::at", "< {urc:?}");
    match urc {
        Urc::Ready | Urc::PoweredDown => {
            state.notices.reset = true;
            // Whatever was on the line belongs to the module before.
            state.channel.abandon();
        }
        Urc::PdpDeactivated(context) if context == state.settings.network.context => {
            state.notices.context_lost = true;
        }
        Urc::Registration(registration) => {
            let (domain, now) = (registration.domain, registration.status);
            let before = state.registrations.insert(domain, now);
            // Another cell is no news; some modules tell it every few seconds.
            state.notices.network_changed |= before != Some(now);
        }
        Urc::Pin(PinState::NotReady) => {
            state.notices.sim_lost = true;
            state.notices.network_changed = true;
        }
        Urc::Pin(_) => state.notices.network_changed = true,
        Urc::SignalQuality { rssi, .. } => state.modem.signal_dbm = signal::dbm(rssi),
        Urc::PdpDeactivated(_)
        | Urc::AppReady
        | Urc::Functionality(_)
        | Urc::SimFound(_)
        | Urc::Scrub(_)
        | Urc::Late { .. }
        | Urc::Other(_) => {}
    }
}
