//! The PDP context: configured only when it differs, activated only when it is not
//! (docs/module/at-network.md §1; `AT+CGACT` hangs some firmware and is never sent,
//! docs/module/quirks.md N1).

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::status::ModemState;
use crate::at::command::network::{
    Activate, ActiveContexts, ConfigureContext, ContextConfiguration, Deactivate, LastNetworkError,
};
use crate::at::quote::{ContextPassword, ContextText};
use crate::link::tolerate;

/// The address of a context that is active in name only.
const NO_ADDRESS: &str = "0.0.0.0";

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
    if let Some(address) = address(modem, context).await? {
        modem.set_context_active(true);
        if address != NO_ADDRESS {
            show_address(modem, address);
            return Ok(());
        }
        deactivate(modem).await?;
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
    let address = address(modem, context).await?.unwrap_or_default();
    if address == NO_ADDRESS {
        let failure = Failure::new(ErrorName::BearerFailed, "the network gave it no address");
        return Err(blame(failure, "used"));
    }
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
    show_address(modem, String::new());
    tolerate(link.send(Deactivate { context }).await)?;
    modem.set_context_active(false);
    link.set_context_lost(false);
    Ok(())
}

/// The address of the context, if it is active.
async fn address(modem: &Modem, context: u8) -> Result<Option<String>, Failure> {
    let contexts = modem.link().send(ActiveContexts).await?;
    let ours = contexts
        .into_iter()
        .find(|found| found.context == context && found.active);
    Ok(ours.map(|found| found.address.unwrap_or_default()))
}

fn show_address(modem: &Modem, address: String) {
    modem.show(address, |status, address| status.address = address);
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
    match address(modem, context).await? {
        Some(address) => {
            show_address(modem, address);
            Ok(())
        }
        None => Err(Failure::new(
            ErrorName::BearerFailed,
            "the PDP context was lost with the network",
        )
        .retry(Retry::Soon)
        .scope(Scope::Context)),
    }
}
