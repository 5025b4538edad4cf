//! The SIM: CPIN, QPINC (docs/module/at-network.md §2).

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::{Fields, strip_prefix};
use crate::at::quote::Pin;
use crate::at::urc::PinState;

/// `AT+CPIN?`. Reply: the state of the lock. Without a SIM it fails with CME error 10, 13 or 14.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinStatus;

impl Command for PinStatus {
    type Reply = PinState;
    const NAME: &'static str = "CPIN";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+CPIN?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+CPIN"),
        }
    }

    fn read(&self, answer: Answer) -> Result<PinState, Failure> {
        let answer = accept(self, CommandKind::Sim, answer)?;
        let mut lines = answer.lines.iter();
        let text = lines.find_map(|line| strip_prefix(line, "+CPIN"));
        readable(self, text.map(PinState::parse))
    }
}

/// `AT+CPIN="<pin>"`. A wrong PIN uses up one of three tries; check [`PinTries`] before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterPin {
    /// The PIN.
    pub pin: Pin,
}

setting!(EnterPin, "CPIN", Sim, |enter, line| line
    .put("AT+CPIN=")
    .secret(enter.pin.expose()));

/// `AT+QPINC?`. Reply: remaining tries for the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinTries;

impl Command for PinTries {
    type Reply = u32;
    const NAME: &'static str = "QPINC";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QPINC?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QPINC"),
        }
    }

    fn read(&self, answer: Answer) -> Result<u32, Failure> {
        let answer = accept(self, CommandKind::Sim, answer)?;
        let left = answer.lines.iter().find_map(|line| {
            let mut fields = Fields::after(line, "+QPINC")?;
            (fields.text()? == "SC").then(|| fields.number())?
        });
        readable(self, left)
    }
}
