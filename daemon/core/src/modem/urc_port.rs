//! Results of FTP commands come on the URC port (docs/module/quirks.md F18). Whether that is our port
//! is found out by asking for a result, and by the result of the first login. The setting, which the
//! module stores at once, is written only when one of these does not come.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{Close, SessionStatus, Status};
use crate::at::command::network::{SetUrcPort, UrcPort, UrcPortQuery};
use crate::link::tolerate;

/// How long the answer may take; it needs no network.
const ANSWER: Duration = Duration::from_secs(5);
impl Modem {
    /// Whether the URC port is to be set to another port before anything else is tried.
    pub fn is_urc_port_suspected(&self) -> bool {
        self.state.get(|state| state.results.is_port_suspected())
    }

    /// The result of a login came (`true`), or was waited for in vain.
    pub fn note_login_result(&self, came: bool) {
        self.state.change_with(came, |state, came| {
            let results = &mut state.results;
            if came {
                (results.seen, results.missing) = (true, 0);
            } else {
                results.missing = results.missing.saturating_add(1);
            }
        });
    }
}

/// Makes sure that results reach us, and that no session is open from before the daemon started.
///
/// # Errors
/// `ModemUnavailable`: they do not, whatever the URC port is set to.
pub async fn check(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    if modem.is_urc_port_suspected() {
        move_port(modem).await?;
    }
    for port in [
        None,
        Some(UrcPort::Uart1),
        Some(UrcPort::UsbAt),
        Some(UrcPort::UsbModem),
    ] {
        if let Some(port) = port {
            tracing::warn!(?port, "results do not come here; setting the URC port");
            link.send(SetUrcPort { port }).await?;
        }
        match link.send_within(Status, ANSWER).await {
            Ok(SessionStatus::Closed) => return Ok(()),
            Ok(_) => {
                let _ = link.send(Close).await;
                return Ok(());
            }
            Err(failure)
                if failure.name == ErrorName::Timeout && failure.scope == Scope::Context => {}
            // 603, 606 and the like: an answer all the same.
            Err(failure) if failure.scope <= Scope::Session => return Ok(()),
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::new(
        ErrorName::ModemUnavailable,
        "results of FTP commands do not reach this port, whatever the URC port is set to",
    )
    .scope(Scope::Module))
}

/// Sets the URC port to the one after the present one.
async fn move_port(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let port = match link.send(UrcPortQuery).await {
        Ok(UrcPort::Uart1) => UrcPort::UsbAt,
        Ok(UrcPort::UsbAt) => UrcPort::UsbModem,
        Ok(UrcPort::UsbModem) => UrcPort::Uart1,
        refused => return tolerate(refused),
    };
    tracing::warn!(
        ?port,
        "the result of a login never came; setting the URC port"
    );
    match link.send(SetUrcPort { port }).await {
        Ok(()) => modem.state.change(|state| {
            state.results.missing = 0;
            state.results.moves += 1;
        }),
        refused => tolerate(refused)?,
    }
    Ok(())
}
