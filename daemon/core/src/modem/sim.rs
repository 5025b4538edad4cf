//! The SIM: waited for, and unlocked with the configured PIN only while all three tries are left. A
//! PUK is never entered.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Modem;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::sentence::Sentence;
use crate::api::status::ModemState;
use crate::at::command::identity::CardNumber;
use crate::at::command::network::{EnterPin, PinStatus, PinTries};
use crate::at::quote::Pin;
use crate::at::urc::PinState;
use crate::link::tolerate;

/// How long a SIM may take to be ready (TCP/IP manual: 20 s, docs/module/quirks.md N8).
const READY: Duration = Duration::from_secs(20);
/// Between two questions.
const PAUSE: Duration = Duration::from_secs(1);
/// Tries that must be left before ours is risked.
const TRIES: u32 = 3;

/// Makes the SIM ready.
///
/// # Errors
/// `SimNotReady`, with what has to be done by hand.
pub async fn unlock(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    modem.report(ModemState::Starting, "waiting for the SIM");
    let end = link.after(READY);
    let mut sent = false;
    loop {
        let asked = link.send(PinStatus).await;
        match asked {
            Ok(PinState::Ready) => break,
            Ok(PinState::Pin) if !sent => {
                enter_pin(modem).await?;
                sent = true;
                continue;
            }
            Ok(PinState::Pin | PinState::NotReady) => {}
            Ok(PinState::Puk) => {
                return Err(locked(
                    "the SIM wants its PUK; enter it with another device",
                ));
            }
            Ok(PinState::Other(lock)) => return Err(locked(format!("the SIM is locked: {lock}"))),
            Err(failure) if failure.name == ErrorName::SimNotReady => {
                if link.now().instant >= end {
                    return Err(failure.scope(Scope::Command));
                }
            }
            Err(failure) if failure.scope == Scope::Command => {
                if link.now().instant >= end {
                    return Err(locked(failure.text));
                }
            }
            Err(failure) => return Err(failure),
        }
        if link.now().instant >= end {
            return Err(locked("the SIM does not become ready"));
        }
        modem.clear_network_changed();
        modem.rest(PAUSE).await;
    }
    modem.clear_sim_lost();
    match link.send(CardNumber).await {
        Ok(iccid) => modem.show(iccid, |status, iccid| status.iccid = iccid),
        refused => tolerate(refused)?,
    }
    Ok(())
}

/// Sends the configured PIN, once, if that cannot lock the card.
async fn enter_pin(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    let settings = link.settings();
    let Some(pin) = &settings.modem.sim_pin else {
        return Err(locked(
            "the SIM wants a PIN and none is configured (modem.sim_pin_file)",
        ));
    };
    let pin = Pin::new(pin)?;
    match link.send(PinTries).await {
        Ok(left) if left < TRIES => {
            return Err(locked(format!(
                "the SIM has {left} PIN tries left; the configured PIN is sent only while all \
                 {TRIES} are: enter the PIN once with another device"
            )));
        }
        Ok(_) => {}
        Err(failure) if failure.scope == Scope::Command => {
            return Err(locked(
                "the SIM wants a PIN and does not tell how many tries are left",
            ));
        }
        Err(failure) => return Err(failure),
    }
    link.send(EnterPin { pin }).await.map_err(|failure| {
        if failure.scope == Scope::Command {
            locked(format!(
                "the SIM refused the configured PIN: {}",
                failure.text
            ))
        } else {
            failure
        }
    })
}

fn locked(text: impl Into<Sentence>) -> Failure {
    Failure::new(ErrorName::SimNotReady, text).retry(Retry::Later)
}
