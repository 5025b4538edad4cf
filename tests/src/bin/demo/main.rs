//! `cargo demo`: sends one file client → D-Bus → daemon → serial line → module → FTP server and
//! fetches it back. Only the module is simulated. Exit code 0 only if the bytes are equal.

mod setup;
mod steps;

use clap::Parser;
use modem_ftp_tests::Error;
use nix::sys::signal::{SigSet, Signal};
use setup::Setup;
use std::process::ExitCode;

/// Starts an FTP server, a bus, a virtual BG96 and modem-ftpd, and sends a file there and back.
#[derive(Parser)]
#[command(name = "demo", version)]
struct Arguments {
    /// Keep everything running afterwards, and print commands to try
    #[arg(long)]
    stay: bool,
    /// Rate of the serial line
    #[arg(long, value_name = "BAUD", default_value_t = 921_600)]
    baud: u32,
    /// Length of the file in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024)]
    size: usize,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    // Ctrl-C also reaches the running client, which cancels its transfer and fails; that ends the
    // demonstration and everything it started.
    let mut ends = SigSet::from_iter([Signal::SIGINT]);
    ends.thread_block().map_err(std::io::Error::from)?;

    println!("Starting an FTP server, a bus, a virtual BG96 and modem-ftpd.");
    println!("(The first time, cargo builds the programs: a minute or two.)\n");
    let setup = Setup::start(arguments.baud)?;
    setup.print_overview();
    if let Err(error) = steps::run_all(&setup, arguments.size) {
        eprintln!("\nThe log of modem-ftpd:\n{}", setup.daemon.tail());
        return Err(error);
    }
    if arguments.stay {
        setup.print_commands();
        ends.add(Signal::SIGTERM);
        ends.thread_block().map_err(std::io::Error::from)?;
        ends.wait().map_err(std::io::Error::from)?;
    }
    Ok(())
}
