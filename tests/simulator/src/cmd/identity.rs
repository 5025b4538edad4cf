//! Identity of the module: ATI, GMI, GMM, GMR, QGMR, QAPPVER, GSN (docs/module/at-network.md §5).

use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Module};

const MANUFACTURER: &str = "Quectel";
const MODEL: &str = "BG96";
const REVISION: &str = "BG96MAR02A07M1G";
const APPLICATION: &str = "01.019.01.019";
const IMEI: &str = "866425030000018";

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
    fixed_text(module, form, MANUFACTURER)
}

pub(crate) fn model(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, MODEL)
}

pub(crate) fn revision(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, REVISION)
}

pub(crate) fn full_revision(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, &format!("{REVISION}_{APPLICATION}"))
}

pub(crate) fn application(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, APPLICATION)
}

pub(crate) fn imei(module: &mut Module, form: &Form) -> CommandResult {
    fixed_text(module, form, IMEI)
}
