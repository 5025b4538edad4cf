//! Results of FTP commands come on the URC port (docs/module/quirks.md F18). Whether that is our port is
//! found out by asking for one, and by the result of the first login; the setting is written
//! (it goes to the module's memory at once) only when one of these does not come.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::set_up::tolerate;
use crate::api::failure::{Failure, Scope};
use crate::at::command::ftp::{Close, SessionStatus, Status};
use crate::at::command::network::{SetUrcPort, UrcPort, UrcPortQuery};
use crate::link::Link;

/// How long the answer may take; it needs no network.
const ANSWER: Duration = Duration::from_secs(5);
/// Logins without result before the port is suspected: one may get lost on the line.
const SUSPICIOUS: u8 = 2;
/// How often the setting is written because results were missing: each port once, so that it
/// ends where it was.
const MOST_MOVES: u8 = 3;

/// What the logins tell about the URC port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// The result of a login came: the port is right.
    pub seen: bool,
    /// Logins in a row whose result never came.
    pub missing: u8,
    moves: u8,
}

impl Results {
    /// Forgets the module, not how often its memory was written.
    pub fn forget(&mut self) {
        (self.seen, self.missing) = (false, 0);
    }

    /// Whether the port is to be set to another before anything else is tried.
    pub(super) fn is_port_suspected(&self) -> bool {
        self.missing >= SUSPICIOUS && !self.seen && self.moves < MOST_MOVES
    }
}

/// Makes sure that results reach us, and that no session of an earlier life is open.
///
/// # Errors
/// `ModemUnavailable`: they do not, whatever the URC port is set to.
pub async fn check(link: &Link) -> Result<(), Failure> {
    if link.with(|state| state.results.is_port_suspected()) {
        turn(link).await?;
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
            Err(failure) if failure.name == ErrorName::Timeout => {}
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
async fn turn(link: &Link) -> Result<(), Failure> {
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
        Ok(()) => link.with(|state| {
            state.results.missing = 0;
            state.results.moves += 1;
        }),
        refused => tolerate(refused)?,
    }
    Ok(())
}
