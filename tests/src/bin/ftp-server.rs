//! libunftp as a program, to be started from a shell.
//!
//! Prints one line, `ftp-server ready on 127.0.0.1:PORT for USER below ROOT`, and runs until
//! SIGTERM or SIGINT, which remove its temporary folder.

use clap::Parser;
use modem_ftp_tests::{Error, FtpServer, Kind, Options};
use nix::sys::signal::{SigSet, Signal};
use std::io::Write;

/// An FTP server (libunftp) on 127.0.0.1 with one account.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; a free one if not given
    #[arg(long)]
    port: Option<u16>,
    /// Folder to serve; a temporary one if not given
    #[arg(long)]
    root: Option<std::path::PathBuf>,
    /// The account's name
    #[arg(long, default_value = "gw17")]
    user: String,
    /// The account's password
    #[arg(
        long,
        env = "FTP_PASSWORD",
        default_value = "s3cret-Pa55",
        hide_env_values = true
    )]
    password: String,
}

fn main() -> Result<(), Error> {
    // Blocked before the server's thread starts, so that only the wait below sees them.
    let ends = SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT]);
    ends.thread_block().map_err(std::io::Error::from)?;

    let Arguments {
        port,
        root,
        user,
        password,
    } = Arguments::parse();
    let options = Options {
        user,
        password,
        port,
        root,
        ..Options::default()
    };
    let server = FtpServer::start(Kind::Libunftp, options)?;
    let (address, root) = (server.address(), server.root().display());
    let user = &server.options().user;
    writeln!(
        std::io::stdout(),
        "ftp-server ready on {address} for {user} below {root}"
    )?;
    ends.wait().map_err(std::io::Error::from)?;
    Ok(())
}
