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
mod terminal;
mod text;
mod timer;
mod verbs;
mod when;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Verb};
use crate::interrupt::Interrupt;
use crate::output::Output;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && std::io::stderr().is_terminal() => {
            output::usage(&error.render().to_string());
            return ExitCode::from(modem_ftp_dbus::errors::exit::USAGE);
        }
        Err(error) => error.exit(),
    };
    let output = Output::new(cli.json);
    if let Verb::Completions { shell } = cli.verb {
        return output.exit(verbs::completions::print(shell, &output));
    }
    let result = Interrupt::install()
        .and_then(|interrupt| zbus::block_on(verbs::run(cli, &output, interrupt)));
    output.exit(result)
}
