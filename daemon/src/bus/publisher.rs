//! [`Publisher`]: makes known what the loop says, one thing after the other, and sends only
//! what has changed, in one signal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_channel::mpsc::UnboundedReceiver;
use modem_ftp_core::api::status::{ModemStatus, TransferId, TransferStatus};
use modem_ftp_dbus::names;
use zbus::{Connection, Variant};

use super::desk::{Desk, path};
use super::manager::Servers;
use super::transfer::Transfer;
use super::{Publication, lock, properties};
use crate::files::Roots;

/// The bus thread's ear towards the loop.
pub struct Publisher {
    connection: Connection,
    desk: Desk,
    roots: Arc<Mutex<Arc<Roots>>>,
    servers: Servers,
    modem: Arc<Mutex<ModemStatus>>,
    transfers: HashMap<TransferId, Arc<Mutex<TransferStatus>>>,
}

impl Publisher {
    /// A publisher for objects that are served already.
    pub fn new(
        connection: Connection,
        desk: Desk,
        roots: Arc<Mutex<Arc<Roots>>>,
        servers: Servers,
        modem: Arc<Mutex<ModemStatus>>,
    ) -> Self {
        Self {
            connection,
            desk,
            roots,
            servers,
            modem,
            transfers: HashMap::new(),
        }
    }

    /// Publishes until the loop has ended.
    pub async fn run(mut self, mut publications: UnboundedReceiver<Publication>) {
        while let Ok(publication) = publications.recv().await {
            if let Err(error) = self.publish(publication).await {
                tracing::warn!("a change could not be published: {error}");
            }
        }
    }

    async fn publish(&mut self, publication: Publication) -> zbus::Result<()> {
        match publication {
            Publication::Reply(reply, result) => {
                // A caller that has gone needs none.
                let _ = reply.send(*result);
                Ok(())
            }
            Publication::Modem(status) => {
                let new = properties::modem(&status);
                let old = std::mem::replace(&mut *lock(&self.modem), *status);
                let changed = properties::changed(&properties::modem(&old), new);
                self.changed(names::MODEM_PATH, names::MODEM_INTERFACE, changed)
                    .await
            }
            Publication::Transfer(status) => self.transfer(*status).await,
            Publication::TransferRemoved(id) => {
                self.transfers.remove(&id);
                let server = self.connection.object_server();
                server.remove::<Transfer, _>(path(id)).await.map(drop)
            }
            Publication::Servers(servers, default) => {
                let new = (servers, default);
                let properties = properties::servers(&new);
                let old = std::mem::replace(&mut *lock(&self.servers), new);
                let changed = properties::changed(&properties::servers(&old), properties);
                self.changed(names::ROOT_PATH, names::FRONT_INTERFACE, changed)
                    .await
            }
            Publication::Roots(roots) => {
                *lock(&self.roots) = Arc::new(Roots(roots));
                Ok(())
            }
        }
    }

    async fn transfer(&mut self, status: TransferStatus) -> zbus::Result<()> {
        let id = status.id;
        let Some(known) = self.transfers.get(&id) else {
            let status = Arc::new(Mutex::new(status));
            let object = Transfer::new(self.desk.clone(), Arc::clone(&status));
            self.transfers.insert(id, status);
            let server = self.connection.object_server();
            return server.at(path(id), object).await.map(drop);
        };
        let new = properties::transfer(&status);
        let old = std::mem::replace(&mut *lock(known), status);
        let changed = properties::changed(&properties::transfer(&old), new);
        self.changed(&path(id), names::TRANSFER_INTERFACE, changed)
            .await
    }

    async fn changed(
        &self,
        path: &str,
        interface: &str,
        changed: HashMap<&'static str, Variant<'static>>,
    ) -> zbus::Result<()> {
        if changed.is_empty() {
            return Ok(());
        }
        let invalidated: [&str; 0] = [];
        self.connection
            .emit_signal(
                None::<&str>,
                path,
                "org.freedesktop.DBus.Properties",
                "PropertiesChanged",
                &(interface, changed, invalidated.as_slice()),
            )
            .await
    }
}
