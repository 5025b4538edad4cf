//! The PDP context: configured only when it differs, activated only when it is not
//! (docs/module/at-network.md §1; `AT+CGACT` hangs some firmware and is never sent,
//! docs/module/quirks.md N1).

use std::net::IpAddr;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::status::ModemState;
use crate::at::command::network::{
    Activate, ActiveContexts, ConfigureContext, ContextAddress, ContextConfiguration, Deactivate,
    LastNetworkError,
};
use crate::at::quote::{ContextPassword, ContextText};
use crate::link::tolerate;

/// Makes the context active and shows its address.
///
/// # Errors
/// `BearerFailed` with scope `Context`.
pub async fn activate(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let settings = link.settings();
    let network = &settings.network;
    let context = network.context;
    let wanted = ConfigureContext {
        context,
        kind: network.pdp_type as u8,
        apn: ContextText::or_empty("access point name", &network.apn)?,
        user: ContextText::or_empty("network user", &network.user)?,
        password: ContextPassword::new("network password", &network.password)?,
        authentication: network.authentication as u8,
    };
    let holds = match link.send(ContextConfiguration { context }).await {
        Ok(found) => wanted.matches(&found),
        refused => {
            tolerate(refused)?;
            false
        }
    };
    if !holds {
        // A change to an active context counts only after it was activated anew.
        deactivate(modem).await?;
        link.send(wanted)
            .await
            .map_err(|failure| blame(failure, "set"))?;
    }
    match state(modem, context).await? {
        State::Active(address) => {
            modem.set_context_active(true);
            show_address(modem, address);
            return Ok(());
        }
        // Active in name only.
        State::WithoutAddress => deactivate(modem).await?,
        State::Inactive => {}
    }
    modem.report(ModemState::Registered, "activating the PDP context");
    modem.set_context_active(true);
    if let Err(failure) = link.send(Activate { context }).await {
        let failure = blame(failure, "activated");
        if failure.scope > Scope::Context {
            return Err(failure);
        }
        return Err(match link.send(LastNetworkError).await {
            Ok(cause) => Failure {
                text: format!("{}: {cause}", failure.text).into(),
                ..failure
            },
            Err(_) => failure,
        });
    }
    let State::Active(address) = state(modem, context).await? else {
        let failure = Failure::new(ErrorName::BearerFailed, "the network gave it no address");
        return Err(blame(failure, "used"));
    };
    show_address(modem, address);
    Ok(())
}

/// Deactivates the context; one that is not active is fine.
///
/// # Errors
/// Only what breaks the line or the module.
pub async fn deactivate(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let context = link.settings().network.context;
    modem.show((), |status, ()| status.address.clear());
    tolerate(link.send(Deactivate { context }).await)?;
    modem.set_context_active(false);
    link.set_context_lost(false);
    Ok(())
}

/// What a context is.
enum State {
    /// Not active.
    Inactive,
    /// Active, but of no use.
    WithoutAddress,
    /// Active with this address.
    Active(IpAddr),
}

/// Asks for the state of a context. Some modules tell an IPv6 address only to CGPADDR; an IPv4 address that
/// QIACT? does not tell is out of date.
async fn state(modem: &Modem, context: u8) -> Result<State, Failure> {
    let link = modem.link();
    let contexts = link.send(ActiveContexts).await?;
    let mut ours = contexts
        .into_iter()
        .filter(|found| found.context == context && found.active);
    let Some(first) = ours.next() else {
        return Ok(State::Inactive);
    };
    // A context with two addresses may have a line for each.
    let addresses: Vec<IpAddr> = ours
        .chain([first])
        .filter_map(|found| found.address)
        .collect();
    let ipv4 = addresses.iter().find(|address| address.is_ipv4());
    if let Some(address) = ipv4.or(addresses.first()) {
        return Ok(State::Active(*address));
    }
    match link.send(ContextAddress { context }).await {
        Ok(Some(address)) if address.is_ipv6() => Ok(State::Active(address)),
        Ok(_) => Ok(State::WithoutAddress),
        refused => tolerate(refused).map(|()| State::WithoutAddress),
    }
}

fn show_address(modem: &Modem, address: IpAddr) {
    modem.show(address, |status, address| {
        status.address = address.to_string();
    });
}

/// What is worth knowing of a module that is online: a context without an IPv4 address reaches few servers.
pub fn remark(modem: &Modem) -> &'static str {
    let address = modem.state.get(|state| state.status.address.clone());
    match address.parse() {
        Ok(IpAddr::V6(_)) => {
            "the PDP context has an IPv6 address only: servers have to be reachable by IPv6 \
             (pdp_type of [network] selects the addresses)"
        }
        _ => "",
    }
}

fn blame(failure: Failure, what: &str) -> Failure {
    if failure.scope > Scope::Context {
        return failure;
    }
    Failure::new(
        ErrorName::BearerFailed,
        format!("the PDP context cannot be {what}: {}", failure.text),
    )
    .retry(Retry::Later)
    .scope(Scope::Context)
}

/// Checks that the context is still active.
///
/// # Errors
/// `BearerFailed` with scope `Context` when it did not.
pub async fn still_active(modem: &Modem) -> Result<(), Failure> {
    let context = modem.link().settings().network.context;
    let lost = match state(modem, context).await? {
        State::Active(address) => {
            show_address(modem, address);
            return Ok(());
        }
        State::WithoutAddress => "the PDP context has lost its address",
        State::Inactive => "the PDP context was lost with the network",
    };
    Err(Failure::new(ErrorName::BearerFailed, lost)
        .retry(Retry::Soon)
        .scope(Scope::Context))
}
