//! The real `modem-ftp` against a fake daemon on a private bus.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers may panic"
)]

mod contract;
mod directory;
mod doctor;
mod failures;
mod fake;
mod get;
mod history;
mod interrupt;
mod module;
mod put;
mod spool;
mod terminal;
mod transfers;
mod verbs;
mod wait;
