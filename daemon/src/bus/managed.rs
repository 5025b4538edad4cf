//! The dictionaries of `org.freedesktop.DBus.ObjectManager`. They are written one object after the
//! other: the properties of all transfers never exist at the same time.

use std::collections::HashMap;
use std::sync::Arc;

use modem_ftp_core::api::status::TransferStatus;
use modem_ftp_dbus::names;
use serde::ser::{Serialize, SerializeMap, Serializer};
use zbus::wire::{Signature, Type};
use zbus::{ObjectPath, Variant};

use super::properties::{self, Properties};
use super::requests::path;

type PropertiesType = HashMap<&'static str, Variant<'static>>;
type InterfacesType = HashMap<&'static str, PropertiesType>;
type ObjectsType = HashMap<ObjectPath<'static>, InterfacesType>;

/// The interface of an object with its properties.
pub struct Managed(pub &'static str, pub Properties);

impl Managed {
    /// A transfer.
    pub fn transfer(status: &TransferStatus) -> Self {
        Self(names::TRANSFER_INTERFACE, properties::transfer_all(status))
    }
}

impl Type for Managed {
    const SIGNATURE: &'static Signature = <InterfacesType as Type>::SIGNATURE;
}

impl Serialize for Managed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut interfaces = serializer.serialize_map(Some(1))?;
        interfaces.serialize_entry(self.0, &Values(&self.1))?;
        interfaces.end()
    }
}

struct Values<'p>(&'p Properties);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// All objects below the manager.
pub struct ManagedObjects {
    /// The modem.
    pub modem: Managed,
    /// The transfers.
    pub transfers: Vec<Arc<TransferStatus>>,
}

impl Type for ManagedObjects {
    const SIGNATURE: &'static Signature = <ObjectsType as Type>::SIGNATURE;
}

impl Serialize for ManagedObjects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut objects = serializer.serialize_map(Some(self.transfers.len() + 1))?;
        let modem = ObjectPath::from_static_str_unchecked(names::MODEM_PATH);
        objects.serialize_entry(&modem, &self.modem)?;
        for status in &self.transfers {
            objects.serialize_entry(&path(status.id), &Managed::transfer(status))?;
        }
        objects.end()
    }
}
