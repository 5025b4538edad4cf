//! Power, reset and sleep: CFUN, QPOWD, CPSMS, CEDRXS (at-network.md 3, 6).

use std::time::Duration;

use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, Conversation, Line, Lines, Patience};
use crate::failure::Failure;

/// CFUN may take so long.
const CFUN: Duration = Duration::from_secs(15);
/// QPOWD may take so long, of which 60 s are for leaving the network.
const POWER_DOWN: Duration = Duration::from_secs(65);

/// `AT+CFUN?`. Reply: 0 minimum, 1 full, 4 radio off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Functionality;

impl Command for Functionality {
    type Reply = u8;
    const NAME: &'static str = "CFUN";

    fn compose(&self, line: &mut Line<'_>) {
        line.put("AT+CFUN?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+CFUN"),
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(CFUN)
    }

    fn read(&self, answer: Answer) -> Result<u8, Failure> {
        let answer = accept(self, Sense::Module, answer)?;
        let level = fields(&answer, "+CFUN").and_then(|mut fields| fields.number());
        readable(self, level)
    }
}

/// `AT+CFUN=1,1`: restarts the module. `POWERED DOWN` and, about 6 s later, `RDY` follow the `OK`
/// (quirks.md N5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartModule;

setting!(
    RestartModule,
    "CFUN",
    Module,
    Patience::Fixed(CFUN),
    |_restart, line| line.put("AT+CFUN=1,1")
);

/// `AT+QPOWD=1`: leaves the network and switches off. `POWERED DOWN` follows the `OK`; after it no
/// command is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerDown;

setting!(
    PowerDown,
    "QPOWD",
    Module,
    Patience::Fixed(POWER_DOWN),
    |_down, line| line.put("AT+QPOWD=1")
);

/// `AT+CPSMS=<0|1>`: whether the module may become unreachable to save power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerSaving {
    /// Whether it may.
    pub on: bool,
}

setting!(PowerSaving, "CPSMS", Module, |saving, line| line
    .put("AT+CPSMS=")
    .put(u8::from(saving.on)));

/// `AT+CEDRXS=<0|1>`: whether the module listens to the network only now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscontinuousReception {
    /// Whether it does.
    pub on: bool,
}

setting!(
    DiscontinuousReception,
    "CEDRXS",
    Module,
    |reception, line| line.put("AT+CEDRXS=").put(u8::from(reception.on))
);
