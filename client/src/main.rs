//! `modem-ftp`: the command line of ModemFtp.
//!
//! It speaks only D-Bus: it never opens the modem's port, and all decisions about a transfer are
//! the daemon's. It opens local files itself, with its user's own rights, and passes the
//! descriptors.

mod args;
mod client;
mod directory;
mod failure;
mod interrupt;
mod local;
mod login_session;
mod output;
mod props;
mod text;
mod timer;
mod verbs;
mod when;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Verb};
use crate::interrupt::Interrupt;
use crate::output::Output;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    if let Verb::Completions { shell } = cli.verb {
        return output.exit(verbs::completions::print(shell, &output));
    }
    let result = Interrupt::install()
        .and_then(|interrupt| zbus::block_on(verbs::run(cli, &output, interrupt)));
    output.exit(result)
}
