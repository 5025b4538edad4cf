//! Registration: waited for as long as it takes, shown while it is searched for.
//! Registered is who is so in any of CEREG, CGREG, CREG (docs/module/at-network.md §3).

use std::time::Duration;

use super::set_up::tolerate;
use super::{report, rest, signal};
use crate::api::failure::Failure;
use crate::api::status::ModemState;
use crate::at::command::network::{
    NetworkInformation, Operator, RegistrationStatusOf, SignalQuality,
};
use crate::at::urc::{Domain, RegistrationStatus};
use crate::link::Link;
use crate::link::state::State;

/// Between two questions while searching; the URCs usually are quicker.
const PAUSE: Duration = Duration::from_secs(5);
/// The same when nothing was found for long.
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// Questions before the pause gets long (PS registration: 60 s by the TCP/IP manual).
const QUICK: u32 = 12;

/// Waits until the module is registered, then looks at operator, technology and signal.
///
/// # Errors
/// Only what breaks the line or the module; no network is waited for.
pub async fn wait(link: &Link) -> Result<(), Failure> {
    let mut asked = 0;
    loop {
        link.with(|state| state.notices.network_changed = false);
        ask(link).await?;
        if link.with(|state| is_registered(state)) {
            break;
        }
        if link.with(|state| state.notices.sim_lost) {
            return Err(Failure::new(
                modem_ftp_dbus::errors::ErrorName::SimNotReady,
                "the SIM went away (+CPIN: NOT READY)",
            ));
        }
        let reason = link.with(|state| reason(state));
        report(link, ModemState::Searching, reason);
        asked += 1;
        rest(link, if asked < QUICK { PAUSE } else { LONG_PAUSE }).await;
        if let Some(failure) = link.with(|state| state.interruption()) {
            return Err(failure);
        }
        if link.with(|state| state.stopping || state.notices.reconfigured) {
            return Err(Failure::new(
                modem_ftp_dbus::errors::ErrorName::NotRegistered,
                "no network yet",
            ));
        }
    }
    report(link, ModemState::Registered, "registered");
    look(link).await
}

/// Whether any registration holds.
pub fn is_registered(state: &State) -> bool {
    state
        .registrations
        .values()
        .any(|status| status.is_registered())
}

/// Asks all three registrations.
pub async fn ask(link: &Link) -> Result<(), Failure> {
    for domain in [Domain::Lte, Domain::Packet, Domain::Circuit] {
        match link.send(RegistrationStatusOf { domain }).await {
            Ok(registration) => link.with(|state| {
                state.registrations.insert(domain, registration.status);
            }),
            refused => tolerate(refused)?,
        }
    }
    Ok(())
}

/// Refreshes operator, technology and signal.
pub async fn look(link: &Link) -> Result<(), Failure> {
    match link.send(Operator).await {
        Ok(operator) => link.with(|state| {
            state.modem.operator = operator.name.unwrap_or_default();
        }),
        refused => tolerate(refused)?,
    }
    match link.send(NetworkInformation).await {
        Ok(information) => {
            link.with(|state| state.modem.access_technology = information.technology);
        }
        refused => tolerate(refused)?,
    }
    match link.send(SignalQuality).await {
        Ok(quality) => link.with(|state| state.modem.signal_dbm = signal::dbm(quality.rssi)),
        refused => tolerate(refused)?,
    }
    Ok(())
}

/// Why there is no registration, in words.
fn reason(state: &State) -> String {
    let has = |status| state.registrations.values().any(|found| *found == status);
    if has(RegistrationStatus::Denied) {
        "the network denies registration (subscription, roaming or APN); still trying".into()
    } else if has(RegistrationStatus::Searching) {
        "searching for a network".into()
    } else {
        "not registered and not searching; still waiting".into()
    }
}
