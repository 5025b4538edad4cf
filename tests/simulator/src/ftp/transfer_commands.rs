//! QFTPPUT, QFTPGET, QFTPLIST, QFTPNLST, QFTPMLSD: check the parameters and open the data
//! connection (docs/module/at-ftp.md §2.5, §2.6, §2.11, §2.12, §2.13).

use super::codes::code;
use super::control_commands::path;
use super::transfer::{FtpTransfer, LocalEnd, TransferPhase};
use super::{LOCAL_LIMIT, Pending, test};
use crate::at::args::Args;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::remote::{DataCommand, Request};
use crate::ufs::Ufs;

const INVALID: CommandError = CommandError::Cme(code::PARAMETER);

/// Parses `"COM:"` or a local file name. Names with a prefix get 613 (docs/module/quirks.md F15).
fn local(args: &Args, index: usize) -> Result<LocalEnd, CommandError> {
    let name = args.text(index, LOCAL_LIMIT).ok_or(INVALID)?;
    if name == "COM:" {
        return Ok(LocalEnd::Com);
    }
    let name =
        Ufs::check_name(Some(name), LOCAL_LIMIT).map_err(|_| CommandError::Cme(code::LOCAL))?;
    Ok(LocalEnd::File(name.to_owned()))
}

/// Parses an optional number.
fn optional(args: &Args, index: usize) -> Result<Option<u64>, CommandError> {
    if args.is_absent(index) {
        Ok(None)
    } else {
        args.number(index).map(Some).ok_or(INVALID)
    }
}

/// The most parameters of a transfer: `com` with the AT port, 3 with a UFS file, which has no
/// length.
fn max_args(local: &LocalEnd, com: usize) -> usize {
    if *local == LocalEnd::Com { com } else { 3 }
}

pub(super) fn qftpput(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => {
            return test(
                module,
                "+QFTPPUT: <file_name>,<local_name>,<startpos>,<uploadlen>,<beof>",
            );
        }
        Form::Write(args) => args,
        _ => return Err(CommandError::Error),
    };
    module.require_sim()?;
    let (path, local) = (path(args, 0)?, local(args, 1)?);
    if args.len() > max_args(&local, 5) {
        return Err(INVALID);
    }
    let start = optional(args, 2)?.unwrap_or(0);
    let limit = optional(args, 3)?;
    let last_segment = args
        .within_or(4, 0..=1, 1)
        .filter(|_| limit.is_some() || args.is_absent(4))
        .ok_or(INVALID)?
        == 1;
    let transfer = FtpTransfer::new("+QFTPPUT", true, path, local, start, limit, last_segment);
    if module.continues_segment(&transfer)? {
        return module.continue_segment(transfer);
    }
    module.require_session()?;
    if let LocalEnd::File(name) = &transfer.local {
        match module.ufs.size(name) {
            Ok(Some(size)) if start > size => return Err(CommandError::Cme(code::POSITION)),
            Ok(Some(_)) => {}
            _ => return Err(CommandError::Cme(code::LOCAL_OPEN)),
        }
    }
    let request = DataCommand::Store(transfer.path.clone(), start);
    module.start_transfer(transfer, request)
}

pub(super) fn qftpget(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => {
            return test(
                module,
                "+QFTPGET: <file_name>,<local_name>,<startpos>,<downloadlen>",
            );
        }
        Form::Write(args) => args,
        _ => return Err(CommandError::Error),
    };
    module.require_sim()?;
    let (path, local) = (path(args, 0)?, local(args, 1)?);
    if args.len() > max_args(&local, 4) {
        return Err(INVALID);
    }
    let start = optional(args, 2)?.unwrap_or(0);
    let limit = optional(args, 3)?;
    module.require_session()?;
    let request = DataCommand::Retrieve(path.clone(), start);
    module.start_transfer(
        FtpTransfer::new("+QFTPGET", false, path, local, start, limit, true),
        request,
    )
}

