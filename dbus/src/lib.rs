//! D-Bus contract of ModemFtp.
