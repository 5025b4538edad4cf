//! Who the module is: shown on the bus; the serial number also proves later that it is our
//! module that answers.

use super::set_up::tolerate;
use crate::api::failure::Failure;
use crate::at::command::identity::{FirmwareRevision, Manufacturer, Model, Revision, SerialNumber};
use crate::link::Link;

/// Asks for manufacturer, model, revision and serial number.
///
/// # Errors
/// Only what breaks the line: a module that will not tell is used all the same.
pub async fn ask(link: &Link) -> Result<(), Failure> {
    if let Some(text) = tell(link.send(Manufacturer).await)? {
        link.with(|state| state.modem.manufacturer = text);
    }
    if let Some(text) = tell(link.send(Model).await)? {
        link.with(|state| state.modem.model = text);
    }
    let revision = match tell(link.send(FirmwareRevision).await)? {
        Some(text) => Some(text),
        None => tell(link.send(Revision).await)?,
    };
    if let Some(text) = revision {
        link.with(|state| state.modem.revision = text);
    }
    if let Some(text) = tell(link.send(SerialNumber).await)? {
        link.with(|state| state.modem.imei = text);
    }
    Ok(())
}

/// The answer, if there is one.
fn tell(result: Result<String, Failure>) -> Result<Option<String>, Failure> {
    match result {
        Ok(text) => Ok(Some(text)),
        refused => tolerate(refused).map(|()| None),
    }
}
