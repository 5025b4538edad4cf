//! The commands that need no data connection (docs/module/at-ftp.md §2.3, 2.4, 2.7–2.10, 2.14, 2.15):
//! OK at once, the answer as a URC.

use super::codes::code;
use super::{PATH_LIMIT, Pending, test};
use crate::at::args::Args;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{Answer, Module, Outcome, Refusal};
use crate::remote::{Failure, Request, Verb};

/// How the success URC of a command looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `0,0`
    Plain,
    /// `0,<size>`
    Size,
    /// `0,<path>`
    Path,
    /// `0,"<time>"`
    Time,
}

/// A path parameter of the server.
pub(super) fn path(args: &Args, index: usize) -> Result<Vec<u8>, Refusal> {
    let path = args
        .bytes(index)
        .filter(|path| !path.is_empty() && path.len() <= PATH_LIMIT);
    path.map(<[u8]>::to_vec)
        .ok_or(Refusal::Cme(code::PARAMETER))
}

fn command(module: &mut Module, name: &'static str, shape: Shape, verb: Verb) -> Answer {
    module.needs_session()?;
    if let Some(outcome) = module.scripted_failure(name) {
        return Ok(outcome);
    }
    module.requests.push_back(Request::Command(verb));
    module.await_answer(Pending::Control {
        command: name,
        shape,
    });
    Ok(Outcome::Ok)
}

/// A command with one path.
fn one_path(
    module: &mut Module,
    form: &Form,
    name: &'static str,
    field: &str,
    shape: Shape,
    verb: fn(Vec<u8>) -> Verb,
) -> Answer {
    match form {
        Form::Test => test(module, &format!("{name}: <{field}>")),
        Form::Write(args) => {
            module.needs_sim()?;
            let path = path(args, 0)?;
            if args.len() > 1 {
                return Err(Refusal::Cme(code::PARAMETER));
            }
            command(module, name, shape, verb(path))
        }
        _ => Err(Refusal::Error),
    }
}

pub(super) fn qftpcwd(module: &mut Module, form: &Form) -> Answer {
    one_path(
        module,
        form,
        "+QFTPCWD",
        "path_name",
        Shape::Plain,
        Verb::ChangeDirectory,
    )
}

pub(super) fn qftpsize(module: &mut Module, form: &Form) -> Answer {
    one_path(
        module,
        form,
        "+QFTPSIZE",
        "file_name",
        Shape::Size,
        Verb::Size,
    )
}

pub(super) fn qftpdel(module: &mut Module, form: &Form) -> Answer {
    one_path(
        module,
        form,
        "+QFTPDEL",
        "file_name",
        Shape::Plain,
        Verb::Delete,
    )
}

pub(super) fn qftpmkdir(module: &mut Module, form: &Form) -> Answer {
    one_path(
        module,
        form,
        "+QFTPMKDIR",
        "folder_name",
        Shape::Plain,
        Verb::MakeDirectory,
    )
}

pub(super) fn qftprmdir(module: &mut Module, form: &Form) -> Answer {
    one_path(
        module,
        form,
        "+QFTPRMDIR",
        "folder_name",
        Shape::Plain,
        Verb::RemoveDirectory,
    )
}

pub(super) fn qftpmdtm(module: &mut Module, form: &Form) -> Answer {
    one_path(
        module,
        form,
        "+QFTPMDTM",
        "file_name",
        Shape::Time,
        Verb::ModificationTime,
    )
}

pub(super) fn qftppwd(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => test(module, ""),
        Form::Exec => {
            module.needs_sim()?;
            command(module, "+QFTPPWD", Shape::Path, Verb::PrintDirectory)
        }
        _ => Err(Refusal::Error),
    }
}

pub(super) fn qftprename(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => test(module, "+QFTPRENAME: <old_name>,<new_name>"),
        Form::Write(args) => {
            module.needs_sim()?;
            let (from, to) = (path(args, 0)?, path(args, 1)?);
            if args.len() > 2 {
                return Err(Refusal::Cme(code::PARAMETER));
            }
            command(module, "+QFTPRENAME", Shape::Plain, Verb::Rename(from, to))
        }
        _ => Err(Refusal::Error),
    }
}

impl Module {
    /// The server has answered a command.
    pub(super) fn replied(&mut self, result: Result<Vec<u8>, Failure>) {
        let Pending::Control { command, shape } = self.answered() else {
            return;
        };
        let text = match result {
            Err(failure) => {
                let (err, reply) = self.ftp_failure(failure);
                format!("{command}: {err},{reply}")
            }
            Ok(value) => {
                let value = String::from_utf8_lossy(&value);
                match shape {
                    Shape::Plain => format!("{command}: 0,0"),
                    Shape::Size if self.faults.is_on(Knob::SizeOneField) => {
                        format!("{command}: {value}")
                    }
                    Shape::Path if self.faults.is_on(Knob::PwdQuoted) => {
                        format!("{command}: 0,\"{value}\"")
                    }
                    Shape::Size | Shape::Path => format!("{command}: 0,{value}"),
                    Shape::Time => format!("{command}: 0,\"{value}\""),
                }
            }
        };
        self.ftp_urc(text);
    }
}
