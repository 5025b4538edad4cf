//! Who the module is (docs/module/at-network.md §5).

use crate::at::parse::Form;
use crate::module::{Answer, Module, Refusal};

const MANUFACTURER: &str = "Quectel";
const MODEL: &str = "BG96";
const REVISION: &str = "BG96MAR02A07M1G";
const APPLICATION: &str = "01.019.01.019";
const IMEI: &str = "866425030000018";

fn answer(module: &mut Module, form: &Form, text: &str) -> Answer {
    match form {
        Form::Exec => module.say([text]),
        Form::Test => module.say([""; 0]),
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn ati(module: &mut Module, page: u8) -> Answer {
    if page != 0 {
        return Err(Refusal::Error);
    }
    module.say([MANUFACTURER, MODEL, &format!("Revision: {REVISION}")])
}

pub(crate) fn manufacturer(module: &mut Module, form: &Form) -> Answer {
    answer(module, form, MANUFACTURER)
}

pub(crate) fn model(module: &mut Module, form: &Form) -> Answer {
    answer(module, form, MODEL)
}

pub(crate) fn revision(module: &mut Module, form: &Form) -> Answer {
    answer(module, form, REVISION)
}

pub(crate) fn full_revision(module: &mut Module, form: &Form) -> Answer {
    answer(module, form, &format!("{REVISION}_{APPLICATION}"))
}

pub(crate) fn application(module: &mut Module, form: &Form) -> Answer {
    answer(module, form, APPLICATION)
}

pub(crate) fn imei(module: &mut Module, form: &Form) -> Answer {
    answer(module, form, IMEI)
}
