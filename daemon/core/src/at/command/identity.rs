//! Identity of the module and its SIM (docs/module/at-network.md §2, 5). The replies are texts.

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, readable};
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::strip_prefix;

/// Longest text that is taken for one, characters.
const LONGEST: usize = 100;

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
                let pick: fn(&str) -> Option<String> = $pick;
                let text = answer.lines.iter().rev().find_map(|line| pick(line));
                readable(self, text)
            }
        }
    };
}

question! {
    /// `AT+CGMI`: `Quectel`.
    Manufacturer "CGMI" Module Lines::Bare("+CGMI"), |line| text(line, "+CGMI").map(str::to_owned)
}

question! {
    /// `AT+CGMM`: `BG96`.
    Model "CGMM" Module Lines::Bare("+CGMM"), |line| text(line, "+CGMM").map(str::to_owned)
}

question! {
    /// `AT+CGMR`: `BG96MAR02A07M1G`.
    Revision "CGMR" Module Lines::Bare("+CGMR"), |line| text(line, "+CGMR").map(str::to_owned)
}

question! {
    /// `AT+QGMR`: modem and application revision, `BG96MAR02A07M1G_01.019.01.019`.
    FirmwareRevision "QGMR" Module Lines::Bare("+QGMR"), |line| text(line, "+QGMR").map(str::to_owned)
}

question! {
    /// `AT+CGSN`: the IMEI, 15 digits.
    SerialNumber "CGSN" Module Lines::Bare("+CGSN"), |line| {
        digits(text(line, "+CGSN")?, 15..=15).map(str::to_owned)
    }
}

question! {
    /// `AT+QCCID`: the ICCID, 18 to 20 digits. The filler F after fewer than 20 digits is removed, and so
    /// are blanks between the digits; other fields may follow it. An ICCID with hexadecimal digits inside
    /// is left as it is.
    CardNumber "QCCID" Sim Lines::Prefixed("+QCCID"), |line| {
        let first = strip_prefix(line, "+QCCID")?.split(',').next()?;
        let text = text(first, "")?.replace(' ', "");
        let number = digits(text.trim_end_matches(['F', 'f']), 1..=20);
        Some(number.map_or_else(|| text.clone(), str::to_owned))
    }
}

/// The text of a line, without the command's own prefix and without quotes, if it can be one: visible
/// characters with blanks between them.
fn text<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let text = strip_prefix(line, prefix).unwrap_or(line);
    let text = text.trim_matches(['"', ' ']);
    let visible = |c: char| !c.is_control() && c != char::REPLACEMENT_CHARACTER;
    let known = text.chars().count() <= LONGEST && text.chars().all(visible);
    (known && text.contains(char::is_alphanumeric)).then_some(text)
}

fn digits(line: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let fits = length.contains(&line.len()) && line.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(line)
}
