//! The manual page org.example.ModemFtp(5) agrees with the XML.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeSet;

use modem_ftp_dbus::words::{
    IfExists, ModemState, SessionState, TransferState, Verify, Via, option,
};
use modem_ftp_dbus::{ErrorName, introspection};
use zbus_xml::{ArgDirection, Method, Node};

const MANUAL: &str = include_str!("../../etc/man/org.example.ModemFtp.5");

/// The page's section `heading`, with plain hyphens.
fn section(heading: &str) -> String {
    let (_, after) = MANUAL.split_once(&format!("\n.SH {heading}\n")).unwrap();
    after
        .split("\n.SH ")
        .next()
        .unwrap_or_default()
        .replace("\\-", "-")
}

/// A method as the page shows it, such as `Stat(s server, s path) -> a{sv} attributes`.
fn call(method: &Method<'_>) -> String {
    let arguments = |direction| -> Vec<String> {
        let chosen = method
            .args()
            .iter()
            .filter(|arg| arg.direction() == Some(direction));
        chosen
            .map(|arg| format!("{} {}", arg.ty(), arg.name().unwrap()))
            .collect()
    };
    let out = arguments(ArgDirection::Out);
    let arrow = if out.is_empty() { "" } else { " -> " };
    let (name, takes) = (method.name(), arguments(ArgDirection::In).join(", "));
    format!(".B {name}({takes}){arrow}{}", out.join(", "))
}

#[test]
fn exactly_the_methods_and_properties_of_the_xml_are_in_the_manual() {
    for (heading, xml) in [
        ("ORG.EXAMPLE.MODEMFTP", introspection::FRONT),
        ("ORG.EXAMPLE.MODEMFTP.MODEM1", introspection::MODEM),
        ("ORG.EXAMPLE.MODEMFTP.TRANSFER1", introspection::TRANSFER),
    ] {
        let section = section(heading);
        let node = Node::from_reader(xml.as_bytes()).unwrap();
        let interface = node.interfaces().first().unwrap();
        let described: BTreeSet<_> = section
            .lines()
            .filter(|line| line.starts_with(".B ") && line.contains('('))
            .collect();
        let methods: BTreeSet<_> = interface.methods().map(call).collect();
        assert_eq!(
            described,
            methods.iter().map(String::as_str).collect(),
            "{heading}"
        );

        let (_, properties) = section.split_once("\n.SS Properties\n").unwrap();
        for property in interface.properties() {
            let (name, of_type) = (property.name(), property.ty().to_string());
            let of_type = format!("({})\"", of_type.trim_matches(['(', ')']));
            let entry = properties.lines().find(|line| {
                line.starts_with(".BR ") && line.split([' ', ',']).any(|word| word == name.as_str())
            });
            let entry = entry.unwrap_or_else(|| panic!("{heading}: no {name}"));
            assert!(entry.ends_with(&of_type), "{name}: {entry}, not {of_type}");
        }
    }
}

#[test]
fn every_word_option_and_error_is_in_the_manual() {
    let words = IfExists::ALL
        .iter()
        .map(|w| w.as_str())
        .chain(Verify::ALL.iter().map(|w| w.as_str()))
        .chain(Via::ALL.iter().map(|w| w.as_str()))
        .chain(ModemState::ALL.iter().map(|w| w.as_str()))
        .chain(SessionState::ALL.iter().map(|w| w.as_str()))
        .chain(TransferState::ALL.iter().map(|w| w.as_str()));
    let page: BTreeSet<_> = MANUAL.split(|c: char| !c.is_alphanumeric()).collect();
    for word in words {
        assert!(page.contains(word), "{word}");
    }
    for option in [
        option::IF_EXISTS,
        option::ATOMIC,
        option::VERIFY,
        option::VIA,
        option::PRIORITY,
        option::RETRIES,
        option::EXPIRES,
        option::SPOOL,
        option::WAIT,
    ] {
        assert!(MANUAL.contains(&format!("\n.BR {option} \"")), "{option}");
        assert!(
            introspection::FRONT.contains(&format!("\n        {option} ")),
            "{option}"
        );
    }
    for error in ErrorName::ALL {
        let entry = format!(
            "\n.BR {} \" [{}]\"\n{}\n",
            error.short_name(),
            error.exit_code(),
            error.sentence()
        );
        assert!(MANUAL.contains(&entry), "{entry}");
    }
}
