//! [`Objects`]: the objects on the bus, and which of their methods a call means. A transfer's object
//! is no more than its status: ten thousand of them are served by one handler.

use std::sync::Arc;

use modem_ftp_core::api::status::{TransferId, TransferStatus};
use modem_ftp_dbus::names;
use zbus::message::Message;

use super::call::Call;
use super::error::{CallError, Standard};
use super::introspection::{self, Children};
use super::managed::{Managed, ManagedObjects};
use super::manager::Manager;
use super::modem::Modem;
use super::properties::Properties;
use super::standard::{self, INTROSPECTABLE, OBJECT_MANAGER, PEER, PROPERTIES};
use super::transfer::Transfers;

/// The objects on the bus.
pub struct Objects {
    /// At [`names::ROOT_PATH`].
    pub manager: Manager,
    /// At [`names::MODEM_PATH`].
    pub modem: Modem,
    /// Below [`names::TRANSFERS_PATH`].
    pub transfers: Transfers,
}

/// One object.
enum Object {
    /// A path above others, without interfaces of the daemon.
    Parent,
    Manager,
    Modem,
    Transfer(Arc<TransferStatus>),
}

impl Object {
    /// Its interface of the daemon.
    fn interface(&self) -> Option<&'static str> {
        match self {
            Self::Parent => None,
            Self::Manager => Some(names::FRONT_INTERFACE),
            Self::Modem => Some(names::MODEM_INTERFACE),
            Self::Transfer(_) => Some(names::TRANSFER_INTERFACE),
        }
    }
}

impl Objects {
    /// Handles a call and sends the reply, while its caller is there.
    pub async fn handle(&self, call: Call) {
        if let Some(result) = call.during(self.dispatch(&call)).await {
            call.answer(result).await;
        }
    }

    async fn dispatch(&self, call: &Call) -> Result<Message, CallError> {
        let header = call.header();
        let member = header.member().map_or("", |member| member.as_str());
        let interface = header
            .interface()
            .ok_or_else(|| CallError::standard(Standard::Failed, "Missing interface"))?;
        if interface == PEER {
            return standard::peer(call, member);
        }
        let path = header.path().map_or("", |path| path.as_str());
        let object = self.object(path).ok_or_else(|| {
            CallError::standard(Standard::UnknownObject, format!("Unknown object '{path}'"))
        })?;
        match (interface.as_str(), &object) {
            (INTROSPECTABLE, object) => {
                let xml = || introspection::node(object.interface(), &self.children(path));
                standard::introspectable(call, member, xml).await
            }
            (PROPERTIES, object) => {
                let properties = || self.properties(object);
                standard::properties(call, member, object.interface(), properties)
            }
            (OBJECT_MANAGER, Object::Manager) => self.object_manager(call, member).await,
            // Its many methods would make the wait of every other call as large as theirs.
            (names::FRONT_INTERFACE, Object::Manager) => {
                Box::pin(self.manager.call(call, member)).await
            }
            (names::MODEM_INTERFACE, Object::Modem) => self.modem.call(call, member).await,
            (names::TRANSFER_INTERFACE, Object::Transfer(status)) => {
                self.transfers.call(call, member, status.id).await
            }
            (interface, _) => Err(standard::unknown_interface(interface)),
        }
    }

    /// The object at a path.
    fn object(&self, path: &str) -> Option<Object> {
        match path {
            names::ROOT_PATH => Some(Object::Manager),
            names::MODEM_PATH => Some(Object::Modem),
            names::TRANSFERS_PATH => Some(Object::Parent),
            path if introspection::next_element(path, names::ROOT_PATH).is_some() => {
                Some(Object::Parent)
            }
            path => {
                let id = TransferId(names::transfer_number(path)?);
                let status = self.transfers.statuses.read(|all| all.get(&id).cloned());
                status.map(Object::Transfer)
            }
        }
    }

    /// The children of the object at a path.
    fn children(&self, path: &str) -> Children {
        match path {
            names::ROOT_PATH => Children::Named(vec!["modem", "transfer"]),
            names::TRANSFERS_PATH => {
                let statuses = &self.transfers.statuses;
                Children::Numbered(statuses.read(|all| all.keys().map(|id| id.0).collect()))
            }
            path => {
                let next = introspection::next_element(path, names::ROOT_PATH);
                Children::Named(next.into_iter().collect())
            }
        }
    }

    /// The properties of an object.
    fn properties(&self, object: &Object) -> Properties {
        match object {
            Object::Parent => Properties::new(),
            Object::Manager => self.manager.properties(),
            Object::Modem => self.modem.properties(),
            Object::Transfer(status) => super::properties::transfer_all(status),
        }
    }

    async fn object_manager(&self, call: &Call, member: &str) -> Result<Message, CallError> {
        if member != "GetManagedObjects" {
            return Err(standard::unknown_method(member));
        }
        let statuses = &self.transfers.statuses;
        call.reply_large(|| ManagedObjects {
            modem: Managed(names::MODEM_INTERFACE, self.modem.properties()),
            transfers: statuses.read(|all| all.values().cloned().collect()),
        })
        .await
    }
}
