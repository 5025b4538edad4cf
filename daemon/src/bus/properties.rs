//! Statuses and replies as D-Bus values: the properties that may change, and the dictionaries.

use std::collections::HashMap;

use modem_ftp_core::api::status::{ModemStatus, TransferStatus};
use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::words::key;
use zbus::{OwnedVariant, Str, Structure, Variant};

type Attributes = HashMap<String, OwnedVariant>;

/// Names and values of properties.
pub type Properties = Vec<(&'static str, Variant<'static>)>;

/// The properties of `Modem1`, all of which may change.
pub fn modem(status: &ModemStatus) -> Properties {
    vec![
        ("Device", text(&status.device)),
        ("State", text(status.state.as_str())),
        ("StateReason", text(&status.state_reason)),
        ("Manufacturer", text(&status.manufacturer)),
        ("Model", text(&status.model)),
        ("Revision", text(&status.revision)),
        ("Imei", text(&status.imei)),
        ("Iccid", text(&status.iccid)),
        ("Operator", text(&status.operator)),
        ("AccessTechnology", text(&status.access_technology)),
        ("SignalDbm", Variant::I32(status.signal_dbm.unwrap_or(0))),
        ("Address", text(&status.address)),
        ("Session", text(status.session.as_str())),
        ("Server", text(&status.server)),
        ("Settings", Variant::from(settings(status))),
        ("BytesSent", Variant::U64(status.bytes_sent)),
        ("BytesReceived", Variant::U64(status.bytes_received)),
    ]
}

/// The properties of `Transfer1` that may change.
pub fn transfer(status: &TransferStatus) -> Properties {
    vec![
        ("State", text(status.state.as_str())),
        ("Error", Variant::Structure(Structure::from(error(status)))),
        ("Size", Variant::U64(size(status))),
        ("Transferred", Variant::U64(status.transferred)),
        ("Attempts", Variant::U32(status.attempts)),
        ("Started", Variant::I64(status.started)),
        ("Finished", Variant::I64(status.finished)),
    ]
}

/// All properties of `Transfer1`.
pub fn transfer_all(status: &TransferStatus) -> Properties {
    let mut all = vec![
        ("Direction", text(status.direction.as_str())),
        ("Server", text(&status.server)),
        ("Local", text(&status.local)),
        ("Remote", text(&status.remote)),
        ("UserId", Variant::U32(status.uid)),
        ("Created", Variant::I64(status.created)),
    ];
    all.extend(transfer(status));
    all
}

/// The property of the manager that never changes.
pub fn version() -> Properties {
    vec![("Version", text(env!("CARGO_PKG_VERSION")))]
}

/// The properties of the manager that may change.
pub fn servers(names: &[String], default: &str) -> Properties {
    vec![
        ("Servers", Variant::from(names.to_vec())),
        ("DefaultServer", text(default)),
    ]
}

/// The property of the manager that says what an operator has to know.
pub fn warnings(warnings: &[String]) -> Properties {
    vec![("Warnings", Variant::from(warnings.to_vec()))]
}

/// The properties in `new` whose values differ from those in `old`.
pub fn changed(old: &Properties, new: Properties) -> HashMap<&'static str, Variant<'static>> {
    new.into_iter()
        .zip(old)
        .filter(|(new, old)| new != *old)
        .map(|(new, _)| new)
        .collect()
}

/// `Transfer1.Error`.
pub fn error(status: &TransferStatus) -> (String, String) {
    status
        .error
        .as_ref()
        .map_or_else(Default::default, |(name, text)| {
            (name.dbus_name().to_owned(), text.clone())
        })
}

/// `Transfer1.Size`.
pub fn size(status: &TransferStatus) -> u64 {
    status.size.unwrap_or(SIZE_UNKNOWN)
}

/// `Modem1.Settings`.
pub fn settings(status: &ModemStatus) -> Attributes {
    let settings = status.settings.iter();
    settings
        .map(|(name, value)| (name.clone(), owned(value)))
        .collect()
}

/// The reply of `Stat`: only what is known.
pub fn stat(size: Option<u64>, modified: Option<i64>) -> Attributes {
    let size = size.map(|size| (key::SIZE.to_owned(), OwnedVariant::from(size)));
    let modified = modified.map(|time| (key::MODIFIED.to_owned(), OwnedVariant::from(time)));
    size.into_iter().chain(modified).collect()
}

fn owned(text: &str) -> OwnedVariant {
    OwnedVariant::from(Str::from(text.to_owned()))
}

fn text(text: &str) -> Variant<'static> {
    Variant::Str(Str::from(text.to_owned()))
}
