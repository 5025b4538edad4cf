//! The module's clock, which certificates are checked against (docs/module/at-ssl.md §5): set from the
//! host when it is plainly wrong.

use crate::api::failure::Failure;
use crate::at::command::network::{Clock, SetClock};
use crate::link::Link;

/// More than this apart from the host's clock is wrong, seconds. Certificates do not care
/// about less.
pub const TOLERANCE: i64 = 300;

/// Makes sure that the clock is right.
///
/// # Errors
/// Only what breaks the line: a clock that cannot be set shows in the handshake.
pub async fn ensure(link: &Link) -> Result<(), Failure> {
    let asked = link.send(Clock).await;
    let host = link.with(|state| state.now.unix);
    match asked {
        Ok(module) if (module - host).abs() <= TOLERANCE => Ok(()),
        Ok(module) => {
            tracing::info!(module, host, "setting the module's clock from the host's");
            super::tolerate(link.send(SetClock { unix: host }).await)
        }
        refused => super::tolerate(refused),
    }
}
