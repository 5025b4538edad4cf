//! The interfaces of the D-Bus specification that every object has.

use std::collections::HashMap;
use std::fs;

use zbus::message::Message;
use zbus::{OwnedVariant, Variant};

use super::call::Call;
use super::error::{CallError, Standard};
use super::properties::Properties;

/// `org.freedesktop.DBus.Peer`.
pub const PEER: &str = "org.freedesktop.DBus.Peer";
/// `org.freedesktop.DBus.Introspectable`.
pub const INTROSPECTABLE: &str = "org.freedesktop.DBus.Introspectable";
/// `org.freedesktop.DBus.Properties`.
pub const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// `org.freedesktop.DBus.ObjectManager`, which only the manager has.
pub const OBJECT_MANAGER: &str = "org.freedesktop.DBus.ObjectManager";

/// Where the identity of the machine is kept.
const MACHINE_ID: [&str; 2] = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/// The error for a method that an interface does not have.
pub fn unknown_method(member: &str) -> CallError {
    let text = format!("Unknown method '{member}'");
    CallError::standard(Standard::UnknownMethod, text)
}

/// The error for an interface that an object does not have.
pub fn unknown_interface(interface: &str) -> CallError {
    let text = format!("Unknown interface '{interface}'");
    CallError::standard(Standard::UnknownInterface, text)
}

/// A method of `Peer`, which works on any path.
///
/// # Errors
/// There is no such method; the machine has no identity.
pub fn peer(call: &Call, member: &str) -> Result<Message, CallError> {
    match member {
        "Ping" => call.reply(&()),
        "GetMachineId" => {
            let found = MACHINE_ID
                .iter()
                .find_map(|path| fs::read_to_string(path).ok());
            let id = found.ok_or_else(|| {
                CallError::standard(Standard::Failed, "the machine has no machine-id")
            })?;
            call.reply(&id.trim())
        }
        member => Err(unknown_method(member)),
    }
}

/// A method of `Introspectable`.
///
/// # Errors
/// There is no such method.
pub async fn introspectable(
    call: &Call,
    member: &str,
    xml: impl FnOnce() -> String,
) -> Result<Message, CallError> {
    match member {
        "Introspect" => call.reply_large(xml).await,
        member => Err(unknown_method(member)),
    }
}

/// A method of `Properties` of an object with `interface`.
///
/// # Errors
/// There is no such method, interface or property; no property can be set.
pub fn properties(
    call: &Call,
    member: &str,
    interface: Option<&str>,
    properties: impl FnOnce() -> Properties,
) -> Result<Message, CallError> {
    let is_ours = |asked: &str| match Some(asked) == interface {
        true => Ok(true),
        // They have no properties.
        false if [PEER, INTROSPECTABLE, PROPERTIES, OBJECT_MANAGER].contains(&asked) => Ok(false),
        false => Err(unknown_interface(asked)),
    };
    match member {
        "Get" => {
            let (asked, name): (String, String) = call.arguments()?;
            let found = is_ours(&asked)?.then(properties).and_then(|all| {
                let mut all = all.into_iter();
                all.find(|(property, _)| *property == name)
            });
            match found {
                Some((_, value)) => call.reply(&value),
                None => Err(unknown_property(&name)),
            }
        }
        "GetAll" => {
            let asked: String = call.arguments()?;
            let all = is_ours(&asked)?.then(properties).unwrap_or_default();
            call.reply(&all.into_iter().collect::<HashMap<&str, Variant<'_>>>())
        }
        "Set" => {
            let (asked, name, _): (String, String, OwnedVariant) = call.arguments()?;
            let mut all = is_ours(&asked)?
                .then(properties)
                .unwrap_or_default()
                .into_iter();
            if !all.any(|(property, _)| property == name) {
                return Err(unknown_property(&name));
            }
            let text = format!("Property '{name}' is read-only");
            Err(CallError::standard(Standard::PropertyReadOnly, text))
        }
        member => Err(unknown_method(member)),
    }
}

fn unknown_property(name: &str) -> CallError {
    let text = format!("Unknown property '{name}'");
    CallError::standard(Standard::UnknownProperty, text)
}
