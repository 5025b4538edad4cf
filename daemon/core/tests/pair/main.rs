//! The engine and the simulated module as a pair, in virtual time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise, their helpers too"
)]

mod amounts;
mod broken_off;
mod calls;
mod cancel;
mod command_coverage;
mod context;
mod daemon_crash;
mod data_dead;
mod directory_names;
mod directory_targets;
mod expiry;
mod fair_shares;
mod five_meanings;
mod identities;
mod kept;
mod late_type;
mod line_changes;
mod listed_files;
mod listing_answers;
mod listing_into;
mod listings;
mod local_sinks;
mod local_sources;
mod logging_in_again;
mod logs;
mod module_oddities;
mod module_restarts;
mod operations;
mod optional_commands;
mod passing_refusals;
mod pipe_ends;
mod probing;
mod quirks;
mod random_faults;
mod raw_commands;
mod recovery;
mod refused_names;
mod registration;
mod reload;
mod rename_answers;
mod restart_signs;
mod resume_proofs;
mod resumed_downloads;
mod resumed_uploads;
mod retries;
mod second_opinions;
mod segments;
mod sent_once;
mod server_holds;
mod server_options;
mod server_refusals;
mod session;
mod sim;
mod slow_disk;
mod staging;
mod start_positions;
mod stopping;
mod tidying;
mod tls;
mod transfers;
mod trouble;
mod upload_pipes;
mod urc_port;
mod urc_storms;
mod verify_content;
mod via_ufs;
mod without_pwd;
mod working_directory;
mod world;
