//! `completions`: a completion script for a shell, generated from the definition of the arguments.

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
