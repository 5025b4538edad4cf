//! `wait`: returns when transfers have ended, whoever started them. It never cancels one.

use modem_ftp_dbus::errors::ErrorName;
use modem_ftp_dbus::words::TransferState;
use serde_json::{Value, json};

use crate::client::{Client, of_transfer};
use crate::failure::Failure;
use crate::verbs::batch::Batch;

/// Waits for each transfer of `numbers` in turn, and prints how it ended.
///
/// # Errors
/// The failure of the transfer if there is one number; else the number of failures, with the exit
/// code of the first.
pub async fn run(client: &Client<'_>, numbers: &[u64]) -> Result<(), Failure> {
    let mut batch = Batch::new(client.output, numbers.len());
    for &number in numbers {
        match end(client, number).await {
            Err(failure) if numbers.len() > 1 => batch.record(failure),
            ended => ended?,
        }
    }
    batch.end()
}

async fn end(client: &Client<'_>, number: u64) -> Result<(), Failure> {
    let transfer = client.transfer(number).await?;
    let ended = transfer.wait().await;
    let (state, (name, text)) = ended.map_err(|error| of_transfer(number, error.into()))?;
    let error = match name.as_str() {
        "" => Value::Null,
        _ => json!({ "name": name, "text": text }),
    };
    client.output.either(
        &json!({ "transfer": number, "state": state, "error": error }),
        &format!("transfer {number} {state}"),
    )?;
    match TransferState::from_word(&state) {
        Some(TransferState::Done) => Ok(()),
        Some(TransferState::Cancelled) => Err(Failure::new(
            ErrorName::Cancelled,
            format!("transfer {number} was cancelled"),
        )),
        _ => {
            let failure = Failure::from_bus(&name, &text);
            Err(Failure {
                text: format!("transfer {number}: {}", failure.text),
                ..failure
            })
        }
    }
}
