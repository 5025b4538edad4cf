//! The real `modem-ftp` against a fake daemon on a private bus.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise, their helpers too"
)]

mod contract;
mod directory;
mod failures;
mod fake;
mod interrupt;
mod terminal;
mod transfers;
mod verbs;
