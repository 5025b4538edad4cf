//! The module's clock, which certificates are checked against (docs/module/at-ssl.md §5): set from the
//! host when it is plainly wrong.

use super::handle::Modem;
use crate::api::failure::Failure;
use crate::at::command::network::{Clock, SetClock};
use crate::link::tolerate;

/// More than this apart from the host's clock is wrong, seconds. Certificates do not care
/// about less.
pub const TOLERANCE: i64 = 300;

/// Makes sure that the clock is right.
///
/// # Errors
/// Only what breaks the line: a clock that cannot be set shows in the handshake.
pub async fn ensure(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let asked = link.send(Clock).await;
    let host = link.now().unix;
    match asked {
        Ok(module) if (module - host).abs() <= TOLERANCE => Ok(()),
        Ok(module) => {
            tracing::info!(module, host, "setting the module's clock from the host's");
            tolerate(link.send(SetClock { unix: host }).await)
        }
        refused => tolerate(refused),
    }
}
