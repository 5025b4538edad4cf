//! Results of FTP commands come on the URC port (quirks F18). Whether that is our port is
//! found out by asking for one; the setting is written (it goes to the module's memory at once)
//! only when the answer does not come.

use modem_ftp_dbus::errors::ErrorName;

use crate::at::command::ftp::{Close, SessionStatus, Status};
use crate::at::command::network::{SetUrcPort, UrcPort};
use crate::failure::{Failure, Scope};
use crate::link::Link;
use std::time::Duration;

/// How long the answer may take; it needs no network.
const ANSWER: Duration = Duration::from_secs(5);

/// Makes sure that results reach us, and that no session of an earlier life is open.
///
/// # Errors
/// `ModemUnavailable`: they do not, whatever the URC port is set to.
pub async fn check(link: &Link) -> Result<(), Failure> {
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
