//! `transfers`, `show`, `cancel`, `pause`, `resume`, `retry`, `forget`.

use modem_ftp_dbus::names::{TRANSFER_INTERFACE, transfer_path};
use zbus::names::InterfaceName;

use crate::client::{Client, of_transfer};
use crate::failure::Failure;
use crate::verbs::snapshot::Snapshot;

/// What can be done to a transfer.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// Stop it for good.
    Cancel,
    /// Stop it until it is resumed.
    Pause,
    /// Queue a paused one again.
    Resume,
    /// Queue a failed or cancelled one again.
    Retry,
    /// Remove one that has ended from the list.
    Forget,
}

/// Does `action` to transfer `number`.
pub async fn act(client: &Client<'_>, number: u64, action: Action) -> Result<(), Failure> {
    let transfer = client.transfer(number).await?;
    match action {
        Action::Cancel => transfer.cancel().await,
        Action::Pause => transfer.pause().await,
        Action::Resume => transfer.resume().await,
        Action::Retry => transfer.retry().await,
        Action::Forget => transfer.forget().await,
    }
    .map_err(|error| of_transfer(number, error.into()))?;
    client.output.ok()
}

/// Prints all transfers, one a line.
pub async fn list(client: &Client<'_>) -> Result<(), Failure> {
    for (number, properties) in client.transfers().await? {
        let snapshot = Snapshot::new(number, properties);
        client.output.either(&snapshot.object(), &snapshot.line())?;
    }
    Ok(())
}

/// Prints one transfer with all its properties.
pub async fn show(client: &Client<'_>, number: u64) -> Result<(), Failure> {
    let snapshot = read(client, number).await?;
    if client.output.is_json() {
        return client.output.object(&snapshot.object());
    }
    for (name, value) in snapshot.details() {
        client.output.line(&format!("{name:<12} {value}"))?;
    }
    Ok(())
}

/// The present properties of transfer `number`.
pub async fn read(client: &Client<'_>, number: u64) -> Result<Snapshot, Failure> {
    let properties = client.properties(transfer_path(number)).await?;
    let all = properties
        .get_all(InterfaceName::try_from(TRANSFER_INTERFACE)?)
        .await
        .map_err(|error| of_transfer(number, error.into()))?;
    Ok(Snapshot::new(number, all))
}
