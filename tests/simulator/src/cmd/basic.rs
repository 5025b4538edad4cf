//! Basic commands and S registers (docs/module/at-serial.md §5).

use crate::at::profile::Profile;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};

/// Executes a basic command: a letter, or `&` and a letter, with an optional number.
pub(crate) fn execute(
    module: &mut Module,
    amp: bool,
    letter: u8,
    value: Option<u64>,
) -> CommandResult {
    let number = u8::try_from(value.unwrap_or(0)).map_err(|_| CommandError::Error)?;
    match (amp, letter) {
        (false, b'E') => {
            let always = module.faults.is_on(Knob::EchoAlways);
            module.dce.profile.echo = on_off(number)? || always;
        }
        (false, b'Q') => module.dce.profile.quiet = on_off(number)?,
        (false, b'V') => module.dce.profile.verbose = on_off(number)?,
        (false, b'X') => module.dce.profile.x = at_most(number, 4)?,
        (false, b'H') => module.interrupt_data_mode("ATH"),
        (false, b'I') => return super::identity::ati(module, number),
        // There is never a transfer to resume: the escape sequence ends it
        // (docs/module/quirks.md F3).
        (false, b'O') => return Err(CommandError::NoCarrier),
        (false, b'Z') => {
            at_most(number, 0)?;
            module.dce.profile = module.stored_profile.recalled();
            return Ok(Outcome::OkAndStop);
        }
        (true, b'C') => module.dce.profile.carrier = at_most(number, 1)?,
        (true, b'D') => module.dce.profile.dtr = at_most(number, 2)?,
        (true, b'F') => {
            at_most(number, 0)?;
            module.dce.profile = Profile::default();
        }
        (true, b'V') => {
            let lines = module.dce.profile.view();
            return module.answer(lines);
        }
        (true, b'W') => {
            at_most(number, 0)?;
            module.stored_profile = module.dce.profile.clone();
            module.stored_rate = module.line_rate;
        }
        _ => return Err(CommandError::Error),
    }
    Ok(Outcome::Ok)
}

fn on_off(number: u8) -> Result<bool, CommandError> {
    at_most(number, 1).map(|number| number == 1)
}

fn at_most(number: u8, limit: u8) -> Result<u8, CommandError> {
    if number <= limit {
        Ok(number)
    } else {
        Err(CommandError::Error)
    }
}

/// `ATS3?`
pub(crate) fn read_register(module: &mut Module, index: u64) -> CommandResult {
    let slot = Profile::slot(index).ok_or(CommandError::Error)?;
    let value = module.dce.profile.registers.get(slot).copied().unwrap_or(0);
    module.answer([format!("{value:03}")])
}

/// `ATS3=13`; S3, S4 and S5 are characters, 0–127.
pub(crate) fn write_register(module: &mut Module, index: u64, value: u64) -> CommandResult {
    let slot = Profile::slot(index).ok_or(CommandError::Error)?;
    let limit = if matches!(index, 3..=5) { 127 } else { 255 };
    let value = u8::try_from(value)
        .ok()
        .filter(|value| *value <= limit)
        .ok_or(CommandError::Error)?;
    if let Some(register) = module.dce.profile.registers.get_mut(slot) {
        *register = value;
    }
    Ok(Outcome::Ok)
}
