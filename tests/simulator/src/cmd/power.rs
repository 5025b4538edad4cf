//! QPOWD and CFUN (docs/module/at-network.md §6).

use std::time::Duration;

use crate::at::parse::Form;
use crate::module::{Action, Answer, Module, Outcome, Refusal};

/// Time between OK and POWERED DOWN, so that the OK is out first.
const DETACH: Duration = Duration::from_millis(100);

pub(crate) fn qpowd(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => return module.say(["+QPOWD: (0,1)"]),
        Form::Exec => {}
        Form::Write(args) if args.len() == 1 => {
            args.within(0, 0..=1).ok_or(Refusal::Error)?;
        }
        _ => return Err(Refusal::Error),
    }
    module
        .agenda
        .plan(module.now + DETACH, Action::PoweredDown { restart: false });
    Ok(Outcome::Ok)
}

pub(crate) fn cfun(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+CFUN: (0,1,4),(0,1)"]),
        Form::Read => {
            let functionality = module.network.functionality;
            module.say([format!("+CFUN: {functionality}")])
        }
        Form::Write(args) if args.len() <= 2 => {
            let wanted = args.number(0).filter(|value| matches!(value, 0 | 1 | 4));
            let wanted = wanted
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(Refusal::Error)?;
            if args.within_or(1, 0..=1, 0).ok_or(Refusal::Error)? == 1 {
                module
                    .agenda
                    .plan(module.now + DETACH, Action::PoweredDown { restart: true });
                return Ok(Outcome::Ok);
            }
            module.network.functionality = wanted;
            if wanted == 1 {
                module.register()
            } else {
                module.radio_off()
            }
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}
