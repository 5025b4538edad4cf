//! The deciding core and the imitated module as a pair, in virtual time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise, their helpers too"
)]

mod anything;
mod calls;
mod cancel;
mod context;
mod crash;
mod disk;
mod field_listings;
mod field_modem;
mod field_renames;
mod ladder;
mod logs;
mod matrix;
mod operations;
mod pipe_ends;
mod pipes;
mod probe;
mod publish;
mod quirks;
mod raw;
mod refusals;
mod registration;
mod reload;
mod resets;
mod retries;
mod segments;
mod session;
mod sim;
mod sources;
mod stopping;
mod stored;
mod tidying;
mod tls;
mod up_and_down;
mod urc_port;
mod world;
