//! Host → file: QFUPL with its checksum and ACK mode, QFWRITE (docs/module/at-file.md §3.4, 3.9).

use std::time::Duration;

use super::INVALID;
use crate::at::parse::Form;
use crate::fault::{Faults, Knob};
use crate::module::{Answer, Kind, Module, Outcome, Refusal};
use crate::ufs::{Checksum, NAME_LIMIT, OpenMode, Ufs, code};

/// Size when none is given.
const DEFAULT_SIZE: u64 = 10_240;
/// Seconds without input when none are given.
const DEFAULT_TIMEOUT: u64 = 5;
/// In ACK mode one `A` comes after this many bytes.
const ACK_BLOCK: u64 = 1024;

/// A file that is being filled from the host.
#[derive(Debug)]
pub(crate) struct FileUp {
    pub(super) name: String,
    /// Where in the file the first byte goes.
    pub(super) start: u64,
    pub(super) got: u64,
    size: u64,
    checksum: Checksum,
    ack: bool,
    /// QFWRITE's handle; `None` is QFUPL.
    handle: Option<u64>,
}

impl FileUp {
    /// Bytes still to come.
    pub(crate) fn wanted(&self) -> u64 {
        self.size - self.got
    }

    pub(super) fn is_upload(&self) -> bool {
        self.handle.is_none()
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
        self.got += bytes.len() as u64;
    }

    /// How many `A` the next `count` bytes earn.
    pub(super) fn acknowledgements(&self, count: usize, faults: &Faults) -> usize {
        if !self.ack {
            return 0;
        }
        let after = self.got + count as u64;
        let mut blocks = after / ACK_BLOCK - self.got / ACK_BLOCK;
        if blocks > 0
            && after == self.size
            && after.is_multiple_of(ACK_BLOCK)
            && faults.is_on(Knob::NoFinalAck)
        {
            blocks -= 1;
        }
        usize::try_from(blocks).unwrap_or(0)
    }
}

pub(super) fn qfupl(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => {
            let free = module.ufs.free().map_err(Refusal::Cme)?;
            return module.say([format!(
                "+QFUPL: <filename>[,(1-{free})[,(1-65535)[,(0,1)]]]"
            )]);
        }
        Form::Write(args) if args.len() <= 4 => args,
        _ => return Err(Refusal::Error),
    };
    let name = Ufs::check_name(args.text(0, NAME_LIMIT), NAME_LIMIT)
        .map_err(Refusal::Cme)?
        .to_owned();
    let size = args
        .within_or(1, 1..=u64::MAX, DEFAULT_SIZE)
        .ok_or(INVALID)?;
    let timeout = args
        .within_or(2, 1..=65_535, DEFAULT_TIMEOUT)
        .ok_or(INVALID)?;
    let ack = args.within_or(3, 0..=1, 0).ok_or(INVALID)? == 1;
    if module.ufs.size(&name).map_err(Refusal::Cme)?.is_some() {
        return Err(Refusal::Cme(code::EXISTS));
    }
    match module.ufs.free().map_err(Refusal::Cme)? {
        0 => return Err(Refusal::Cme(code::NO_SPACE)),
        free if size > free => return Err(Refusal::Cme(code::TOO_LARGE)),
        _ => {}
    }
    module.ufs.create(&name).map_err(Refusal::Cme)?;
    let file = FileUp {
        name,
        start: 0,
        got: 0,
        size,
        checksum: Checksum::default(),
        ack,
        handle: None,
    };
    module.enter_data_mode(Kind::FileUp(file), None, Some(Duration::from_secs(timeout)));
    Ok(Outcome::Connected)
}

pub(super) fn qfwrite(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => return module.say(["+QFWRITE: <filehandle>[,<length>[,<timeout>]]"]),
        Form::Write(args) if args.len() <= 3 => args,
        _ => return Err(Refusal::Error),
    };
    let handle = args.number(0).ok_or(INVALID)?;
    let size = args
        .within_or(1, 1..=u64::MAX, DEFAULT_SIZE)
        .ok_or(INVALID)?;
    let timeout = args
        .within_or(2, 1..=65_535, DEFAULT_TIMEOUT)
        .ok_or(INVALID)?;
    let open = module
        .ufs
        .handles
        .get(handle)
        .ok_or(Refusal::Cme(code::INVALID_HANDLE))?;
    if open.mode == OpenMode::ReadOnly {
        return Err(Refusal::Cme(code::READ_ONLY));
    }
    let (name, start) = (open.name.clone(), open.position);
    let file = FileUp {
        name,
        start,
        got: 0,
        size,
        checksum: Checksum::default(),
        ack: false,
        handle: Some(handle),
    };
    module.enter_data_mode(Kind::FileUp(file), None, Some(Duration::from_secs(timeout)));
    Ok(Outcome::Connected)
}

impl Module {
    /// The pointer of a written file stands behind what was written.
    pub(super) fn keep_position(&mut self, file: &FileUp) {
        if let Some(open) = file
            .handle
            .and_then(|handle| self.ufs.handles.get_mut(handle))
        {
            open.position = file.start + file.got;
        }
    }

    /// Prints the result line; back in command mode.
    fn end_file_up(&mut self) -> Option<FileUp> {
        let Some(Kind::FileUp(file)) = self.leave_data_mode() else {
            return None;
        };
        self.keep_position(&file);
        Some(file)
    }

    fn file_result(&mut self, file: &FileUp) {
        let text = if file.is_upload() {
            format!("+QFUPL: {},{}", file.got, file.checksum)
        } else {
            let total = self.ufs.size(&file.name).ok().flatten().unwrap_or(0);
            format!("+QFWRITE: {},{total}", file.got)
        };
        self.te.info(&text);
    }

    /// All bytes are here.
    pub(super) fn finish_file_up(&mut self) {
        if let Some(file) = self.end_file_up() {
            self.file_result(&file);
            self.say_ok();
            self.te.release_urcs();
        }
    }

    /// Too long without a byte: QFWRITE is done, QFUPL says what it got and then 421 (docs/module/quirks.md U1).
    pub(crate) fn file_silent(&mut self) {
        let Some(file) = self.end_file_up() else {
            return;
        };
        let form = if file.is_upload() {
            self.faults.text(Knob::QfuplTimeout, "").unwrap_or("both")
        } else {
            "ok"
        };
        let (result, refusal) = (form != "cme", form != "ok");
        if result {
            self.file_result(&file);
        }
        if refusal {
            self.refuse(Refusal::Cme(code::TIMEOUT))
        } else {
            self.say_ok()
        }
        self.te.release_urcs();
    }
}
