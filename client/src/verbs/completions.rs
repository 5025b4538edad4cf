//! `completions`: a script for the shell, made from the arguments themselves.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;

/// Prints the script for `shell`.
pub fn print(shell: Shell, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "modem-ftp", &mut script);
    output.bytes(&script)
}
