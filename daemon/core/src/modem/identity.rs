//! Who the module is: shown on the bus. The serial number also proves later that it is our module
//! that answers.

use super::handle::Modem;
use crate::api::failure::Failure;
use crate::at::command::identity::{FirmwareRevision, Manufacturer, Model, Revision, SerialNumber};
use crate::link::tolerate;

/// Asks for manufacturer, model, revision and serial number.
///
/// # Errors
/// Only what breaks the line: a refusal is tolerated.
pub async fn ask(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    if let Some(text) = optional(link.send(Manufacturer).await)? {
        modem.show(text, |status, text| status.manufacturer = text);
    }
    if let Some(text) = optional(link.send(Model).await)? {
        modem.show(text, |status, text| status.model = text);
    }
    let revision = match optional(link.send(FirmwareRevision).await)? {
        Some(text) => Some(text),
        None => optional(link.send(Revision).await)?,
    };
    if let Some(text) = revision {
        modem.show(text, |status, text| status.revision = text);
    }
    if let Some(text) = optional(link.send(SerialNumber).await)? {
        link.set_serial_number(text.clone());
        modem.show(text, |status, text| status.imei = text);
    }
    Ok(())
}

/// The answer, if the module gave one.
fn optional(result: Result<String, Failure>) -> Result<Option<String>, Failure> {
    match result {
        Ok(text) => Ok(Some(text)),
        refused => tolerate(refused).map(|()| None),
    }
}
