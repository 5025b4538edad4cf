//! Serial line and V.25ter settings (docs/module/at-serial.md). None of them is stored in the
//! module.

use std::time::Duration;

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines, Patience};
use crate::at::fields::strip_prefix;

/// `AT`: whether the module answers. It is repeated every few tenths of a second after a boot
/// (docs/module/at-network.md §6), so its time-out is short (docs/module/at-serial.md §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention;

setting!(
    Attention,
    "AT",
    Module,
    Patience::Fixed(Duration::from_millis(500)),
    |_attention, line| line.put("AT")
);

/// `ATE<n>`: echo (docs/module/at-serial.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// Whether command lines are echoed.
    pub on: bool,
}
setting!(Echo, "ATE", Module, |echo, line| line
    .put("ATE")
    .put(u8::from(echo.on)));

/// `ATX<n>`: whether CONNECT has a text (0 no, 4 yes; docs/module/at-serial.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectText {
    /// Whether it has one.
    pub on: bool,
}
setting!(ConnectText, "ATX", Module, |text, line| line
    .put("ATX")
    .put(if text.on { 4 } else { 0 }));

/// `AT+CMEE=1`: errors are reported as `+CME ERROR: <code>`. The module does not keep this over a
/// restart (docs/module/quirks.md S5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumericErrors;
setting!(NumericErrors, "CMEE", Module, |_errors, line| line
    .put("AT+CMEE=1"));

/// `AT+IFC=<a>,<b>`: RTS/CTS flow control in data mode (docs/module/at-serial.md §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowControl {
    /// Whether it is used.
    pub hardware: bool,
}
setting!(FlowControl, "IFC", Module, |flow, line| line
    .put("AT+IFC=")
    .put(if flow.hardware { "2,2" } else { "0,0" }));

/// `AT&D<n>`: what the module does when DTR goes from low to high, which is deasserted
/// (docs/module/at-serial.md §5). 2, which ends a data call, is undefined for FTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtrBehaviour {
    /// 0: nothing.
    Ignored = 0,
    /// 1: returns to command mode and keeps the connection.
    CommandMode = 1,
}
setting!(DtrBehaviour, "AT&D", Module, |dtr, line| line
    .put("AT&D")
    .put(*dtr as u8));

/// `AT&C1`: DCD shows whether there is a carrier (docs/module/at-serial.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShowCarrier;
setting!(ShowCarrier, "AT&C", Module, |_show, line| line.put("AT&C1"));

/// `AT+IPR=<rate>`: takes effect after `OK`, which is sent at the old rate
/// (docs/module/at-serial.md §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetRate {
    /// Bits per second: 9600, 19200, 38400, 57600, 115200, 230400, 460800 or 921600.
    pub rate: u32,
}
setting!(SetRate, "IPR", Module, |set, line| line
    .put("AT+IPR=")
    .put(set.rate));

/// `AT+QSCLK=<n>`: whether the module sleeps while DTR is high (docs/module/at-serial.md §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlowClock {
    /// Whether it may.
    pub on: bool,
}
setting!(SlowClock, "QSCLK", Module, |clock, line| line
    .put("AT+QSCLK=")
    .put(u8::from(clock.on)));

/// Defines the question for a setting; its reply is the text that the module gives.
macro_rules! query {
    ($(#[$doc:meta])* $type:ident $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $type;

        impl Command for $type {
            type Reply = String;
            const NAME: &'static str = $name;

            fn compose(&self, line: &mut CommandLine<'_>) {
                line.put(concat!("AT+", $name, "?"));
            }

            fn conversation(&self) -> Conversation {
                Conversation::Plain {
                    lines: Lines::Prefixed(concat!("+", $name)),
                }
            }

            fn read(&self, answer: Answer) -> Result<String, Failure> {
                let answer = accept(self, CommandKind::Module, answer)?;
                let prefix = concat!("+", $name);
                let text = answer.lines.iter().find_map(|line| strip_prefix(line, prefix));
                readable(self, text.map(|text| text.trim().to_owned()))
            }
        }
    };
}

query! {
    /// `AT+CMEE?`: how errors are reported.
    ErrorsQuery "CMEE"
}

query! {
    /// `AT+IFC?`: which flow control is used.
    FlowControlQuery "IFC"
}
