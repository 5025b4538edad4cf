//! Who has sent a method call: the bus knows the uid of every connection.

use modem_ftp_core::api::request::CallerId;
use modem_ftp_dbus::ErrorName;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::message::Header;
use zbus::names::UniqueName;
use zbus::proxy::CacheProperties;

use super::error::CallError;

/// The identity of the sender of a call: its unique name, which the bus gives to no other
/// connection afterwards.
pub fn id(call: &Header<'_>) -> CallerId {
    CallerId(call.sender().map(ToString::to_string).unwrap_or_default())
}

/// Whether a caller is still connected to the bus; also where that cannot be found out.
pub async fn is_connected(connection: &Connection, caller: &CallerId) -> bool {
    let Ok(name) = UniqueName::try_from(caller.0.as_str()) else {
        return false;
    };
    let Ok(bus) = bus(connection).await else {
        return true;
    };
    bus.name_has_owner(name.into()).await.unwrap_or(true)
}

/// The uid of the sender of a call.
///
/// # Errors
/// `Failed`: the sender has disconnected.
pub async fn uid(connection: &Connection, call: &Header<'_>) -> Result<u32, CallError> {
    let unknown = |error: &dyn std::fmt::Display| {
        let text = format!("the caller is not known to the bus: {error}");
        CallError::new(ErrorName::Failed, text)
    };
    let sender = call.sender().ok_or_else(|| unknown(&"no sender"))?;
    let bus = bus(connection).await.map_err(|error| unknown(&error))?;
    bus.get_connection_unix_user(sender.as_ref().into())
        .await
        .map_err(|error| unknown(&error))
}

/// The bus itself. Without a cache, the proxy subscribes to no signals.
async fn bus(connection: &Connection) -> zbus::Result<DBusProxy<'static>> {
    DBusProxy::builder(connection)
        .cache_properties(CacheProperties::No)
        .build()
        .await
}
