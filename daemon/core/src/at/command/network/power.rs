//! Restart of the module: CFUN (docs/module/at-network.md §6).

use std::time::Duration;

use crate::at::command::Patience;
use crate::at::command::setting::setting;

/// Longest duration of CFUN.
const CFUN: Duration = Duration::from_secs(15);

/// `AT+CFUN=1,1`: restarts the module. `POWERED DOWN` and, about 6 s later, `RDY` follow the `OK`
/// (docs/module/quirks.md N5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartModule;

setting!(
    RestartModule,
    "CFUN",
    Module,
    Patience::Fixed(CFUN),
    |_restart, line| line.put("AT+CFUN=1,1")
);
