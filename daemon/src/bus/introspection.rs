//! Introspection data: what is installed in `/usr/share/dbus-1/interfaces`, without its comments.
//! Children are named only; each is to be asked for its own interfaces.

use std::fmt::Write;

use modem_ftp_dbus::{introspection, names};

/// What stands before the node.
const DOCTYPE: &str = "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection \
                       1.0//EN\"\n \
                       \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n";

/// The interfaces of the D-Bus specification that every object has.
const STANDARD: &str = r#"  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect">
      <arg type="s" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
    <method name="GetMachineId">
      <arg type="s" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="property_name" type="s" direction="in"/>
      <arg type="v" direction="out"/>
    </method>
    <method name="Set">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="property_name" type="s" direction="in"/>
      <arg name="value" type="v" direction="in"/>
    </method>
    <method name="GetAll">
      <arg name="interface_name" type="s" direction="in"/>
      <arg type="a{sv}" direction="out"/>
    </method>
    <signal name="PropertiesChanged">
      <arg name="interface_name" type="s"/>
      <arg name="changed_properties" type="a{sv}"/>
      <arg name="invalidated_properties" type="as"/>
    </signal>
  </interface>
"#;

/// The interface that only the manager has.
const OBJECT_MANAGER: &str = r#"  <interface name="org.freedesktop.DBus.ObjectManager">
    <method name="GetManagedObjects">
      <arg type="a{oa{sa{sv}}}" direction="out"/>
    </method>
    <signal name="InterfacesAdded">
      <arg name="object_path" type="o"/>
      <arg name="interfaces_and_properties" type="a{sa{sv}}"/>
    </signal>
    <signal name="InterfacesRemoved">
      <arg name="object_path" type="o"/>
      <arg name="interfaces" type="as"/>
    </signal>
  </interface>
"#;

/// The children of an object.
pub enum Children {
    /// By name.
    Named(Vec<&'static str>),
    /// By number.
    Numbered(Vec<u64>),
}

/// The introspection data of an object with this interface of the daemon.
pub fn node(interface: Option<&str>, children: &Children) -> String {
    let mut xml = String::from(DOCTYPE);
    xml.push_str("<node>\n");
    match interface {
        Some(names::FRONT_INTERFACE) => {
            xml.push_str(OBJECT_MANAGER);
            push_interface(&mut xml, introspection::FRONT);
        }
        Some(names::MODEM_INTERFACE) => push_interface(&mut xml, introspection::MODEM),
        Some(_) => push_interface(&mut xml, introspection::TRANSFER),
        None => {}
    }
    xml.push_str(STANDARD);
    // Writing to a string cannot fail.
    let _ = match children {
        Children::Named(names) => names
            .iter()
            .try_for_each(|name| writeln!(xml, "  <node name=\"{name}\"/>")),
        Children::Numbered(numbers) => numbers
            .iter()
            .try_for_each(|number| writeln!(xml, "  <node name=\"{number}\"/>")),
    };
    xml.push_str("</node>\n");
    xml
}

/// Appends the interface of installed data, without comments and empty lines.
fn push_interface(xml: &mut String, installed: &str) {
    let mut rest = installed;
    let mut text = String::with_capacity(rest.len());
    while let Some((before, comment)) = rest.split_once("<!--") {
        text.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let begin = text.find("  <interface").unwrap_or_default();
    let end = text.rfind("</node>").unwrap_or(text.len());
    let text = text.get(begin..end).unwrap_or_default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        xml.push_str(line);
        xml.push('\n');
    }
}

/// The element that follows `path` on the way to `descendant`; `None` if it is not above it.
pub fn next_element(path: &str, descendant: &'static str) -> Option<&'static str> {
    let rest = descendant.strip_prefix(path)?;
    let rest = match path {
        "/" => rest,
        _ => rest.strip_prefix('/')?,
    };
    rest.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_lead_to_the_manager() {
        assert_eq!(next_element("/", names::ROOT_PATH), Some("org"));
        assert_eq!(next_element("/org", names::ROOT_PATH), Some("example"));
        assert_eq!(next_element("/org/exam", names::ROOT_PATH), None);
        assert_eq!(next_element(names::ROOT_PATH, names::ROOT_PATH), None);
        assert_eq!(next_element("", names::ROOT_PATH), Some("org"));
    }

    #[test]
    fn a_transfer_has_its_interface_and_a_parent_its_children() {
        let xml = node(
            Some(names::TRANSFER_INTERFACE),
            &Children::Named(Vec::new()),
        );
        assert!(xml.contains("<method name=\"Forget\"/>"), "{xml}");
        assert!(!xml.contains("<!--"), "{xml}");
        for interface in [names::FRONT_INTERFACE, names::MODEM_INTERFACE] {
            let xml = node(Some(interface), &Children::Named(Vec::new()));
            assert!(xml.contains(&format!("<interface name=\"{interface}\">")));
            assert_eq!(xml.matches("</node>").count(), 1, "{xml}");
        }
        let xml = node(None, &Children::Numbered(vec![1, 20]));
        assert!(xml.contains("<node name=\"20\"/>"), "{xml}");
        assert!(!xml.contains("org.example"), "{xml}");
    }
}
