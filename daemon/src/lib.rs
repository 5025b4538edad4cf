//! Everything of the daemon that touches the operating system; decisions are made in
//! `modem-ftp-core`. Three threads: the event loop (the main thread), the bus and the store; and
//! those that work on local files while there is such work.
//!
//! It is a library so that tests/fuzz reaches what reads text and values from outside: [`Config`],
//! and [`options`] of calls.

mod allocator;
mod arguments;
mod bus;
mod child_process;
mod config;
mod core_dumps;
mod descendants;
mod event_loop;
mod files;
mod limits;
mod log;
mod messages;
mod notify;
mod serial;
mod signals;
mod spool;
mod startup;
mod store;

use std::process::ExitCode;

use arguments::Arguments;
pub use bus::{CallError, history_filter, local_path, options};
use clap::Parser;
pub use config::{Config, Refusal};

/// `EX_CONFIG` of sysexits.h.
const BAD_CONFIG: u8 = 78;

/// The program: reads its arguments and the configuration, and runs until it is stopped.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.check {
        allocator::set_up();
    }
    core_dumps::forbid();
    let config = match Config::load(&arguments.config) {
        Ok(config) => config,
        Err(refusal) => {
            for fault in &refusal.0 {
                eprintln!("{}", log::visible(fault));
            }
            return ExitCode::from(BAD_CONFIG);
        }
    };
    if arguments.check {
        for warning in &config.warnings {
            eprintln!("warning: {}", log::visible(warning));
        }
        return ExitCode::SUCCESS;
    }
    startup::run(arguments, config).unwrap_or_else(|error| {
        eprintln!("modem-ftpd: {error}");
        ExitCode::FAILURE
    })
}
