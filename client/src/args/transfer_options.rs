//! [`TransferOptions`]: the options of both `put` and `get`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use modem_ftp_dbus::words::{IfExists, Verify, Via};

use crate::when::When;

/// Default of `--wait`, in seconds: a module that re-enumerates on USB is away for about ten.
const WAIT_DEFAULT: u32 = 60;

/// The options of both `put` and `get`.
#[derive(Debug, Default, Args)]
pub struct TransferOptions {
    /// Print the transfer's object path and return, whatever the state of the module; the daemon
    /// continues the transfer.
    #[arg(long)]
    pub detach: bool,
    /// What to do if the destination exists; resume also continues a partial file of the same
    /// content [default: overwrite].
    #[arg(long, value_name = "WHAT",
          value_parser = PossibleValuesParser::new(IfExists::ALL.iter().map(|w| w.as_str())))]
    pub if_exists: Option<String>,
    /// Write under the final name, not under a staging name that is renamed at the end.
    #[arg(long)]
    pub no_atomic: bool,
    /// The check before it counts as done; content reads the file back [default: size].
    #[arg(long, value_name = "HOW",
          value_parser = PossibleValuesParser::new(Verify::ALL.iter().map(|w| w.as_str())))]
    pub verify: Option<String>,
    /// com: through data mode; ufs: through the module's files [default: auto].
    #[arg(long, value_name = "WAY",
          value_parser = PossibleValuesParser::new(Via::ALL.iter().map(|w| w.as_str())))]
    pub via: Option<String>,
    /// Priority in the queue: higher goes first [default: 0].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub priority: Option<i32>,
    /// Number of attempts after the first [default: 5].
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,
    /// When a transfer that still waits fails: in 12h or 7d, 2026-05-31 or
    /// 2026-05-31T18:30:00 (UTC), or @ and Unix seconds [default: never].
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<When>,
    /// Seconds to wait for a module that is away, before the transfer is cancelled.
    #[arg(long, value_name = "SECONDS", default_value_t = WAIT_DEFAULT, conflicts_with = "detach")]
    pub wait: u32,
}
