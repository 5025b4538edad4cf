//! Attacks from the four sides of the daemon: the module, the server, local callers, the disk. Each
//! scenario says what a user must see; [`watch`] says what must hold during and after every attack.
//! One file for each kind of fault.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod amounts;
mod busy_bus;
mod changed_files;
mod fair_shares;
mod flood;
mod gone_callers;
mod leftovers;
mod log_lines;
mod memory;
mod names;
mod outbound;
mod passed_descriptors;
mod reloads;
mod silence;
mod silent_bench;
mod silent_disk;
mod silent_files;
mod waits;
mod watch;
