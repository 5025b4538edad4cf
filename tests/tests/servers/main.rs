//! The fixtures proven: every server, in every mode it has, with an FTP client that has nothing
//! to do with the module. What the servers do differently is written down as assertions, because
//! ModemFtp must get along with all of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod client;
mod differences;
mod disk;
mod tls;
mod verbs;
