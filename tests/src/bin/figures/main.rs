//! Measures the size of the programs, the daemon's memory and wake-ups, its queue, and its use of the
//! serial line, and prints a table. Exit code 0 only if every goal is met.
//!
//! `tests/figures` builds the release programs and runs this.

mod queue;
mod receipts;
mod rows;

use clap::Parser;
use modem_ftp_tests::Error;
use rows::Row;
use std::process::ExitCode;

/// Measures the programs in MODEM_FTP_BIN_DIR and prints a table.
#[derive(Parser)]
#[command(name = "figures", version)]
struct Arguments {
    /// Megabytes to transfer in each direction for the measurement of memory growth
    #[arg(long, default_value_t = 200)]
    megabytes: usize,
    /// Seconds to be idle for the measurement of wake-ups
    #[arg(long, default_value_t = 20)]
    idle: u64,
    /// Measure the long queue only
    #[arg(long)]
    queue: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("figures: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Error> {
    println!("{:<52} {:>14}   {:<14}", "figure", "measured", "goal");
    let mut met = true;
    let mut show = |row: Row| {
        met &= row.met;
        let verdict = if row.met { "" } else { "   NOT MET" };
        println!(
            "{:<52} {:>14}   {:<14}{verdict}",
            row.name, row.value, row.goal
        );
    };
    if arguments.queue {
        queue::rows()?.into_iter().for_each(&mut show);
        queue::flash()?.into_iter().for_each(&mut show);
        return Ok(met);
    }
    rows::programs()?.into_iter().for_each(&mut show);
    rows::idle(arguments.idle)?.into_iter().for_each(&mut show);
    rows::memory(arguments.megabytes)?
        .into_iter()
        .for_each(&mut show);
    queue::rows()?.into_iter().for_each(&mut show);
    queue::flash()?.into_iter().for_each(&mut show);
    for baud in [115_200, 921_600] {
        rows::line_use(baud)?.into_iter().for_each(&mut show);
    }
    Ok(met)
}
