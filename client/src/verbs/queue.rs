//! `transfers`, `show`, `cancel`, `pause`, `resume`, `retry`, `forget`.

use modem_ftp_dbus::names::{TRANSFER_INTERFACE, transfer_path};
use zbus::names::InterfaceName;

use crate::client::{Client, of_transfer};
use crate::failure::Failure;
use crate::verbs::snapshot::Snapshot;

/// What can be done to a transfer.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Stop it for good.
    Cancel,
    /// Set it aside.
    Pause,
    /// Put a paused one back on the queue.
    Resume,
    /// Put a failed one back on the queue.
    Retry,
    /// Remove one that has ended.
    Forget,
}

/// Does `act` to transfer `number`.
pub async fn act(client: &Client<'_>, number: u64, act: Act) -> Result<(), Failure> {
    let transfer = client.transfer(number).await?;
    match act {
        Act::Cancel => transfer.cancel().await,
        Act::Pause => transfer.pause().await,
        Act::Resume => transfer.resume().await,
        Act::Retry => transfer.retry().await,
        Act::Forget => transfer.forget().await,
    }
    .map_err(|error| of_transfer(number, error.into()))?;
    client.output.silent()
}

/// All transfers, one a line.
pub async fn transfers(client: &Client<'_>) -> Result<(), Failure> {
    for (number, properties) in client.transfers().await? {
        let snapshot = Snapshot::new(number, properties);
        client.output.either(&snapshot.object(), &snapshot.line())?;
    }
    Ok(())
}

/// One transfer, all of it.
pub async fn show(client: &Client<'_>, number: u64) -> Result<(), Failure> {
    let snapshot = look(client, number).await?;
    if client.output.is_json() {
        return client.output.object(&snapshot.object());
    }
    for (name, value) in snapshot.details() {
        client.output.line(&format!("{name:<12} {value}"))?;
    }
    Ok(())
}

/// The present properties of transfer `number`.
pub async fn look(client: &Client<'_>, number: u64) -> Result<Snapshot, Failure> {
    let properties = client.properties(transfer_path(number)).await?;
    let all = properties
        .get_all(InterfaceName::try_from(TRANSFER_INTERFACE)?)
        .await
        .map_err(|error| of_transfer(number, error.into()))?;
    Ok(Snapshot::new(number, all))
}
