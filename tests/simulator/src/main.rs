//! virtual-bg96: the module on a pty or on USB. See `--help` and README.md.

use std::process::ExitCode;

use clap::Parser;
use virtual_bg96::host;

fn main() -> ExitCode {
    let options = host::Options::parse();
    let ended = match (&options.tell, &options.control) {
        (Some(command), Some(path)) => host::tell(path, command).map(|text| {
            if !text.is_empty() {
                println!("{text}");
            }
        }),
        _ => host::run(&options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("virtual-bg96: {error}");
            ExitCode::FAILURE
        }
    }
}
