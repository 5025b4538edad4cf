//! A change of the network while online: a lost registration is waited for before anything is rebuilt.

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::api::status::ModemState;
use crate::ftp::Session;
use crate::modem::{Modem, pdp_context, registration};

/// How long a lost registration may take to come back before the PDP context is activated anew.
const REGISTRATION: Duration = Duration::from_secs(90);

/// A registration or SIM URC came: shows what is true now, and waits for the network to come
/// back if it is gone.
///
/// # Errors
/// With a scope of `Context` or more, if it does not.
pub async fn changed(modem: &Modem, session: &mut Session) -> Result<(), Failure> {
    modem.clear_network_changed();
    if modem.notices().sim_lost {
        session.forget();
        return Err(Failure::new(
            ErrorName::SimNotReady,
            "the SIM was removed or failed (+CPIN: NOT READY)",
        )
        .retry(Retry::Later)
        .scope(Scope::Module));
    }
    registration::ask(modem).await?;
    if modem.is_registered() {
        return registration::refresh(modem).await;
    }
    modem.report(
        ModemState::Searching,
        "registration lost; waiting for the network",
    );
    let deadline = modem.link().after(REGISTRATION);
    wait_for_network(modem, session, deadline).await
}

async fn wait_for_network(
    modem: &Modem,
    session: &mut Session,
    deadline: Instant,
) -> Result<(), Failure> {
    let link = modem.link();
    loop {
        let back = link
            .rest_until(Some(deadline), || {
                if link.is_stopping() {
                    return Some(Ok(()));
                }
                if let Some(failure) = link.interruption() {
                    return Some(Err(failure));
                }
                let go_on =
                    modem.has_module_call() || modem.is_registered() || link.is_restart_suspected();
                go_on.then_some(Ok(()))
            })
            .await;
        match back {
            Some(Err(failure)) => return Err(failure),
            Some(Ok(())) if link.is_restart_suspected() => link.verify_set_up().await?,
            Some(Ok(())) if modem.has_module_call() => modem.serve_module_calls().await,
            Some(Ok(())) => {
                // The context may have gone with the network (docs/module/quirks.md N2).
                modem.clear_network_changed();
                modem.report(ModemState::Online, "");
                pdp_context::still_active(modem).await?;
                modem.report(ModemState::Online, pdp_context::remark(modem));
                return Ok(());
            }
            None => {
                session.forget();
                return Err(Failure::new(
                    ErrorName::NotRegistered,
                    "the network did not come back",
                )
                .retry(Retry::Later)
                .scope(Scope::Context));
            }
        }
    }
}
