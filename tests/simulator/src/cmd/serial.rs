//! Settings of the line itself: AT+CMEE, IPR, IFC, ICF, QSCLK (docs/module/at-serial.md §2, 5, 8).

use crate::at::parse::Form;
use crate::module::{Answer, Module, Outcome, Refusal};

/// Rates of AT+IPR.
const RATES: [u32; 8] = [
    9600, 19200, 38400, 57600, 115_200, 230_400, 460_800, 921_600,
];

pub(crate) fn cmee(module: &mut Module, form: &Form) -> Answer {
    super::number_setting(module, form, "+CMEE", 0..=2, |module| {
        &mut module.te.profile.cmee
    })
}

/// The new rate holds after the OK, which still goes out at the old one.
pub(crate) fn ipr(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => {
            let list = RATES.map(|rate| rate.to_string()).join(",");
            module.say([format!("+IPR: (),({list})")])
        }
        Form::Read => {
            let rate = module.line_rate;
            module.say([format!("+IPR: {rate}")])
        }
        Form::Write(args) => {
            let rate = args.number(0).and_then(|rate| u32::try_from(rate).ok());
            let rate = rate
                .filter(|rate| args.len() == 1 && RATES.contains(rate))
                .ok_or(Refusal::Error)?;
            module.line_rate = rate;
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(Refusal::Error),
    }
}

pub(crate) fn ifc(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+IFC: (0,2),(0,2)"]),
        Form::Read => {
            let (host, ours) = module.te.profile.flow;
            module.say([format!("+IFC: {host},{ours}")])
        }
        Form::Write(args) if args.len() <= 2 => {
            let value = |index| match args.number(index) {
                Some(0) => Ok(0),
                Some(2) => Ok(2),
                _ => Err(Refusal::Error),
            };
            let host = value(0)?;
            let ours = if args.is_absent(1) {
                module.te.profile.flow.1
            } else {
                value(1)?
            };
            module.te.profile.flow = (host, ours);
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}

/// Only 8N1 exists; the parity field is ignored.
pub(crate) fn icf(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+ICF: (3),(3)"]),
        Form::Read => module.say(["+ICF: 3,3"]),
        Form::Write(args) if args.number(0) == Some(3) && args.len() <= 2 => Ok(Outcome::Ok),
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn qsclk(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QSCLK: (0,1)"]),
        Form::Read => {
            let on = u8::from(module.configuration.sleep);
            module.say([format!("+QSCLK: {on}")])
        }
        Form::Write(args) if args.len() == 1 => {
            module.configuration.sleep = args.within(0, 0..=1).ok_or(Refusal::Error)? == 1;
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}
