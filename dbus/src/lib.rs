//! The D-Bus contract of ModemFtp: what the daemon serves and its callers rely on.
//!
//! Without features this crate is constants and two closed enums, and depends on
//! nothing; with the feature `client` it adds typed proxies. The same
//! contract in the form every D-Bus tool reads is in the XML files beside
//! `Cargo.toml` (see [`introspection`]).

pub mod errors;
pub mod introspection;
pub mod names;
pub mod words;

#[cfg(feature = "client")]
pub mod proxies;

pub use errors::ErrorName;
