//! The module in virtual time: every command form, transcript, code and fault of docs/module.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bench;
mod clock;
mod codes;
mod data_mode;
mod faults;
mod file_handles;
mod files;
mod forms;
mod leaving_data_mode;
mod network;
mod segments;
mod serial;
mod session;
mod settings;
mod sim;
mod transcripts;
