//! `modem-ftpd`: the daemon, see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    modem_ftpd::main()
}
