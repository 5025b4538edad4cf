//! The properties of an interface are the same wherever they are listed: in the XML, in the served
//! object, in `PropertiesChanged` and in the client's proxy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, mpsc};

use mio::{Poll, Token, Waker};
use modem_ftp_core::api::status::{
    Direction, ModemStatus, TransferId, TransferState, TransferStatus,
};
use modem_ftp_dbus::{ErrorName, introspection, names};
use zbus::{Structure, Variant};
use zbus_xml::Node;

use super::local::Preparation;
use super::manager::Manager;
use super::modem::Modem;
use super::properties::{self, Properties};
use super::publisher::Servers;
use super::requests::Requests;
use super::shared::Shared;
use crate::files::{Disk, Roots};
use crate::messages::Inbox;
use crate::spool::Spool;
use crate::store::Storage;

/// Source of the client's proxies.
const PROXIES: &str = include_str!("../../../dbus/src/proxies.rs");

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
fn only_changed_properties_are_published() {
    let old = status();
    let mut new = status();
    assert!(
        properties::changed(&properties::transfer(&old), properties::transfer(&new)).is_empty()
    );
    new.transferred = 5;
    new.error = Some((ErrorName::Timeout, "late".into()));
    let changes = properties::changed(&properties::transfer(&old), properties::transfer(&new));
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
    let changes = properties::changed(&properties::modem(&modems.0), properties::modem(&modems.1));
    assert_eq!(
        changes.into_iter().collect::<Vec<_>>(),
        [("SignalDbm", Variant::I32(-73))]
    );
}

/// Type and "const" or "changes" of each property.
type Listed = BTreeMap<String, (String, &'static str)>;

/// The properties in introspection data.
fn in_xml(xml: &str) -> Listed {
    let node = Node::from_reader(xml.as_bytes()).unwrap();
    let interface = node.interfaces().first().unwrap();
    let properties = interface.properties().map(|property| {
        let constant = property.annotations().iter().any(|annotation| {
            annotation.name() == "org.freedesktop.DBus.Property.EmitsChangedSignal"
                && annotation.value() == "const"
        });
        let (name, of_type) = (property.name().to_string(), property.ty().to_string());
        (name, (of_type, if constant { "const" } else { "changes" }))
    });
    properties.collect()
}

/// The properties of an object that is served, of which `announced` may change.
fn served(all: Properties, announced: &Properties) -> Listed {
    let signed = all.into_iter().map(|(name, value)| {
        let changes = announced.iter().any(|(changing, _)| *changing == name);
        let of_type = value.value_signature().to_string();
        let changes = if changes { "changes" } else { "const" };
        (name.to_owned(), (of_type, changes))
    });
    signed.collect()
}

/// The methods in introspection data.
fn methods(xml: &str) -> Vec<String> {
    let node = Node::from_reader(xml.as_bytes()).unwrap();
    let interface = node.interfaces().first().unwrap();
    let names = interface.methods().map(|method| method.name().to_string());
    names.collect()
}

#[test]
fn every_documented_method_is_served() {
    for (xml, source) in [
        (introspection::FRONT, include_str!("manager.rs")),
        (introspection::MODEM, include_str!("modem.rs")),
        (introspection::TRANSFER, include_str!("transfer.rs")),
    ] {
        let documented = methods(xml);
        assert!(!documented.is_empty());
        for method in documented {
            assert!(source.contains(&format!("\"{method}\" =>")), "{method}");
        }
    }
}

/// The properties of a proxy, a trait in [`PROXIES`].
fn in_proxy(name: &str) -> Listed {
    let (_, proxy) = PROXIES.split_once(&format!("pub trait {name} {{")).unwrap();
    let (proxy, _) = proxy.split_once("\n}\n").unwrap();
    let properties = proxy.split("#[zbus(property").skip(1).map(|property| {
        let constant = property.starts_with("(emits_changed_signal = \"const\")");
        let (_, function) = property.split_once("fn ").unwrap();
        let (name, rest) = function.split_once("(&self) -> Result<").unwrap();
        let (of_type, _) = rest.split_once(">;").unwrap();
        let of_type = match of_type {
            "String" => "s",
            "Vec<String>" => "as",
            "(String, String)" => "(ss)",
            "Attributes" => "a{sv}",
            "i32" => "i",
            "u32" => "u",
            "i64" => "x",
            "u64" => "t",
            other => panic!("{name}: {other}"),
        };
        let name = name.split('_').map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        });
        let changes = if constant { "const" } else { "changes" };
        (name.collect(), (of_type.to_owned(), changes))
    });
    properties.collect()
}

/// Names and types of the properties that may change.
fn changing(listed: &Listed) -> BTreeSet<(String, String)> {
    let changing = listed
        .iter()
        .filter(|(_, (_, changes))| *changes == "changes");
    changing
        .map(|(name, (of_type, _))| (name.clone(), of_type.clone()))
        .collect()
}

/// Names and types of the properties that are published when they change.
fn published(properties: Properties) -> BTreeSet<(String, String)> {
    let signed = properties
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.value_signature().to_string()));
    signed.collect()
}

#[test]
fn xml_objects_signals_and_proxies_have_the_same_properties() {
    let poll = Poll::new().unwrap();
    let (inbox, _messages) = Inbox::new(Waker::new(poll.registry(), Token(0)).unwrap());
    let disk = Disk::new(mpsc::channel().0);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_owned();
    let storage = Storage::start(state, inbox.clone(), mpsc::channel().0).unwrap();
    let preparation = Preparation {
        inbox,
        disk,
        spool: Spool::new(folder.path(), 0),
    };
    let requests = Requests::new(preparation, Shared::new(Arc::new(Roots::default())));

    let servers = Shared::new(Servers::default());
    let manager = Manager::new(requests.clone(), storage, servers, Shared::default());
    let modem = Modem::new(requests, Shared::new(ModemStatus::default()));
    for (interface, xml, all, proxy, announced) in [
        (
            names::FRONT_INTERFACE,
            introspection::FRONT,
            manager.properties(),
            in_proxy("ModemFtp"),
            [properties::servers(&[], ""), properties::warnings(&[])].concat(),
        ),
        (
            names::MODEM_INTERFACE,
            introspection::MODEM,
            modem.properties(),
            in_proxy("Modem"),
            properties::modem(&ModemStatus::default()),
        ),
        (
            names::TRANSFER_INTERFACE,
            introspection::TRANSFER,
            properties::transfer_all(&status()),
            in_proxy("Transfer"),
            properties::transfer(&status()),
        ),
    ] {
        let documented = in_xml(xml);
        assert!(!documented.is_empty(), "{interface}");
        let served = served(all, &announced);
        assert_eq!(served, documented, "{interface}: served");
        assert_eq!(proxy, documented, "{interface}: proxy");
        let may_change = changing(&documented);
        assert_eq!(published(announced), may_change, "{interface}: published");
    }
}
