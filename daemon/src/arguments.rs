//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::bus::Address;

/// The default path of the configuration.
const CONFIG: &str = "/etc/modem-ftp/config.toml";

/// Moves files between this machine and FTP(S) servers through a BG96 modem
#[derive(Debug, Parser)]
#[command(
    name = "modem-ftpd",
    version,
    after_help = "Exit codes: 0 success, 1 other failure, 2 wrong usage, 78 bad configuration.\n\
                  See modem-ftpd(8), modem-ftp.toml(5) and modem-ftp(1)."
)]
pub struct Arguments {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = CONFIG)]
    pub config: PathBuf,
    /// Check the configuration, print what is wrong with line and column, and exit
    #[arg(long)]
    pub check: bool,
    /// The bus to serve: system, session, or an address
    #[arg(long, value_name = "BUS", default_value = "system", value_parser = address)]
    pub bus: Address,
}

fn address(text: &str) -> Result<Address, std::convert::Infallible> {
    Ok(Address::from(text))
}
