//! `reload` and `reset`: what an operator asks of the daemon and of the module.

use crate::client::Client;
use crate::failure::Failure;

/// Has the daemon read its configuration again.
pub async fn reload(client: &Client<'_>) -> Result<(), Failure> {
    client.front.reload().await?;
    client.output.ok()
}

/// Has the daemon restart the module. Transfers are retried afterwards.
pub async fn reset(client: &Client<'_>) -> Result<(), Failure> {
    client.modem().await?.reset().await?;
    client.output.ok()
}
