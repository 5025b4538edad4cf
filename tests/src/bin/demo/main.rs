//! `cargo demo`: one real file travels client → D-Bus → daemon → serial line → module → FTP server
//! and back, with nothing imitated but the module. Exit 0 only if the bytes are the same.

mod payload;
mod stage;
mod walk;

use clap::Parser;
use modem_ftp_tests::Error;
use nix::sys::signal::{SigSet, Signal};
use stage::Stage;
use std::process::ExitCode;

/// Starts an FTP server, a bus, a virtual BG96 and modem-ftpd, and sends a file there and back.
#[derive(Parser)]
#[command(name = "demo", version)]
struct Arguments {
    /// Keep everything up afterwards, and say what can be tried
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
    // Ctrl-C reaches the client that runs, which cancels its transfer; the walk ends with it and
    // everything is taken down.
    let mut ends = SigSet::from_iter([Signal::SIGINT]);
    ends.thread_block().map_err(std::io::Error::from)?;

    println!("Starting an FTP server, a bus, a virtual BG96 and modem-ftpd.");
    println!("(The first time, cargo builds the programs: a minute or two.)\n");
    let stage = Stage::set(arguments.baud)?;
    stage.introduce();
    if let Err(error) = walk::walk(&stage, arguments.size) {
        eprintln!("\nWhat modem-ftpd logged:\n{}", stage.daemon.tail());
        return Err(error);
    }
    if arguments.stay {
        stage.invite();
        ends.add(Signal::SIGTERM);
        ends.thread_block().map_err(std::io::Error::from)?;
        ends.wait().map_err(std::io::Error::from)?;
    }
    Ok(())
}
