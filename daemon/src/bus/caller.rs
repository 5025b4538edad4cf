//! Who has sent a method call: the bus knows the uid of every connection.

use modem_ftp_core::api::request::CallerId;
use modem_ftp_dbus::ErrorName;
use zbus::fdo::DBusProxy;
use zbus::message::{Header, Message, Type};
use zbus::names::UniqueName;
use zbus::proxy::CacheProperties;
use zbus::{Connection, MatchRule};

use super::error::CallError;

/// The identity of the sender of a call: its unique name, which the bus gives to no other
/// connection afterwards.
pub fn id(call: &Header<'_>) -> CallerId {
    CallerId(call.sender().map(ToString::to_string).unwrap_or_default())
}

/// The sender of what the bus itself says, and its interface.
const BUS: &str = "org.freedesktop.DBus";
/// The signal by which it says that a name has another owner.
const OWNER_CHANGED: &str = "NameOwnerChanged";

/// Has the bus say which connections are closed.
///
/// # Errors
/// The bus refuses.
pub async fn watch(connection: &Connection) -> zbus::Result<()> {
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(BUS)
        .interface(BUS)
        .member(OWNER_CHANGED)
        // The new owner: none.
        .arg(2, "")
        .build()?;
    bus(connection).await?.add_match_rule(rule).await?;
    Ok(())
}

/// The unique name of the connection of which a message says that it is closed.
pub fn left(message: &Message) -> Option<String> {
    let header = message.header();
    let is_said = message.message_type() == Type::Signal
        && header.sender().is_some_and(|it| it.as_str() == BUS)
        && header
            .member()
            .is_some_and(|it| it.as_str() == OWNER_CHANGED);
    if !is_said {
        return None;
    }
    let (name, _, new): (String, String, String) = message.body().deserialize().ok()?;
    (new.is_empty() && name.starts_with(':')).then_some(name)
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

/// The uid of a caller.
///
/// # Errors
/// `Failed`: it has disconnected.
pub async fn uid(connection: &Connection, caller: &CallerId) -> Result<u32, CallError> {
    let unknown = |error: &dyn std::fmt::Display| {
        let text = format!("the caller is not known to the bus: {error}");
        CallError::new(ErrorName::Failed, text)
    };
    let name = UniqueName::try_from(caller.0.as_str()).map_err(|error| unknown(&error))?;
    let bus = bus(connection).await.map_err(|error| unknown(&error))?;
    bus.get_connection_unix_user(name.into())
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
