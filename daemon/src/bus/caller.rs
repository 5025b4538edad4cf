//! Who has sent a method call: the bus knows the uid of every connection.

use modem_ftp_dbus::ErrorName;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::message::Header;
use zbus::proxy::CacheProperties;

use super::error::CallError;

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
    // Without a cache, the proxy subscribes to no signals.
    let bus = DBusProxy::builder(connection)
        .cache_properties(CacheProperties::No)
        .build()
        .await
        .map_err(|error| unknown(&error))?;
    bus.get_connection_unix_user(sender.as_ref().into())
        .await
        .map_err(|error| unknown(&error))
}

/// Refuses every caller but root.
///
/// # Errors
/// `NotAuthorized`.
pub async fn root_only(connection: &Connection, call: &Header<'_>) -> Result<(), CallError> {
    match uid(connection, call).await? {
        0 => Ok(()),
        uid => Err(CallError::new(
            ErrorName::NotAuthorized,
            format!("only root may do this, not uid {uid}"),
        )),
    }
}
