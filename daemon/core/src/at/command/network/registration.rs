//! Registration and operator: CREG, CGREG, CEREG, COPS (docs/module/at-network.md §3).

use std::time::Duration;

use crate::api::failure::Failure;
use crate::at::answer::Answer;
use crate::at::codes::CommandKind;
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines, Patience};
use crate::at::fields::Fields;
use crate::at::urc::{AccessTechnology, Domain, Registration};

/// `AT+C[G|E]REG?`. Reply: the registration in that domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationStatusOf {
    /// Registration domain.
    pub domain: Domain,
}

impl Command for RegistrationStatusOf {
    type Reply = Registration;
    const NAME: &'static str = "CREG";

    fn name(&self) -> &'static str {
        self.domain.command()
    }

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT").put(self.domain.prefix()).put('?');
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed(self.domain.prefix()),
        }
    }

    fn read(&self, answer: Answer) -> Result<Registration, Failure> {
        let answer = accept(self, CommandKind::Network, answer)?;
        let registration = answer.lines.iter().find_map(|line| {
            let mut fields = Fields::after(line, self.domain.prefix())?;
            fields.next()?;
            Registration::parse(self.domain, fields)
        });
        readable(self, registration)
    }
}

/// `AT+C[G|E]REG=2`: enables URCs with location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationReports {
    /// Registration domain.
    pub domain: Domain,
}

setting!(RegistrationReports, "CREG", Network, |reports, line| line
    .put("AT")
    .put(reports.domain.prefix())
    .put("=2"));

/// `AT+COPS?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator;

/// Reply of [`Operator`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSelection {
    /// 0 automatic, 1 manual, 2 deregistered, 4 manual, then automatic.
    pub mode: u8,
    /// Name or number; `None` while no operator is selected.
    pub name: Option<String>,
    /// Access technology.
    pub technology: Option<AccessTechnology>,
}

impl Command for Operator {
    type Reply = OperatorSelection;
    const NAME: &'static str = "COPS";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+COPS?");
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+COPS"),
        }
    }

    fn patience(&self) -> Patience {
        Patience::Fixed(Duration::from_secs(180))
    }

    fn read(&self, answer: Answer) -> Result<OperatorSelection, Failure> {
        let answer = accept(self, CommandKind::Network, answer)?;
        let read = || {
            let mut fields = fields(&answer, "+COPS")?;
            let mode = fields.number()?;
            // The format of the name.
            fields.next();
            let name = fields.text().filter(|name| !name.is_empty());
            Some(OperatorSelection {
                mode,
                name: name.map(|name| decoded(name).unwrap_or_else(|| name.to_owned())),
                technology: fields.number().map(AccessTechnology::from_number),
            })
        };
        readable(self, read())
    }
}

/// Decodes a name in hexadecimal digits: some program has set `AT+CSCS` to `UCS2` (four digits a
/// character) or `HEX` (two). `None` for any other name; a number of an operator has five or six digits,
/// and four that begin with `00` are one Latin character.
fn decoded(name: &str) -> Option<String> {
    let hexadecimal = name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_one_character = name.len() == 4 && name.starts_with("00");
    if !hexadecimal || (name.len() < 8 && !is_one_character) {
        return None;
    }
    let text = octets(name).or_else(|| ucs2(name))?;
    let text = text.trim_matches(['\0', '\u{ffff}', ' ']);
    let visible = !text.is_empty() && !text.contains(char::is_control);
    visible.then(|| text.to_owned())
}

/// Two digits a character. Text of other than Latin letters in UCS2 hardly ever has only octets that
/// are letters.
fn octets(name: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_alphanumeric() || " -.&'".contains(c);
    units(name, 2)?
        .into_iter()
        .map(|unit| char::from_u32(unit.into()).filter(|&c| known(c)))
        .collect()
}

/// Four digits a character.
fn ucs2(name: &str) -> Option<String> {
    String::from_utf16(&units(name, 4)?).ok()
}

/// The numbers that so many digits each are.
fn units(name: &str, digits: usize) -> Option<Vec<u16>> {
    if !name.len().is_multiple_of(digits) {
        return None;
    }
    let units = name.as_bytes().chunks(digits);
    let number = |digits| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    units.map(number).collect()
}
