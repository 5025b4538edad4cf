//! Who the module and its SIM are (docs/module/at-network.md §2, 5). Replies are the texts, as they came.

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::Sense;
use crate::at::command::reading::{accept, readable};
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::strip_prefix;

/// Defines a question that is answered by one line of text.
macro_rules! question {
    ($(#[$doc:meta])* $type:ident $line:literal $sense:ident $lines:expr, $pick:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $type;

        impl Command for $type {
            type Reply = String;
            const NAME: &'static str = $line;

            fn compose(&self, line: &mut CommandLine<'_>) {
                line.put(concat!("AT+", $line));
            }

            fn conversation(&self) -> Conversation {
                Conversation::Plain { lines: $lines }
            }

            fn read(&self, answer: Answer) -> Result<String, Failure> {
                let answer = accept(self, Sense::$sense, answer)?;
                // The last that fits: before it may stand what is left of an echo.
                let pick: fn(&str) -> Option<&str> = $pick;
                let text = answer.lines.iter().rev().find_map(|line| pick(line));
                readable(self, text.map(str::to_owned))
            }
        }
    };
}

question! {
    /// `AT+CGMI`: `Quectel`.
    Manufacturer "CGMI" Module Lines::Bare, |line| Some(line)
}

question! {
    /// `AT+CGMM`: `BG96`.
    Model "CGMM" Module Lines::Bare, |line| Some(line)
}

question! {
    /// `AT+CGMR`: `BG96MAR02A07M1G`.
    Revision "CGMR" Module Lines::Bare, |line| Some(line)
}

question! {
    /// `AT+QGMR`: modem and application revision, `BG96MAR02A07M1G_01.019.01.019`.
    FirmwareRevision "QGMR" Module Lines::Bare, |line| Some(line)
}

question! {
    /// `AT+CGSN`: the IMEI, 15 digits.
    SerialNumber "CGSN" Module Lines::Bare, |line| digits(line, 15..=15)
}

question! {
    /// `AT+QCCID`: the ICCID, 19 or 20 digits, perhaps with an F at the end.
    CardNumber "QCCID" Sim Lines::Prefixed("+QCCID"), |line| {
        strip_prefix(line, "+QCCID").filter(|text| !text.is_empty())
    }
}

fn digits(line: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let fits = length.contains(&line.len()) && line.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(line)
}
