//! AT+QFTPPUT, QFTPGET, QFTPLIST, QFTPNLST, QFTPMLSD: from the command line to the open data
//! connection (docs/module/at-ftp.md §2.5, 2.6, 2.11–2.13).

use super::codes::code;
use super::control::path;
use super::moving::{Local, Moving, Phase};
use super::{LOCAL_LIMIT, Pending, test};
use crate::at::args::Args;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{Answer, Module, Outcome, Refusal};
use crate::remote::{Request, Transfer};
use crate::ufs::Ufs;

const INVALID: Refusal = Refusal::Cme(code::PARAMETER);

/// `"COM:"` or a local file name. Names with a prefix are refused with 613 (docs/module/quirks.md F15).
fn local(args: &Args, index: usize) -> Result<Local, Refusal> {
    let name = args.text(index, LOCAL_LIMIT).ok_or(INVALID)?;
    if name == "COM:" {
        return Ok(Local::Com);
    }
    let name = Ufs::check_name(Some(name), LOCAL_LIMIT).map_err(|_| Refusal::Cme(code::LOCAL))?;
    Ok(Local::File(name.to_owned()))
}

fn optional(args: &Args, index: usize) -> Result<Option<u64>, Refusal> {
    if args.is_absent(index) {
        Ok(None)
    } else {
        args.number(index).map(Some).ok_or(INVALID)
    }
}

/// Only transfers through the port have lengths.
fn most_args(local: &Local, com: usize) -> usize {
    if *local == Local::Com { com } else { 3 }
}

pub(super) fn qftpput(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => {
            return test(
                module,
                "+QFTPPUT: <file_name>,<local_name>,<startpos>,<uploadlen>,<beof>",
            );
        }
        Form::Write(args) => args,
        _ => return Err(Refusal::Error),
    };
    module.needs_sim()?;
    let (path, local) = (path(args, 0)?, local(args, 1)?);
    if args.len() > most_args(&local, 5) {
        return Err(INVALID);
    }
    let start = optional(args, 2)?.unwrap_or(0);
    let limit = optional(args, 3)?;
    let last = args
        .within_or(4, 0..=1, 1)
        .filter(|_| limit.is_some() || args.is_absent(4))
        .ok_or(INVALID)?
        == 1;
    let moving = Moving::new("+QFTPPUT", true, path, local, start, limit, last);
    if module.continues_segment(&moving)? {
        return module.continue_segment(moving);
    }
    module.needs_session()?;
    if let Local::File(name) = &moving.local {
        match module.ufs.size(name) {
            Ok(Some(size)) if start > size => return Err(Refusal::Cme(code::POSITION)),
            Ok(Some(_)) => {}
            _ => return Err(Refusal::Cme(code::LOCAL_OPEN)),
        }
    }
    let request = Transfer::Store(moving.path.clone(), start);
    module.start_transfer(moving, request)
}

pub(super) fn qftpget(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => {
            return test(
                module,
                "+QFTPGET: <file_name>,<local_name>,<startpos>,<downloadlen>",
            );
        }
        Form::Write(args) => args,
        _ => return Err(Refusal::Error),
    };
    module.needs_sim()?;
    let (path, local) = (path(args, 0)?, local(args, 1)?);
    if args.len() > most_args(&local, 4) {
        return Err(INVALID);
    }
    let start = optional(args, 2)?.unwrap_or(0);
    let limit = optional(args, 3)?;
    module.needs_session()?;
    let request = Transfer::Retrieve(path.clone(), start);
    module.start_transfer(
        Moving::new("+QFTPGET", false, path, local, start, limit, true),
        request,
    )
}

/// The three listings differ by their names only.
fn listing(
    module: &mut Module,
    form: &Form,
    name: &'static str,
    help: &str,
    kind: fn(Vec<u8>) -> Transfer,
) -> Answer {
    let args = match form {
        Form::Test => return test(module, help),
        Form::Write(args) => args,
        _ => return Err(Refusal::Error),
    };
    module.needs_sim()?;
    let path = path(args, 0)?;
    let local = if args.is_absent(1) {
        Local::Com
    } else {
        local(args, 1)?
    };
    if args.len() > 2 {
        return Err(INVALID);
    }
    module.needs_session()?;
    module.start_transfer(
        Moving::new(name, false, path.clone(), local, 0, None, true),
        kind(path),
    )
}

pub(super) fn qftplist(module: &mut Module, form: &Form) -> Answer {
    // The blank after the comma is the manual's, and only here.
    listing(
        module,
        form,
        "+QFTPLIST",
        "+QFTPLIST: <dirname>, <local_name>",
        Transfer::List,
    )
}

pub(super) fn qftpnlst(module: &mut Module, form: &Form) -> Answer {
    if module.faults.is_on(Knob::NoNlst) {
        return Err(Refusal::Error);
    }
    listing(
        module,
        form,
        "+QFTPNLST",
        "+QFTPNLST: <dirname>,<local_name>",
        Transfer::Names,
    )
}

pub(super) fn qftpmlsd(module: &mut Module, form: &Form) -> Answer {
    if module.faults.is_on(Knob::NoMlsd) {
        return Err(Refusal::Error);
    }
    listing(
        module,
        form,
        "+QFTPMLSD",
        "+QFTPMLSD: <dirname>,<local_name>",
        Transfer::Machine,
    )
}

impl Moving {
    fn new(
        command: &'static str,
        up: bool,
        path: Vec<u8>,
        local: Local,
        start: u64,
        limit: Option<u64>,
        last: bool,
    ) -> Self {
        Self {
            command,
            up,
            path,
            local,
            start,
            limit,
            last,
            phase: Phase::Opening,
            count: 0,
            unsent: 0,
            fetching: false,
            script: None,
        }
    }
}

impl Module {
    /// Asks for the data connection. Through the port the line is busy until CONNECT or a refusal.
    fn start_transfer(&mut self, mut moving: Moving, request: Transfer) -> Answer {
        let through_port = moving.local == Local::Com;
        if through_port && self.faults.strike(Knob::DataRefused) {
            self.ftp.wedged = true;
            return Err(Refusal::Cme(code::NO_DATA_CONNECTION));
        }
        moving.script = self.faults.failure(moving.command);
        self.requests.push_back(Request::Transfer(request));
        self.await_answer(Pending::Transfer(Box::new(moving)));
        Ok(if through_port {
            Outcome::Later
        } else {
            Outcome::Ok
        })
    }

    /// Whether an upload goes on where an unfinished one stopped. Any other one has to wait for a close.
    fn continues_segment(&self, moving: &Moving) -> Result<bool, Refusal> {
        match &self.ftp.segment {
            Some(segment)
                if !self.ftp.is_busy()
                    && moving.local == Local::Com
                    && segment.path == moving.path =>
            {
                if segment.next == moving.start {
                    Ok(true)
                } else {
                    Err(Refusal::Cme(code::POSITION))
                }
            }
            _ => Ok(false),
        }
    }

    /// The data connection of the segment before is used again.
    fn continue_segment(&mut self, mut moving: Moving) -> Answer {
        self.ftp.segment = None;
        moving.script = self.faults.failure(moving.command);
        self.ftp.pending = Pending::Transfer(Box::new(moving));
        self.begin_moving();
        Ok(Outcome::Connected)
    }
}
