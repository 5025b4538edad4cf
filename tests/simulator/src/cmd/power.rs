//! QPOWD and CFUN (docs/module/at-network.md §6).

use std::time::Duration;

use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Module, Outcome, TimedAction};

/// Time between OK and POWERED DOWN.
const DETACH: Duration = Duration::from_millis(100);

pub(crate) fn qpowd(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => return module.answer(["+QPOWD: (0,1)"]),
        Form::Exec => {}
        Form::Write(args) if args.len() == 1 => {
            args.within(0, 0..=1).ok_or(CommandError::Error)?;
        }
        _ => return Err(CommandError::Error),
    }
    module.timers.schedule(
        module.now + DETACH,
        TimedAction::PoweredDown { restart: false },
    );
    Ok(Outcome::Ok)
}

pub(crate) fn cfun(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+CFUN: (0,1,4),(0,1)"]),
        Form::Read => {
            let functionality = module.network.functionality;
            module.answer([format!("+CFUN: {functionality}")])
        }
        Form::Write(args) if args.len() <= 2 => {
            let wanted = args.number(0).filter(|value| matches!(value, 0 | 1 | 4));
            let wanted = wanted
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(CommandError::Error)?;
            if args.within_or(1, 0..=1, 0).ok_or(CommandError::Error)? == 1 {
                module.timers.schedule(
                    module.now + DETACH,
                    TimedAction::PoweredDown { restart: true },
                );
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
        _ => Err(CommandError::Error),
    }
}
