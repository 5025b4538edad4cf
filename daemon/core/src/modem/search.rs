//! Finding the module on the line: at the configured rate, then 115200, then the rest
//! (docs/module/at-serial.md §2), and bringing the line to the configured rate.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::at::command::serial::{Attention, Echo, SetRate};
use crate::link::{HELD, Link, OnAbort};

/// The rates of `AT+IPR=?`, most likely first.
const RATES: [u32; 8] = [
    115_200, 921_600, 460_800, 230_400, 57_600, 38_400, 19_200, 9600,
];
/// Tries of `AT` before data mode is left: a daemon that was killed may have left the module in it.
const FIRST_TRIES: u32 = 3;
/// Tries of `AT` at the configured rate before other rates: a module that boots needs 5 s.
const PATIENT_TRIES: u32 = 12;
/// Tries of `AT` at any other rate.
const TRIES: u32 = 2;
/// How long a module in command mode may take to answer `AT`.
const ANSWER: Duration = Duration::from_millis(500);
/// Between two tries (docs/module/at-network.md §6).
const PAUSE: Duration = Duration::from_millis(300);

/// Finds the module and sets the rate.
///
/// # Errors
/// `ModemUnavailable` with scope `Line`: no answer at any rate.
pub async fn find(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let wanted = link.settings().modem.baud;
    // A search that was broken off has left the port at another rate.
    link.put(Output::SetRate(wanted));
    if answers(link, FIRST_TRIES).await? {
        return Ok(());
    }
    link.break_out().await?;
    // With no rate that could be wrong (a pty takes any), the others are still tried: they cost
    // little beside a module that is not there.
    if answers(link, PATIENT_TRIES).await? {
        return Ok(());
    }
    for rate in RATES.into_iter().filter(|rate| *rate != wanted) {
        link.put(Output::SetRate(rate));
        if answers(link, TRIES).await? {
            tracing::info!(rate, wanted, "the module stands at another rate");
            return change(link, wanted).await;
        }
    }
    let is_held = link.check_line().await?.is_held;
    link.put(Output::SetRate(wanted));
    let device = link.settings().modem.device.clone();
    let text = match is_held {
        true => format!("no module answers on {device}: {HELD}"),
        false => format!("no module answers on {device} at any rate"),
    };
    Err(Failure::new(ErrorName::ModemUnavailable, text)
        .retry(Retry::Later)
        .scope(Scope::Line))
}

/// Whether `AT` is answered within so many tries. The first answers after a boot may be
/// garbage or an echo only (docs/module/at-serial.md §10).
async fn answers(link: &Link, tries: u32) -> Result<bool, Failure> {
    link.check_line().await?;
    for _ in 0..tries {
        link.renew();
        match link.exchange_within(Attention, ANSWER).await {
            Ok(()) => {
                link.catch_up().await?;
                return Ok(true);
            }
            Err(failure) => link.survive(failure)?,
        };
        link.sleep(PAUSE, OnAbort::GoOn).await?;
    }
    Ok(false)
}

/// Brings module and line to `rate`. `AT+IPR` is answered at the old rate.
async fn change(link: &Link, rate: u32) -> Result<(), Failure> {
    link.send(Echo { on: false }).await?;
    link.send(SetRate { rate }).await?;
    link.put(Output::SetRate(rate));
    link.sleep(PAUSE, OnAbort::GoOn).await?;
    if answers(link, PATIENT_TRIES).await? {
        return Ok(());
    }
    Err(Failure::new(
        ErrorName::ModemUnavailable,
        format!("the module accepted {rate} bit/s and does not answer at that rate"),
    )
    .retry(Retry::Later)
    .scope(Scope::Line))
}
