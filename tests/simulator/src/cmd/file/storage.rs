//! QFLDS (docs/module/at-file.md §3.1), QFLST (docs/module/at-file.md §3.2), QFDEL
//! (docs/module/at-file.md §3.3).

use super::INVALID;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::ufs::{NAME_LIMIT, Ufs, code};

/// AT+QFLDS: with `"UFS"` the free and total space, without parameter the size and number of files.
pub(super) fn qflds(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Exec => {
            let files = module.ufs.list().map_err(CommandError::Cme)?;
            let sum: u64 = files.iter().map(|(_, size)| size).sum();
            module.answer([format!("+QFLDS: {sum},{}", files.len())])
        }
        Form::Write(args) if args.len() == 1 => {
            if args.text(0, NAME_LIMIT) != Some("UFS") {
                return Err(INVALID);
            }
            let (free, total) = (
                module.ufs.free().map_err(CommandError::Cme)?,
                module.ufs.capacity(),
            );
            module.answer([format!("+QFLDS: {free},{total}")])
        }
        _ => Err(CommandError::Error),
    }
}

pub(super) fn qflst(module: &mut Module, form: &Form) -> CommandResult {
    let wanted = match form {
        Form::Test => return Ok(Outcome::Ok),
        Form::Exec => "*",
        Form::Write(args) if args.len() == 1 => args.text(0, NAME_LIMIT).ok_or(INVALID)?,
        _ => return Err(CommandError::Error),
    };
    let mut files = module.ufs.list().map_err(CommandError::Cme)?;
    if wanted != "*" {
        files.retain(|(name, _)| name == wanted);
        if files.is_empty() {
            return Err(CommandError::Cme(code::NOT_FOUND));
        }
    }
    let style = module
        .faults
        .text(Knob::Qflst, "unquoted")
        .unwrap_or("")
        .to_owned();
    let lines = files.iter().map(|(name, size)| match style.as_str() {
        "unquoted" => format!("+QFLST: {name},{size}"),
        "ufs" => format!("+QFLST: \"UFS:{name}\",{size}"),
        _ => format!("+QFLST: \"{name}\",{size}"),
    });
    module.answer(lines)
}

pub(super) fn qfdel(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(["+QFDEL: <filename>"]),
        Form::Write(args) if args.len() == 1 => args,
        _ => return Err(CommandError::Error),
    };
    if args.bytes(0) == Some(b"*") {
        for (name, _) in module.ufs.list().map_err(CommandError::Cme)? {
            module.ufs.remove(&name).map_err(CommandError::Cme)?;
        }
        return Ok(Outcome::Ok);
    }
    let name = Ufs::check_name(args.text(0, NAME_LIMIT), NAME_LIMIT)
        .map_err(CommandError::Cme)?
        .to_owned();
    module.ufs.remove(&name).map_err(CommandError::Cme)?;
    Ok(Outcome::Ok)
}
