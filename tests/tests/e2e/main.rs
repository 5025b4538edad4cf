//! End to end: the client's process, a bus, the daemon's process, a serial line, a virtual module
//! and a real FTP server. One file a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod bench;
mod busctl;
mod contract;
mod coverage;
mod descriptors;
mod durable;
mod failures;
mod ftps;
mod interrupted;
mod life;
mod names;
mod payloads;
mod policy;
mod readme;
mod roots;
mod round_trip;
mod secrets;
mod working_directory;
