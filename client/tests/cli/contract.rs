//! The fake daemon of these tests has the interfaces of `dbus/*.xml`.

use std::collections::BTreeSet;

use modem_ftp_dbus::{introspection, names};
use zbus::fdo::IntrospectableProxy;
use zbus::{block_on, connection};
use zbus_xml::Node;

use crate::fake::Fake;

/// Every method with its arguments and every property of an interface, as sorted lines.
fn lines(xml: &str, interface: &str) -> BTreeSet<String> {
    let node = Node::from_reader(xml.as_bytes()).unwrap();
    let found = node
        .interfaces()
        .iter()
        .find(|i| i.name().as_str() == interface);
    let found = found.unwrap_or_else(|| panic!("no {interface}"));
    let methods = found.methods().map(|method| {
        let args: Vec<_> = method
            .args()
            .iter()
            .map(|a| format!("{:?} {:?} {:?}", a.direction(), a.name(), a.ty()))
            .collect();
        format!("{} {args:?}", method.name())
    });
    let properties = found.properties().map(|property| {
        let notes: Vec<_> = property
            .annotations()
            .iter()
            .map(|a| (a.name(), a.value()))
            .collect();
        format!(
            "{} {:?} {:?} {notes:?}",
            property.name(),
            property.ty(),
            property.access()
        )
    });
    methods.chain(properties).collect()
}

#[test]
fn the_fake_daemon_has_the_documented_interfaces() {
    let fake = Fake::start();
    fake.local("a", b"x");
    fake.run(&["put", "a", "--detach"]).expect(0, "");
    block_on(async {
        let bus = connection::Builder::address(fake.bus.address())
            .build()
            .await
            .unwrap();
        for (path, interface, xml) in [
            (
                names::ROOT_PATH.into(),
                names::FRONT_INTERFACE,
                introspection::FRONT,
            ),
            (
                names::MODEM_PATH.into(),
                names::MODEM_INTERFACE,
                introspection::MODEM,
            ),
            (
                names::transfer_path(1),
                names::TRANSFER_INTERFACE,
                introspection::TRANSFER,
            ),
        ] {
            let object = IntrospectableProxy::builder(&bus)
                .destination(names::BUS_NAME)
                .path(path)
                .build()
                .await
                .unwrap();
            let live = object.introspect().await.unwrap();
            assert_eq!(
                lines(&live, interface),
                lines(xml, interface),
                "{interface}"
            );
        }
    });
}
