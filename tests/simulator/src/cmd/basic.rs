//! Basic commands and S registers (docs/module/at-serial.md §5).

use crate::at::profile::Profile;
use crate::module::{Answer, Module, Outcome, Refusal};

/// A command that is a letter, or `&` and a letter, with an optional number.
pub(crate) fn execute(module: &mut Module, amp: bool, letter: u8, value: Option<u64>) -> Answer {
    let number = u8::try_from(value.unwrap_or(0)).map_err(|_| Refusal::Error)?;
    match (amp, letter) {
        (false, b'E') => module.te.profile.echo = switch(number)?,
        (false, b'Q') => module.te.profile.quiet = switch(number)?,
        (false, b'V') => module.te.profile.verbose = switch(number)?,
        (false, b'X') => module.te.profile.x = upto(number, 4)?,
        (false, b'H') => module.interrupt_data_mode("ATH"),
        (false, b'I') => return super::identity::ati(module, number),
        // There is never anything to go back to: the escape ends what it leaves (docs/module/quirks.md F3).
        (false, b'O') => return Err(Refusal::NoCarrier),
        (false, b'Z') => {
            upto(number, 0)?;
            module.te.profile = module.stored.recalled();
            return Ok(Outcome::OkAndStop);
        }
        (true, b'C') => module.te.profile.carrier = upto(number, 1)?,
        (true, b'D') => module.te.profile.dtr = upto(number, 2)?,
        (true, b'F') => {
            upto(number, 0)?;
            module.te.profile = Profile::default();
        }
        (true, b'V') => {
            let lines = module.te.profile.view();
            return module.say(lines);
        }
        (true, b'W') => {
            upto(number, 0)?;
            module.stored = module.te.profile.clone();
            module.stored_rate = module.line_rate;
        }
        _ => return Err(Refusal::Error),
    }
    Ok(Outcome::Ok)
}

fn switch(number: u8) -> Result<bool, Refusal> {
    upto(number, 1).map(|number| number == 1)
}

fn upto(number: u8, limit: u8) -> Result<u8, Refusal> {
    if number <= limit {
        Ok(number)
    } else {
        Err(Refusal::Error)
    }
}

/// `ATS3?`
pub(crate) fn read_register(module: &mut Module, index: u64) -> Answer {
    let slot = Profile::slot(index).ok_or(Refusal::Error)?;
    let value = module.te.profile.registers.get(slot).copied().unwrap_or(0);
    module.say([format!("{value:03}")])
}

/// `ATS3=13`; S3, S4 and S5 are characters.
pub(crate) fn write_register(module: &mut Module, index: u64, value: u64) -> Answer {
    let slot = Profile::slot(index).ok_or(Refusal::Error)?;
    let limit = if matches!(index, 3..=5) { 127 } else { 255 };
    let value = u8::try_from(value)
        .ok()
        .filter(|value| *value <= limit)
        .ok_or(Refusal::Error)?;
    if let Some(register) = module.te.profile.registers.get_mut(slot) {
        *register = value;
    }
    Ok(Outcome::Ok)
}
