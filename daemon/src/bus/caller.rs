//! Who calls: the bus itself knows the uid of every connection.

use modem_ftp_dbus::ErrorName;
use zbus::Connection;
use zbus::message::Header;

use super::error::CallError;

/// The uid of whoever sent a call.
///
/// # Errors
/// `Failed`: the caller has gone meanwhile.
pub async fn uid(connection: &Connection, call: &Header<'_>) -> Result<u32, CallError> {
    const BUS: &str = "org.freedesktop.DBus";
    let unknown = |error: &dyn std::fmt::Display| {
        CallError::new(
            ErrorName::Failed,
            format!("the caller is not known to the bus: {error}"),
        )
    };
    let sender = call.sender().ok_or_else(|| unknown(&"no sender"))?;
    let reply = connection
        .call_method(
            Some(BUS),
            "/org/freedesktop/DBus",
            Some(BUS),
            "GetConnectionUnixUser",
            &(sender.as_str()),
        )
        .await
        .map_err(|error| unknown(&error))?;
    reply
        .body()
        .deserialize::<u32>()
        .map_err(|error| unknown(&error))
}

/// Refuses everybody but root.
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
