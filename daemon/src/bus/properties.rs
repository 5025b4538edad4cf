//! Statuses and replies as D-Bus values: the properties that change, and the dictionaries.

use std::collections::HashMap;

use modem_ftp_core::api::reply::Entry;
use modem_ftp_core::api::status::{ModemStatus, TransferStatus};
use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::words::key;
use zbus::{OwnedVariant, Str, Structure, Variant};

type Attributes = HashMap<String, OwnedVariant>;

/// Names and values of properties.
pub type Properties = Vec<(&'static str, Variant<'static>)>;

/// The properties of `Modem1`.
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

/// The properties of `Transfer1` that can change.
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

/// The properties of the front object that can change.
pub fn servers((names, default): &(Vec<String>, String)) -> Properties {
    vec![
        ("Servers", Variant::from(names.clone())),
        ("DefaultServer", text(default)),
    ]
}

/// Those of `new` that are not as in `old`.
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

/// One entry of `List`. What the server added never takes the place of a key of ours.
pub fn entry(entry: Entry) -> Attributes {
    let mut attributes: Attributes = entry
        .more
        .iter()
        .map(|(name, value)| (name.clone(), owned(value)))
        .collect();
    attributes.insert(key::NAME.into(), owned(&entry.name));
    attributes.insert(key::TYPE.into(), owned(entry.kind.as_str()));
    attributes.extend(stat(entry.size, entry.modified));
    attributes
}

/// What `Stat` gives: only what is known.
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

#[cfg(test)]
mod tests {
    use modem_ftp_core::api::reply::EntryType;
    use modem_ftp_core::api::status::{Direction, TransferId, TransferState};
    use modem_ftp_dbus::{ErrorName, introspection};

    use super::*;

    fn status() -> TransferStatus {
        TransferStatus {
            id: TransferId(1),
            direction: Direction::Upload,
            server: "plant".into(),
            local: String::new(),
            remote: "a".into(),
            uid: 0,
            state: TransferState::Queued,
            error: None,
            size: None,
            transferred: 0,
            attempts: 0,
            created: 1,
            started: 0,
            finished: 0,
        }
    }

    #[test]
    fn only_what_changed_is_announced() {
        let old = status();
        let mut new = status();
        assert!(changed(&transfer(&old), transfer(&new)).is_empty());
        new.transferred = 5;
        new.error = Some((ErrorName::Timeout, "late".into()));
        let changes = changed(&transfer(&old), transfer(&new));
        assert_eq!(changes.len(), 2);
        assert_eq!(changes["Transferred"], Variant::U64(5));
        let error = (ErrorName::Timeout.dbus_name().to_owned(), "late".to_owned());
        assert_eq!(changes["Error"], Variant::Structure(Structure::from(error)));
        let modems = (
            ModemStatus::default(),
            ModemStatus {
                signal_dbm: Some(-73),
                ..Default::default()
            },
        );
        let changes = changed(&modem(&modems.0), modem(&modems.1));
        assert_eq!(
            changes.into_iter().collect::<Vec<_>>(),
            [("SignalDbm", Variant::I32(-73))]
        );
    }

    /// The names and types in the contract's XML of properties that may change.
    fn contract(xml: &str) -> Vec<(String, String)> {
        let attribute = |element: &str, name: &str| {
            let (_, rest) = element.split_once(&format!("{name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        let elements = xml.split("<property ").skip(1);
        elements
            .filter(|element| {
                !element
                    .split("</property>")
                    .next()
                    .unwrap()
                    .contains("EmitsChangedSignal\" value=\"const")
                    || element.split('>').next().unwrap().ends_with('/')
            })
            .map(|element| (attribute(element, "name"), attribute(element, "type")))
            .collect()
    }

    #[test]
    fn exactly_the_changing_properties_of_the_contract_are_announced() {
        let ours = |properties: Properties| {
            let signed = properties
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.value_signature().to_string()));
            let mut signed: Vec<_> = signed.collect();
            signed.sort();
            signed
        };
        let theirs = |xml: &str| {
            let mut found = contract(xml);
            found.sort();
            found
        };
        assert_eq!(
            ours(modem(&ModemStatus::default())),
            theirs(introspection::MODEM)
        );
        assert_eq!(ours(transfer(&status())), theirs(introspection::TRANSFER));
        assert_eq!(
            ours(servers(&Default::default())),
            theirs(introspection::FRONT)
        );
    }

    #[test]
    fn what_a_server_adds_never_hides_what_we_say() {
        let entry = entry(Entry {
            name: "real".into(),
            kind: EntryType::File,
            size: Some(5),
            modified: None,
            more: vec![
                ("Name".into(), "forged".into()),
                ("mode".into(), "0644".into()),
            ],
        });
        assert_eq!(*entry["Name"], text("real"));
        assert_eq!(*entry["Size"], Variant::U64(5));
        assert_eq!(*entry["mode"], text("0644"));
        assert_eq!(entry.len(), 4);
    }
}
