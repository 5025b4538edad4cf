//! QFOPEN (docs/module/at-file.md §3.7); QFSEEK, QFPOSITION, QFTUCAT, QFCLOSE
//! (docs/module/at-file.md §3.10).

use super::INVALID;
use crate::at::args::Args;
use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::ufs::{NAME_LIMIT, OpenMode, Ufs, code};

pub(super) fn qfopen(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QFOPEN: <filename>[,(0-2)]"]),
        Form::Read => {
            let shown = |file: &crate::ufs::OpenFile| {
                format!(
                    "+QFOPEN: \"{}\",{},{}",
                    file.name,
                    file.number,
                    file.mode.number()
                )
            };
            let lines: Vec<_> = module.ufs.handles.iter().map(shown).collect();
            module.answer(lines)
        }
        Form::Write(args) if args.len() <= 2 => {
            let name =
                Ufs::check_name(args.text(0, NAME_LIMIT), NAME_LIMIT).map_err(CommandError::Cme)?;
            let mode = match args.within_or(1, 0..=2, 0).ok_or(INVALID)? {
                0 => OpenMode::Create,
                1 => OpenMode::Truncate,
                _ => OpenMode::ReadOnly,
            };
            let number = open(module, name, mode).map_err(CommandError::Cme)?;
            module.answer([format!("+QFOPEN: {number}")])
        }
        _ => Err(CommandError::Error),
    }
}

fn open(module: &mut Module, name: &str, mode: OpenMode) -> Result<u64, u16> {
    let ufs = &mut module.ufs;
    if ufs.handles.is_open(name) {
        return Err(code::ALREADY_OPEN);
    }
    if !ufs.handles.has_room() {
        return Err(code::TOO_MANY_OPEN);
    }
    let exists = ufs.size(name)?.is_some();
    match mode {
        OpenMode::ReadOnly if !exists => return Err(code::NOT_FOUND),
        OpenMode::Truncate => ufs.create(name)?,
        OpenMode::Create if !exists => ufs.create(name)?,
        _ => {}
    }
    Ok(ufs.handles.open(name, mode))
}

/// Handle, name and position of the open file that a command names.
fn file(module: &Module, args: &Args) -> Result<(u64, String, u64), CommandError> {
    let number = args.number(0).ok_or(INVALID)?;
    let file = module
        .ufs
        .handles
        .get(number)
        .ok_or(CommandError::Cme(code::INVALID_HANDLE))?;
    Ok((number, file.name.clone(), file.position))
}

pub(super) fn qfseek(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(["+QFSEEK: <filehandle>,<offset>[,<position>]"]),
        Form::Write(args) if (2..=3).contains(&args.len()) => args,
        _ => return Err(CommandError::Error),
    };
    let (number, name, position) = file(module, args)?;
    let offset = args.number(1).ok_or(INVALID)?;
    let size = module
        .ufs
        .size(&name)
        .map_err(CommandError::Cme)?
        .unwrap_or(0);
    let target = match args.within_or(2, 0..=2, 0).ok_or(INVALID)? {
        0 => Some(offset),
        1 => position.checked_add(offset),
        _ => size.checked_sub(offset),
    };
    // A position beyond the size is a plain ERROR (docs/module/at-file.md §3.10).
    let target = target
        .filter(|target| *target <= size)
        .ok_or(CommandError::Error)?;
    if let Some(file) = module.ufs.handles.get_mut(number) {
        file.position = target;
    }
    Ok(Outcome::Ok)
}

pub(super) fn qfposition(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QFPOSITION: <filehandle>"]),
        Form::Write(args) if args.len() == 1 => {
            let (_, _, position) = file(module, args)?;
            module.answer([format!("+QFPOSITION: {position}")])
        }
        _ => Err(CommandError::Error),
    }
}

pub(super) fn qftucat(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QFTUCAT: <filehandle>"]),
        Form::Write(args) if args.len() == 1 => {
            let (number, name, position) = file(module, args)?;
            if module
                .ufs
                .handles
                .get(number)
                .is_some_and(|file| file.mode == OpenMode::ReadOnly)
            {
                return Err(CommandError::Cme(code::READ_ONLY));
            }
            module
                .ufs
                .truncate(&name, position)
                .map_err(CommandError::Cme)?;
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

pub(super) fn qfclose(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QFCLOSE: <filehandle>"]),
        Form::Write(args) if args.len() == 1 => {
            let number = args.number(0).ok_or(INVALID)?;
            if module.ufs.handles.close(number) {
                Ok(Outcome::Ok)
            } else {
                Err(CommandError::Cme(code::INVALID_HANDLE))
            }
        }
        _ => Err(CommandError::Error),
    }
}
