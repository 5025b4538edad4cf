//! [`Publisher`]: publishes what the event loop sends, in order: replies, objects of transfers, and
//! `PropertiesChanged` signals with exactly the properties that have changed.

use std::collections::HashMap;
use std::sync::Arc;

use modem_ftp_core::api::status::{ModemStatus, TransferStatus};
use modem_ftp_dbus::names;
use serde::Serialize;
use zbus::{Connection, DynamicType, Variant};

use super::managed::Managed;
use super::properties;
use super::requests::path;
use super::shared::{Shared, Statuses};
use super::standard::{OBJECT_MANAGER, PROPERTIES};
use crate::files::Roots;
use crate::messages::{Publication, Unpublished};

/// The configured servers.
#[derive(Debug, Default)]
pub struct Servers {
    /// Their names.
    pub names: Vec<String>,
    /// The name of the default one; empty if there is none.
    pub default: String,
}

/// What the publisher replaces and the objects on the bus read.
pub struct Published {
    /// The configured roots.
    pub roots: Shared<Arc<Roots>>,
    /// The configured servers.
    pub servers: Shared<Servers>,
    /// The status of the modem.
    pub modem: Shared<ModemStatus>,
    /// What an operator has to know.
    pub warnings: Shared<Vec<String>>,
    /// The transfers.
    pub transfers: Statuses,
}

/// Publishes on one connection.
pub struct Publisher {
    connection: Connection,
    published: Published,
    transfers: Statuses,
    /// Whether everything that was stored is published: from then on signals are sent.
    is_restored: bool,
}

impl Publisher {
    /// A publisher for a connection. No signals are sent before everything that was stored is
    /// published: until then the daemon has no name.
    pub fn new(connection: Connection, published: Published) -> Self {
        Self {
            transfers: published.transfers.clone(),
            connection,
            published,
            is_restored: false,
        }
    }

    /// Publishes until the event loop has ended, or everything that was stored is published.
    pub async fn run(&mut self, publications: &mut Unpublished) {
        while let Some(publication) = publications.next().await {
            if matches!(publication, Publication::Restored) {
                self.is_restored = true;
                return;
            }
            if let Err(error) = self.publish(publication).await {
                tracing::warn!("a change could not be published: {error}");
            }
        }
    }

    async fn publish(&mut self, publication: Publication) -> zbus::Result<()> {
        match publication {
            Publication::Reply(reply, answer) => {
                // An error means that the caller has disconnected.
                let _ = reply.send(*answer);
                Ok(())
            }
            Publication::Modem(status) => self.modem(*status).await,
            Publication::Transfer(status) => self.transfer(status).await,
            Publication::TransferRemoved(id) => {
                self.transfers.change(|all| all.remove(&id));
                let interfaces = [names::TRANSFER_INTERFACE];
                let removed = (path(id), interfaces.as_slice());
                self.manager_signal("InterfacesRemoved", &removed).await
            }
            Publication::Servers(names, default) => self.servers(Servers { names, default }).await,
            Publication::Warnings(warnings) => self.warnings(warnings).await,
            Publication::Restored => Ok(()),
            Publication::Roots(roots) => {
                self.published.roots.replace(roots);
                Ok(())
            }
        }
    }

    async fn modem(&self, status: ModemStatus) -> zbus::Result<()> {
        let new = properties::modem(&status);
        let old = properties::modem(&self.published.modem.replace(status));
        let changed = properties::changed(&old, new);
        self.changed(names::MODEM_PATH, names::MODEM_INTERFACE, changed)
            .await
    }

    async fn transfer(&mut self, status: Arc<TransferStatus>) -> zbus::Result<()> {
        let id = status.id;
        let new = Arc::clone(&status);
        let Some(old) = self.transfers.change(|all| all.insert(id, status)) else {
            let added = (path(id), Managed::transfer(&new));
            return self.manager_signal("InterfacesAdded", &added).await;
        };
        let changed = properties::changed(&properties::transfer(&old), properties::transfer(&new));
        self.changed(&path(id), names::TRANSFER_INTERFACE, changed)
            .await
    }

    async fn servers(&self, servers: Servers) -> zbus::Result<()> {
        let new = properties::servers(&servers.names, &servers.default);
        let old = self.published.servers.replace(servers);
        let old = properties::servers(&old.names, &old.default);
        let changed = properties::changed(&old, new);
        self.changed(names::ROOT_PATH, names::FRONT_INTERFACE, changed)
            .await
    }

    async fn warnings(&self, warnings: Vec<String>) -> zbus::Result<()> {
        let new = properties::warnings(&warnings);
        let old = properties::warnings(&self.published.warnings.replace(warnings));
        let changed = properties::changed(&old, new);
        self.changed(names::ROOT_PATH, names::FRONT_INTERFACE, changed)
            .await
    }

    /// Emits `PropertiesChanged`, unless nothing has changed.
    async fn changed(
        &self,
        path: &str,
        interface: &str,
        changed: HashMap<&'static str, Variant<'static>>,
    ) -> zbus::Result<()> {
        if changed.is_empty() || !self.is_restored {
            return Ok(());
        }
        let invalidated: [&str; 0] = [];
        self.connection
            .emit_signal(
                None::<&str>,
                path,
                PROPERTIES,
                "PropertiesChanged",
                &(interface, changed, invalidated.as_slice()),
            )
            .await
    }

    /// Emits a signal of the object manager.
    async fn manager_signal(
        &self,
        member: &str,
        body: &(impl Serialize + DynamicType),
    ) -> zbus::Result<()> {
        if !self.is_restored {
            return Ok(());
        }
        self.connection
            .emit_signal(None::<&str>, names::ROOT_PATH, OBJECT_MANAGER, member, body)
            .await
    }
}
