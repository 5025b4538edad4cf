//! Identity of the module: ATI, GMI, GMM, GMR, QGMR, QAPPVER, GSN (docs/module/at-network.md §5).

use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module};

const MANUFACTURER: &str = "Quectel";
const MODEL: &str = "BG96";
const REVISION: &str = "BG96MAR02A07M1G";
const APPLICATION: &str = "01.019.01.019";
const IMEI: &str = "866425030000018";

/// As [`fixed_text`], with the name of the command before the text if the fault is on.
fn named_text(module: &mut Module, form: &Form, name: &str, text: &str) -> CommandResult {
    match module.faults.is_on(Knob::PrefixedIdentity) {
        true => fixed_text(module, form, &format!("+{name}: {text}")),
        false => fixed_text(module, form, text),
    }
}

fn fixed_text(module: &mut Module, form: &Form, text: &str) -> CommandResult {
    match form {
        Form::Exec => module.answer([text]),
        Form::Test => module.answer([""; 0]),
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn ati(module: &mut Module, page: u8) -> CommandResult {
    if page != 0 {
        return Err(CommandError::Error);
    }
    module.answer([MANUFACTURER, MODEL, &format!("Revision: {REVISION}")])
}

pub(crate) fn manufacturer(module: &mut Module, form: &Form) -> CommandResult {
    named_text(module, form, "CGMI", MANUFACTURER)
}

pub(crate) fn model(module: &mut Module, form: &Form) -> CommandResult {
    named_text(module, form, "CGMM", MODEL)
}

pub(crate) fn revision(module: &mut Module, form: &Form) -> CommandResult {
    named_text(module, form, "CGMR", REVISION)
}

pub(crate) fn full_revision(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, &format!("{REVISION}_{APPLICATION}"))
}

pub(crate) fn application(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, APPLICATION)
}

pub(crate) fn imei(module: &mut Module, form: &Form) -> CommandResult {
    named_text(module, form, "CGSN", IMEI)
}
