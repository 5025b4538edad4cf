//! `modem-ftpd`: everything of the daemon that touches the operating system; decisions are made in
//! `modem-ftp-core`. Four threads: the event loop (the main thread), the bus, the disk and the
//! store.

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

use std::alloc::System;
use std::process::ExitCode;

use arguments::Arguments;
use clap::Parser;
use config::Config;
use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is freed: of a password there may be copies where no type of ours wipes them,
/// in messages of the bus and in parsed text.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// `EX_CONFIG` of sysexits.h.
const BAD_CONFIG: u8 = 78;

fn main() -> ExitCode {
    core_dumps::forbid();
    let arguments = Arguments::parse();
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
