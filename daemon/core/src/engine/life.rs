//! The life of the daemon's one module, from an open port to the last transfer: bring-up, service,
//! recovery, again and again. No failure ends it; every wait has an end, or `Modem1.StateReason`
//! says what is waited for.

use modem_ftp_dbus::errors::ErrorName;

use super::calls::Calls;
use super::service;
use crate::api::failure::{Failure, Scope};
use crate::api::status::{ModemState, SessionState};
use crate::ftp::Ftp;
use crate::link::Port;
use crate::modem::{
    Modem, identity, pdp_context, registration, search, set_up, sim, ufs, urc_port,
};
use crate::recovery::Recovery;
use crate::transfer::Transfers;

/// Lives until the daemon stops.
pub async fn live(ftp: Ftp, transfers: Transfers, calls: Calls) {
    let modem = ftp.modem();
    let mut recovery = Recovery::new(ftp.clone());
    let mut from = Scope::Line;
    while !ftp.link().is_stopping() {
        wait_for_port(modem, &calls).await;
        let failure = match bring_up(modem, from).await {
            Ok(()) => {
                recovery.online();
                match service::serve(&ftp, &transfers, &calls, &mut recovery).await {
                    Ok(()) => return,
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        from = recovery.recover(failure).await;
    }
}

/// Rebuilds everything from `from` upwards, until the PDP context is active.
async fn bring_up(modem: &Modem, from: Scope) -> Result<(), Failure> {
    modem.show_session(SessionState::Closed, "");
    let sim_lost = modem.take_notices().sim_lost;
    modem.link().clear_losses();
    // The context goes with the SIM, and its loss may be reported first.
    if from > Scope::Context || sim_lost {
        modem.forget_module();
        modem.report(ModemState::Starting, "looking for the module");
        search::find(modem).await?;
        modem.report(ModemState::Starting, "setting the module up");
        set_up::configure(modem).await?;
        identity::ask(modem).await?;
        ufs::remove_left_overs(modem).await?;
        sim::unlock(modem).await?;
    } else {
        // A context is also lost by a restart of which nothing was heard.
        modem.link().verify_set_up().await?;
        pdp_context::deactivate(modem).await?;
    }
    ufs::tidy(modem).await?;
    registration::wait(modem).await?;
    pdp_context::activate(modem).await?;
    urc_port::check(modem).await?;
    modem.link().begin_serving().await
}

/// Waits until the port is open, and shows why it is not while it is not.
async fn wait_for_port(modem: &Modem, calls: &Calls) {
    let link = modem.link();
    let mut shown = None;
    loop {
        let closed = link.rest_until(None, || match link.port() {
            Port::Open { .. } => Some(None),
            Port::Closed(reason) if shown.as_ref() != Some(&reason) => Some(Some(reason)),
            Port::Closed(_) | Port::Opening => None,
        });
        let Some(Some(reason)) = closed.await else {
            return;
        };
        shown = Some(reason.clone());
        let failure = Failure::new(ErrorName::ModemUnavailable, reason);
        modem.report_trouble(ModemState::Absent, failure.clone());
        calls.refuse_module_calls(&failure);
        modem.take_notices();
        link.begin_anew();
    }
}
