//! End-to-end tests: the client, a bus, the daemon, a serial line, a simulated module and a real
//! FTP server. One file for each subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod answers;
mod arguments;
mod away;
mod busctl;
mod contract;
mod coverage;
mod descriptors;
mod disk_trouble;
mod durable;
mod failures;
mod ftps;
mod history;
mod history_cli;
mod interrupted;
mod late_type;
mod life;
mod line_settings;
mod listings;
mod local_changes;
mod names;
mod offsets;
mod other_users_of_the_port;
mod payloads;
mod pipes_end;
mod policy;
mod readme;
mod refusals;
mod refused_names;
mod restarts;
mod resume;
mod roots;
mod round_trip;
mod secrets;
mod sessions;
mod shimmed_disk;
mod spool_full;
mod transfer_options;
mod trouble;
mod working_directory;
