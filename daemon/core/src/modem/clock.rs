//! The module's clock, which certificates are checked against (docs/module/at-ssl.md §5): set from
//! the host if the network gave no time and the host's clock can be right.

use super::handle::Modem;
use crate::api::failure::Failure;
use crate::at::command::network::{Clock, NetworkTime, SetClock};
use crate::link::tolerate;

/// More than this apart from the host's clock is worth a look, seconds. Certificates do not care
/// about less.
const TOLERANCE: i64 = 300;
/// 2026-01-01 00:00:00 UTC, the year of this release: a clock before that has not been set. A module
/// begins at 1980 after a cold start, a host without a battery often at 1970.
const EARLIEST: i64 = 1_767_225_600;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Makes sure that the clock is right, as far as that can be done.
///
/// # Errors
/// Only what breaks the line: a clock that cannot be set shows in the handshake.
pub async fn ensure(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let module = match link.send(Clock).await {
        Ok(module) => module,
        refused => return tolerate(refused),
    };
    let host = link.now().unix;
    if (module - host).abs() <= TOLERANCE {
        return Ok(());
    }
    if module >= EARLIEST && has_network_time(modem).await? {
        tracing::info!(module, host, "the module has the time from the network");
        return Ok(());
    }
    if host < EARLIEST {
        tracing::warn!(
            module,
            host,
            "neither the module's clock nor the host's is set"
        );
        return Ok(());
    }
    tracing::info!(module, host, "setting the module's clock from the host's");
    tolerate(link.send(SetClock { unix: host }).await)
}

/// Whether the network has given the time since the module started.
async fn has_network_time(modem: &Modem) -> Result<bool, Failure> {
    match modem.link().send(NetworkTime).await {
        Ok(time) => Ok(time.is_some()),
        refused => tolerate(refused).map(|()| false),
    }
}

/// What is wrong with the clocks, as far as it keeps certificates from being checked.
pub fn complaint(module: i64, host: i64) -> Option<String> {
    let apart = (module - host).abs() / DAY;
    let consequence = "so certificates seem not to be valid";
    match (module < EARLIEST, host < EARLIEST) {
        (true, true) => Some(format!(
            "neither the module's clock nor this host's is set, {consequence}: set the host's \
             clock, or check no dates (check_time = false)"
        )),
        (true, false) => Some(format!(
            "the module's clock is wrong ({apart} days away from the host's), {consequence}"
        )),
        // It cannot be told which of them is right.
        (false, false) if apart > 0 => Some(format!(
            "the module's clock and the host's are {apart} days apart, {consequence}"
        )),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints() {
        let (good, unset) = (EARLIEST + 100 * DAY, 315_964_800);
        let said = |module, host| complaint(module, host).unwrap_or_default();
        assert_eq!(said(good, good + TOLERANCE), "");
        assert_eq!(said(good, 0), "", "only the host's is not set");
        assert!(said(unset, 0).contains("neither"));
        assert!(said(unset, good).contains("the module's clock is wrong"));
        assert!(said(good + 3 * DAY, good).contains("3 days apart"));
    }
}
