//! Registration: waited for as long as it takes, and shown while the module searches. Registered
//! means registered in any of CEREG, CGREG, CREG (docs/module/at-network.md §3).

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use super::signal;
use super::state::ModuleState;
use crate::api::failure::Failure;
use crate::api::status::ModemState;
use crate::at::command::network::{
    NetworkInformation, Operator, RegistrationStatusOf, SignalQuality,
};
use crate::at::urc::{Domain, RegistrationStatus};
use crate::link::tolerate;

/// Between two questions while searching; URCs usually come earlier.
const PAUSE: Duration = Duration::from_secs(5);
/// The same when nothing was found for long.
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// Questions before the pause gets long (docs/module/at-network.md §1: registration may take
/// 60 s).
const QUICK: u32 = 12;

/// Waits until the module is registered, then asks for operator, technology and signal.
///
/// # Errors
/// Only what breaks the line or the module; a missing network is waited for.
pub async fn wait(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let mut asked = 0;
    loop {
        modem.clear_network_changed();
        if link.is_restart_suspected() {
            link.verify_set_up().await?;
        }
        ask(modem).await?;
        if modem.is_registered() {
            break;
        }
        if modem.notices().sim_lost {
            return Err(Failure::new(
                ErrorName::SimNotReady,
                "the SIM was removed or failed (+CPIN: NOT READY)",
            ));
        }
        modem.report(ModemState::Searching, modem.state.get(search_state));
        asked += 1;
        modem
            .rest(if asked < QUICK { PAUSE } else { LONG_PAUSE })
            .await;
        if let Some(failure) = link.interruption() {
            return Err(failure);
        }
        if link.is_stopping() || modem.notices().reconfigured {
            return Err(Failure::new(ErrorName::NotRegistered, "no network yet"));
        }
    }
    modem.report(ModemState::Registered, "registered");
    refresh(modem).await
}

impl Modem {
    /// Whether any registration holds.
    pub fn is_registered(&self) -> bool {
        self.state.get(|state| {
            let mut all = state.registrations.values();
            all.any(|status| status.is_registered())
        })
    }
}

/// Asks for all three registrations.
///
/// # Errors
/// Only what breaks the line.
pub async fn ask(modem: &Modem) -> Result<(), Failure> {
    for domain in [Domain::Lte, Domain::Packet, Domain::Circuit] {
        match modem.link().send(RegistrationStatusOf { domain }).await {
            Ok(registration) => {
                let found = (domain, registration.status);
                modem.state.change_with(found, |state, (domain, status)| {
                    state.registrations.insert(domain, status);
                });
            }
            refused => tolerate(refused)?,
        }
    }
    Ok(())
}

/// Asks for operator, technology and signal.
///
/// # Errors
/// Only what breaks the line.
pub async fn refresh(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    match link.send(Operator).await {
        Ok(operator) => modem.show(operator.name, |status, name| {
            status.operator = name.unwrap_or_default();
        }),
        refused => tolerate(refused)?,
    }
    match link.send(NetworkInformation).await {
        Ok(information) => modem.show(information.technology, |status, technology| {
            status.access_technology = technology;
        }),
        refused => tolerate(refused)?,
    }
    match link.send(SignalQuality).await {
        Ok(quality) => modem.show(quality.rssi, |status, rssi| {
            status.signal_dbm = signal::dbm(rssi);
        }),
        refused => tolerate(refused)?,
    }
    Ok(())
}

/// Why there is no registration, in words.
fn search_state(state: &ModuleState) -> String {
    let has = |status| state.registrations.values().any(|found| *found == status);
    if has(RegistrationStatus::Denied) {
        "the network denies registration (subscription, roaming or APN); still trying".into()
    } else if has(RegistrationStatus::Searching) {
        "searching for a network".into()
    } else {
        "not registered and not searching; still waiting".into()
    }
}
