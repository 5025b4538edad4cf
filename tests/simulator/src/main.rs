//! virtual-bg96: a simulated Quectel BG96 on a pty or as a USB device. See `--help` and README.md.

use std::process::ExitCode;

use clap::Parser;
use virtual_bg96::host;

fn main() -> ExitCode {
    let options = host::Options::parse();
    let result = match (&options.tell, &options.control) {
        (Some(command), Some(path)) => host::send_command(path, command).map(|text| {
            if !text.is_empty() {
                println!("{text}");
            }
        }),
        _ => host::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("virtual-bg96: {error}");
            ExitCode::FAILURE
        }
    }
}