/// Executes one of the three listing commands, which differ only in their names.
fn listing(
    module: &mut Module,
    form: &Form,
    name: &'static str,
    help: &str,
    data_command: fn(Vec<u8>) -> DataCommand,
) -> CommandResult {
    let args = match form {
        Form::Test => return test(module, help),
        Form::Write(args) => args,
        _ => return Err(CommandError::Error),
    };
    module.require_sim()?;
    let path = path(args, 0)?;
    let local = if args.is_absent(1) {
        LocalEnd::Com
    } else {
        local(args, 1)?
    };
    if args.len() > 2 {
        return Err(INVALID);
    }
    module.require_session()?;
    module.start_transfer(
        FtpTransfer::new(name, false, path.clone(), local, 0, None, true),
        data_command(path),
    )
}

pub(super) fn qftplist(module: &mut Module, form: &Form) -> CommandResult {
    // The test form has a blank after the comma, unlike the others (docs/module/at-ftp.md §2.11).
    listing(
        module,
        form,
        "+QFTPLIST",
        "+QFTPLIST: <dirname>, <local_name>",
        DataCommand::List,
    )
}

pub(super) fn qftpnlst(module: &mut Module, form: &Form) -> CommandResult {
    if module.faults.is_on(Knob::NoNlst) {
        return Err(CommandError::Error);
    }
    listing(
        module,
        form,
        "+QFTPNLST",
        "+QFTPNLST: <dirname>,<local_name>",
        DataCommand::Names,
    )
}

pub(super) fn qftpmlsd(module: &mut Module, form: &Form) -> CommandResult {
    if module.faults.is_on(Knob::NoMlsd) {
        return Err(CommandError::Error);
    }
    listing(
        module,
        form,
        "+QFTPMLSD",
        "+QFTPMLSD: <dirname>,<local_name>",
        DataCommand::Machine,
    )
}

impl FtpTransfer {
    fn new(
        command: &'static str,
        upload: bool,
        path: Vec<u8>,
        local: LocalEnd,
        start: u64,
        limit: Option<u64>,
        last_segment: bool,
    ) -> Self {
        Self {
            command,
            upload,
            path,
            local,
            start,
            limit,
            last_segment,
            phase: TransferPhase::Opening,
            count: 0,
            unsent: 0,
            fetch_pending: false,
            scripted: None,
        }
    }
}

impl Module {
    /// Requests the data connection. With `COM:` the port accepts no input until CONNECT or an
    /// error.
    fn start_transfer(&mut self, mut transfer: FtpTransfer, command: DataCommand) -> CommandResult {
        let through_port = transfer.local == LocalEnd::Com;
        let dead = self.faults.is_on(Knob::DataDead);
        if through_port && (dead || self.faults.trigger(Knob::DataRefused)) {
            self.ftp.data_refused = true;
            return Err(CommandError::Cme(code::NO_DATA_CONNECTION));
        }
        transfer.scripted = self.faults.take_failure(transfer.command);
        self.requests.push_back(Request::Transfer(command));
        self.set_pending(Pending::Transfer(Box::new(transfer)));
        Ok(if through_port {
            Outcome::Deferred
        } else {
            Outcome::Ok
        })
    }

    /// Whether an upload is the next segment of an unfinished one; 612 if it has another offset.
    fn continues_segment(&self, transfer: &FtpTransfer) -> Result<bool, CommandError> {
        match &self.ftp.segment {
            Some(segment)
                if !self.ftp.is_busy()
                    && transfer.local == LocalEnd::Com
                    && segment.path == transfer.path =>
            {
                if segment.next == transfer.start {
                    Ok(true)
                } else {
                    Err(CommandError::Cme(code::POSITION))
                }
            }
            _ => Ok(false),
        }
    }

    /// Continues an unfinished upload on its open data connection.
    fn continue_segment(&mut self, mut transfer: FtpTransfer) -> CommandResult {
        self.ftp.segment = None;
        transfer.scripted = self.faults.take_failure(transfer.command);
        self.ftp.pending = Pending::Transfer(Box::new(transfer));
        self.begin_transfer();
        Ok(Outcome::DataMode)
    }
}
