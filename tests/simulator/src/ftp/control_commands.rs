//! The commands without a data connection: QFTPCWD, QFTPPWD, QFTPSIZE, QFTPDEL, QFTPMKDIR,
//! QFTPRMDIR, QFTPMDTM, QFTPRENAME (docs/module/at-ftp.md §2.3, §2.4, §2.7, §2.8, §2.9, §2.10,
//! §2.14, §2.15). They are answered with OK at once; the result follows as a URC.

use super::codes::code;
use super::{PATH_LIMIT, Pending, test};
use crate::at::args::Args;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::remote::{Failure, FtpCommand, Request};

/// The format of a command's URC on success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SuccessUrc {
    /// `0,0`
    Plain,
    /// `0,<size>`
    Size,
    /// `0,<path>`
    Path,
    /// `0,"<time>"`
    Time,
}

/// Parses a parameter that is a path on the server.
pub(super) fn path(args: &Args, index: usize) -> Result<Vec<u8>, CommandError> {
    let path = args
        .bytes(index)
        .filter(|path| !path.is_empty() && path.len() <= PATH_LIMIT);
    path.map(<[u8]>::to_vec)
        .ok_or(CommandError::Cme(code::PARAMETER))
}

fn start(
    module: &mut Module,
    name: &'static str,
    success: SuccessUrc,
    ftp_command: FtpCommand,
) -> CommandResult {
    module.require_session()?;
    if let Some(outcome) = module.scripted_failure(name) {
        return Ok(outcome);
    }
    module.requests.push_back(Request::Command(ftp_command));
    module.set_pending(Pending::Control {
        command: name,
        success,
    });
    Ok(Outcome::Ok)
}

/// Executes a command whose only parameter is a path.
fn one_path(
    module: &mut Module,
    form: &Form,
    name: &'static str,
    field: &str,
    success: SuccessUrc,
    ftp_command: fn(Vec<u8>) -> FtpCommand,
) -> CommandResult {
    match form {
        Form::Test => test(module, &format!("{name}: <{field}>")),
        Form::Write(args) => {
            module.require_sim()?;
            let path = path(args, 0)?;
            if args.len() > 1 {
                return Err(CommandError::Cme(code::PARAMETER));
            }
            start(module, name, success, ftp_command(path))
        }
        _ => Err(CommandError::Error),
    }
}

pub(super) fn qftpcwd(module: &mut Module, form: &Form) -> CommandResult {
    one_path(
        module,
        form,
        "+QFTPCWD",
        "path_name",
        SuccessUrc::Plain,
        FtpCommand::ChangeDirectory,
    )
}

pub(super) fn qftpsize(module: &mut Module, form: &Form) -> CommandResult {
    one_path(
        module,
        form,
        "+QFTPSIZE",
        "file_name",
        SuccessUrc::Size,
        FtpCommand::Size,
    )
}

pub(super) fn qftpdel(module: &mut Module, form: &Form) -> CommandResult {
    one_path(
        module,
        form,
        "+QFTPDEL",
        "file_name",
        SuccessUrc::Plain,
        FtpCommand::Delete,
    )
}

pub(super) fn qftpmkdir(module: &mut Module, form: &Form) -> CommandResult {
    one_path(
        module,
        form,
        "+QFTPMKDIR",
        "folder_name",
        SuccessUrc::Plain,
        FtpCommand::MakeDirectory,
    )
}

pub(super) fn qftprmdir(module: &mut Module, form: &Form) -> CommandResult {
    one_path(
        module,
        form,
        "+QFTPRMDIR",
        "folder_name",
        SuccessUrc::Plain,
        FtpCommand::RemoveDirectory,
    )
}

pub(super) fn qftpmdtm(module: &mut Module, form: &Form) -> CommandResult {
    one_path(
        module,
        form,
        "+QFTPMDTM",
        "file_name",
        SuccessUrc::Time,
        FtpCommand::ModificationTime,
    )
}

pub(super) fn qftppwd(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => test(module, ""),
        Form::Exec => {
            module.require_sim()?;
            start(
                module,
                "+QFTPPWD",
                SuccessUrc::Path,
                FtpCommand::PrintDirectory,
            )
        }
        _ => Err(CommandError::Error),
    }
}

pub(super) fn qftprename(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => test(module, "+QFTPRENAME: <old_name>,<new_name>"),
        Form::Write(args) => {
            module.require_sim()?;
            let (from, to) = (path(args, 0)?, path(args, 1)?);
            if args.len() > 2 {
                return Err(CommandError::Cme(code::PARAMETER));
            }
            start(
                module,
                "+QFTPRENAME",
                SuccessUrc::Plain,
                FtpCommand::Rename(from, to),
            )
        }
        _ => Err(CommandError::Error),
    }
}

impl Module {
    /// Prints the URC of a command after the server's reply.
    pub(super) fn replied(&mut self, result: Result<Vec<u8>, Failure>) {
        let Pending::Control { command, success } = self.take_pending() else {
            return;
        };
        let text = match result {
            Err(failure) => {
                let (err, reply) = self.ftp_failure(failure);
                format!("{command}: {err},{reply}")
            }
            Ok(value) => {
                let value = String::from_utf8_lossy(&value);
                match success {
                    SuccessUrc::Plain => format!("{command}: 0,0"),
                    SuccessUrc::Size if self.faults.is_on(Knob::SizeOneField) => {
                        format!("{command}: {value}")
                    }
                    SuccessUrc::Path if self.faults.is_on(Knob::PwdQuoted) => {
                        format!("{command}: 0,\"{value}\"")
                    }
                    SuccessUrc::Size | SuccessUrc::Path => format!("{command}: 0,{value}"),
                    SuccessUrc::Time => format!("{command}: 0,\"{value}\""),
                }
            }
        };
        self.ftp_urc(text);
    }
}
