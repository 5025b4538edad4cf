//! virtual-bg96: the module on a pty. See `--help` and README.md.

use std::process::ExitCode;

use clap::Parser;
use virtual_bg96::host;

fn main() -> ExitCode {
    let options = host::Options::parse();
    match host::run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("virtual-bg96: {error}");
            ExitCode::FAILURE
        }
    }
}
