//! Identity of the module and its SIM (docs/module/at-network.md §2, 5). The replies are texts.

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, readable};
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::strip_prefix;

/// Defines a command that is answered by one line of text.
macro_rules! question {
    ($(#[$doc:meta])* $type:ident $line:literal $kind:ident $lines:expr, $pick:expr) => {
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
                let answer = accept(self, CommandKind::$kind, answer)?;
                // The last line that fits: the rest of an echo may come before it.
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
    /// `AT+QCCID`: the ICCID, 19 or 20 digits. The filler F after 19 digits is removed; an ICCID
    /// with hexadecimal digits inside is left as it is.
    CardNumber "QCCID" Sim Lines::Prefixed("+QCCID"), |line| {
        let text = strip_prefix(line, "+QCCID").filter(|text| !text.is_empty())?;
        let number = text.strip_suffix(['F', 'f']).and_then(|text| digits(text, 1..=19));
        Some(number.unwrap_or(text))
    }
}

fn digits(line: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let fits = length.contains(&line.len()) && line.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(line)
}
