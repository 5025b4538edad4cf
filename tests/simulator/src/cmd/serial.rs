//! IPR, IFC, ICF (docs/module/at-serial.md §2), CMEE (docs/module/at-serial.md §5), QSCLK
//! (docs/module/at-serial.md §8).

use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Module, Outcome};

/// The rates of AT+IPR.
const RATES: [u32; 8] = [
    9600, 19200, 38400, 57600, 115_200, 230_400, 460_800, 921_600,
];

pub(crate) fn cmee(module: &mut Module, form: &Form) -> CommandResult {
    super::number_setting(module, form, "+CMEE", 0..=2, |module| {
        &mut module.dce.profile.cmee
    })
}

/// AT+IPR: the OK is still sent at the old rate.
pub(crate) fn ipr(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => {
            let list = RATES.map(|rate| rate.to_string()).join(",");
            module.answer([format!("+IPR: (),({list})")])
        }
        Form::Read => {
            let rate = module.line_rate;
            module.answer([format!("+IPR: {rate}")])
        }
        Form::Write(args) => {
            let rate = args.number(0).and_then(|rate| u32::try_from(rate).ok());
            let rate = rate
                .filter(|rate| args.len() == 1 && RATES.contains(rate))
                .ok_or(CommandError::Error)?;
            module.line_rate = rate;
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(CommandError::Error),
    }
}

pub(crate) fn ifc(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+IFC: (0,2),(0,2)"]),
        Form::Read => {
            let (input, output) = module.dce.profile.flow;
            module.answer([format!("+IFC: {input},{output}")])
        }
        Form::Write(args) if args.len() <= 2 => {
            let value = |index| match args.number(index) {
                Some(0) => Ok(0),
                Some(2) => Ok(2),
                _ => Err(CommandError::Error),
            };
            let input = value(0)?;
            let output = if args.is_absent(1) {
                module.dce.profile.flow.1
            } else {
                value(1)?
            };
            module.dce.profile.flow = (input, output);
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

/// AT+ICF: only 8N1 exists; the parity field is ignored.
pub(crate) fn icf(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+ICF: (3),(3)"]),
        Form::Read => module.answer(["+ICF: 3,3"]),
        Form::Write(args) if args.number(0) == Some(3) && args.len() <= 2 => Ok(Outcome::Ok),
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qsclk(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QSCLK: (0,1)"]),
        Form::Read => {
            let on = u8::from(module.configuration.sleep);
            module.answer([format!("+QSCLK: {on}")])
        }
        Form::Write(args) if args.len() == 1 => {
            module.configuration.sleep = args.within(0, 0..=1).ok_or(CommandError::Error)? == 1;
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}
