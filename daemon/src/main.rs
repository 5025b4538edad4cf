//! `modem-ftpd`, the shell around the deciding part: everything that touches the kernel.
//! Three threads: the event loop (this one), the bus, the disk.

mod arguments;
mod bus;
mod config;
mod event_loop;
mod files;
mod limits;
mod log;
mod notify;
mod serial;
mod signals;

use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use arguments::Arguments;
use clap::Parser;
use config::Config;
use event_loop::Threshold;
use files::Disk;
use signals::Signals;

/// `EX_CONFIG` of sysexits.h.
const BAD_CONFIG: u8 = 78;
/// The other threads have so long to see to what is still in hand.
const LAST_WORDS: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load(&arguments.config) {
        Ok(config) => config,
        Err(refusal) => {
            eprintln!("{refusal}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    if arguments.check {
        for warning in &config.warnings {
            eprintln!("warning: {warning}");
        }
        return ExitCode::SUCCESS;
    }
    run(arguments, config).unwrap_or_else(|error| {
        eprintln!("modem-ftpd: {error}");
        ExitCode::FAILURE
    })
}

fn run(arguments: Arguments, config: Config) -> std::io::Result<ExitCode> {
    // Before any thread starts: they inherit what is blocked.
    let signals = Signals::block()?;
    log::start();
    limits::raise_descriptors();
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let (alive, ended) = mpsc::channel();
    let disk = Disk::start(alive.clone())?;
    let (publications, published) = futures_channel::mpsc::unbounded();
    let roots = config.roots.clone();
    let (threshold, mailbox) = Threshold::new(event_loop::Parts {
        config,
        config_path: arguments.config,
        signals,
        disk: disk.clone(),
        bus: publications,
    })?;
    let bus = bus::Parts {
        address: arguments.bus,
        mailbox,
        disk,
        roots,
        publications: published,
    };
    bus::start(bus, alive)?;
    let exit = threshold.run()?;
    // The loop is gone and with it the way to both threads: they finish what they have. A
    // disk or a bus that hangs must not keep the daemon from ending, though.
    if ended.recv_timeout(LAST_WORDS) == Err(RecvTimeoutError::Timeout) {
        tracing::warn!("ending with something still in hand");
    }
    Ok(exit)
}
