//! The introspection XML with its comments, as installed in `/usr/share/dbus-1/interfaces`.

/// `org.example.ModemFtp`.
pub const FRONT: &str = include_str!("../org.example.ModemFtp.xml");
/// `org.example.ModemFtp.Modem1`.
pub const MODEM: &str = include_str!("../org.example.ModemFtp.Modem1.xml");
/// `org.example.ModemFtp.Transfer1`.
pub const TRANSFER: &str = include_str!("../org.example.ModemFtp.Transfer1.xml");
