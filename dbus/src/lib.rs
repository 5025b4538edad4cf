//! The D-Bus interface of ModemFtp, which the daemon serves and its callers use.
//!
//! Without features, this crate consists of constants and enums and has no dependencies; the
//! feature `client` adds typed proxies. The interface in the form that D-Bus tools read is in the
//! XML files next to `Cargo.toml` (see [`introspection`]).

pub mod errors;
pub mod introspection;
pub mod names;
pub mod words;

#[cfg(feature = "client")]
pub mod proxies;

pub use errors::ErrorName;
