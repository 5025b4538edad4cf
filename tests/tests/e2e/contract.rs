//! The daemon's introspection data equals `dbus/*.xml`, and its objects are at the documented
//! paths.

use modem_ftp_dbus::{introspection, names};
use modem_ftp_tests::Bench;
use std::collections::BTreeSet;
use zbus::fdo::{IntrospectableProxy, ObjectManagerProxy};
use zbus_xml::Node;

/// Every method with its arguments, every signal and every property of an interface, as lines.
fn members(xml: &str, interface: &str) -> BTreeSet<String> {
    let node = Node::from_reader(xml.as_bytes()).unwrap();
    let found = node
        .interfaces()
        .iter()
        .find(|found| found.name().as_str() == interface);
    let found = found.unwrap_or_else(|| panic!("{interface} is not in\n{xml}"));
    let methods = found.methods().map(|method| {
        let arguments: Vec<String> = method
            .args()
            .iter()
            .map(|a| format!("{:?} {:?}: {:?}", a.direction(), a.name(), a.ty()))
            .collect();
        format!("method {}({})", method.name(), arguments.join(", "))
    });
    let signals = found
        .signals()
        .map(|signal| format!("signal {}", signal.name()));
    let properties = found.properties().map(|property| {
        let notes: Vec<String> = property
            .annotations()
            .iter()
            .map(|a| format!("{}={}", a.name(), a.value()))
            .collect();
        format!(
            "property {}: {:?} {:?} {notes:?}",
            property.name(),
            property.ty(),
            property.access()
        )
    });
    methods.chain(signals).chain(properties).collect()
}

#[test]
fn introspection_equals_the_installed_xml() {
    let bench = Bench::plain();
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    let written = [
        (
            names::ROOT_PATH.to_owned(),
            names::FRONT_INTERFACE,
            introspection::FRONT,
        ),
        (
            names::MODEM_PATH.to_owned(),
            names::MODEM_INTERFACE,
            introspection::MODEM,
        ),
        (
            names::transfer_path(1),
            names::TRANSFER_INTERFACE,
            introspection::TRANSFER,
        ),
    ];
    for (path, interface, xml) in written {
        let served = zbus::block_on(async {
            let proxy = IntrospectableProxy::builder(bench.daemon.connection())
                .destination(names::BUS_NAME)
                .path(path.as_str())
                .build()
                .await
                .unwrap();
            proxy.introspect().await.unwrap()
        });
        assert_eq!(
            members(&served, interface),
            members(xml, interface),
            "{interface} at {path}"
        );
    }
}

#[test]
fn the_object_manager_has_modem_and_transfers() {
    let bench = Bench::plain();
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    bench.ok(&["put", "file"]);
    let objects = zbus::block_on(async {
        let manager = ObjectManagerProxy::builder(bench.daemon.connection())
            .destination(names::BUS_NAME)
            .path(names::ROOT_PATH)
            .build()
            .await
            .unwrap();
        manager.get_managed_objects().await.unwrap()
    });
    // Intermediate nodes, which have no interface of the daemon, may be present too.
    let paths: BTreeSet<String> = objects
        .iter()
        .filter(|(_, interfaces)| {
            interfaces
                .keys()
                .any(|name| name.starts_with(names::BUS_NAME))
        })
        .map(|(path, _)| path.to_string())
        .collect();
    let expected = [
        names::MODEM_PATH.to_owned(),
        names::transfer_path(1),
        names::transfer_path(2),
    ];
    assert_eq!(paths, BTreeSet::from(expected));
    bench.ok(&["forget", "1"]);
    bench.fails(&["show", "1"], 1);
}
