//! The command-line arguments, and the help texts.

mod transfer_options;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use modem_ftp_dbus::names;

pub use self::transfer_options::TransferOptions;
use crate::when::When;

/// Moves files to and from FTP servers through modem-ftpd and its cellular modem.
#[derive(Debug, Parser)]
#[command(name = "modem-ftp", version, after_help = AFTER_HELP)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
pub struct Cli {
    /// The message bus: "system", "session" or a D-Bus address.
    #[arg(long, global = true, help_heading = COMMON, value_name = "BUS", default_value = "system")]
    pub bus: String,
    /// The configured server to use [default: the daemon's default server].
    #[arg(
        long,
        global = true,
        help_heading = COMMON,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub server: String,
    /// Print JSON: one object, or one per line for lists and progress.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The heading of the options that every verb accepts.
const COMMON: &str = "Common options";

const AFTER_HELP: &str = "\
Exit codes:
  0 done                       5 server: connect, TLS, login, protocol
  1 other failure              6 remote path
  2 wrong usage                7 local file
  3 no daemon, or not allowed  8 cancelled or interrupted
  4 modem, SIM or network      9 over budget

The manual is modem-ftp(1).";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Send files.
    Put(Put),
    /// Fetch a file.
    Get(Get),
    /// List a directory.
    Ls(Ls),
    /// Show a file's size and modification time.
    Stat {
        /// The remote file.
        path: String,
    },
    /// Delete files.
    Rm {
        /// The remote files.
        #[arg(required = true)]
        paths: Vec<OsString>,
    },
    /// Rename a file or directory.
    Mv {
        /// Its current remote path.
        from: String,
        /// Its new remote path.
        to: String,
    },
    /// Create a directory.
    Mkdir {
        /// The remote directory.
        path: String,
    },
    /// Remove an empty directory.
    Rmdir {
        /// The remote directory.
        path: String,
    },
    /// Change the working directory of this login session.
    Cd {
        /// The remote directory.
        path: String,
    },
    /// Print the working directory.
    Pwd,
    /// Log in to the server now.
    Connect,
    /// Close the session now.
    Disconnect,
    /// Show modem, SIM, network and session, what is wrong, and what happens next.
    Status,
    /// Check everything that a transfer needs, and tell what to do about what is wrong.
    Doctor,
    /// Show the module's FTP settings.
    Settings,
    /// List all transfers.
    Transfers,
    /// Show one transfer.
    Show(TransferNumber),
    /// Stop a transfer for good.
    Cancel(TransferNumber),
    /// Stop a transfer until it is resumed.
    Pause(TransferNumber),
    /// Queue a paused transfer again.
    Resume(TransferNumber),
    /// Queue a failed or cancelled transfer again.
    Retry(TransferNumber),
    /// Remove a transfer that has ended from the list.
    Forget(TransferNumber),
    /// Wait until transfers have ended; exit as the first that failed.
    Wait {
        /// The transfers' numbers, as `transfers` shows them, or their object paths.
        #[arg(value_name = "N", required = true, value_parser = transfer_number)]
        numbers: Vec<u64>,
    },
    /// Show changes of modem and transfers until Ctrl-C.
    Watch,
    /// List transfers that have ended, newest first, also those that were forgotten.
    History(History),
    /// Have the daemon read its configuration again.
    Reload,
    /// Have the daemon restart the module (root only).
    Reset,
    /// Send one raw AT line (root only, where the configuration allows it).
    At {
        /// The line, such as AT+CSQ.
        #[arg(allow_hyphen_values = true)]
        line: String,
        /// Seconds to wait for the final result code.
        #[arg(long, value_name = "SECONDS", default_value_t = 60,
              value_parser = clap::value_parser!(u32).range(1..=600))]
        timeout: u32,
    },
    /// Print a completion script.
    Completions {
        /// The shell it is for.
        shell: clap_complete::Shell,
    },
}

/// The argument that names a transfer.
#[derive(Debug, Args)]
pub struct TransferNumber {
    /// The transfer's number, as `transfers` shows it, or its object path.
    #[arg(value_name = "N", value_parser = transfer_number)]
    pub number: u64,
}

/// Arguments of `put`.
#[derive(Debug, Args)]
#[command(override_usage = "modem-ftp put [OPTIONS] LOCAL... [REMOTE]")]
pub struct Put {
    /// The files ("-" is standard input), then the destination: with one LOCAL its new name, or a
    /// directory if it ends in "/"; with several a directory ("." is the working directory).
    /// Without REMOTE a single LOCAL keeps its name.
    #[arg(required = true, value_name = "LOCAL", value_hint = clap::ValueHint::FilePath)]
    pub paths: Vec<OsString>,
    /// REMOTE as an option: then every other argument is LOCAL.
    #[arg(long, value_name = "REMOTE")]
    pub to: Option<String>,
    #[command(flatten)]
    pub options: TransferOptions,
}

/// Arguments of `get`.
#[derive(Debug, Args)]
pub struct Get {
    /// The remote file.
    pub remote: String,
    /// The new name, a directory, or "-" for standard output [default: the last part of REMOTE].
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub local: Option<PathBuf>,
    #[command(flatten)]
    pub options: TransferOptions,
}

/// Arguments of `ls`.
#[derive(Debug, Args)]
pub struct Ls {
    /// The remote directory [default: the working directory].
    #[arg(default_value = "", hide_default_value = true)]
    pub path: String,
    /// Show type, size and modification time too.
    #[arg(short = 'l', long = "long", conflicts_with_all = ["names", "raw"])]
    pub long: bool,
    /// Only the names, one per line (NLST: the fewest bytes over the air).
    #[arg(short = '1', long = "names", conflicts_with = "raw")]
    pub names: bool,
    /// The server's own listing (LIST), byte for byte.
    #[arg(long)]
    pub raw: bool,
}

/// Arguments of `history`.
#[derive(Debug, Args)]
pub struct History {
    /// Only transfers that ended then or later: 12h or 7d ago, 2026-05-31 or
    /// 2026-05-31T18:30:00 (UTC), or @ and Unix seconds.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<When>,
    /// Only transfers that failed.
    #[arg(long)]
    pub failed: bool,
    /// At most N transfers [default: all].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}

fn transfer_number(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .or_else(|| names::transfer_number(text))
        .ok_or_else(|| "a transfer is a number, as `modem-ftp transfers` shows it".into())
}

#[cfg(test)]
mod tests;
