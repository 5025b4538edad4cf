//! Files from the host: QFUPL (docs/module/at-file.md §3.4) and QFWRITE
//! (docs/module/at-file.md §3.9).

use std::time::Duration;

use super::INVALID;
use crate::at::parse::Form;
use crate::fault::{Faults, Knob};
use crate::module::{CommandError, CommandResult, DataTransfer, Module, Outcome};
use crate::ufs::{Checksum, NAME_LIMIT, OpenMode, Ufs, code};

/// Default of `<file_size>` and `<length>`.
const DEFAULT_SIZE: u64 = 10_240;
/// Default of `<timeout>` in seconds.
const DEFAULT_TIMEOUT: u64 = 5;
/// In ACK mode one `A` is sent per this many bytes.
const ACK_BLOCK: u64 = 1024;

/// The state of QFUPL or QFWRITE in data mode.
#[derive(Debug)]
pub(crate) struct FileUpload {
    pub(super) name: String,
    /// Offset of the first byte in the file.
    pub(super) start: u64,
    /// Bytes received.
    pub(super) received: u64,
    size: u64,
    checksum: Checksum,
    ack: bool,
    /// The handle of QFWRITE; `None` for QFUPL.
    handle: Option<u64>,
}

impl FileUpload {
    /// Bytes still to be received.
    pub(crate) fn remaining(&self) -> u64 {
        self.size - self.received
    }

    pub(super) fn is_upload(&self) -> bool {
        self.handle.is_none()
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
        self.received += bytes.len() as u64;
    }

    /// How many `A` must be sent for the next `count` bytes.
    pub(super) fn acknowledgements(&self, count: usize, faults: &Faults) -> usize {
        if !self.ack {
            return 0;
        }
        let after = self.received + count as u64;
        let mut blocks = after / ACK_BLOCK - self.received / ACK_BLOCK;
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

pub(super) fn qfupl(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => {
            let free = module.ufs.free().map_err(CommandError::Cme)?;
            return module.answer([format!(
                "+QFUPL: <filename>[,(1-{free})[,(1-65535)[,(0,1)]]]"
            )]);
        }
        Form::Write(args) if args.len() <= 4 => args,
        _ => return Err(CommandError::Error),
    };
    let name = Ufs::check_name(args.text(0, NAME_LIMIT), NAME_LIMIT)
        .map_err(CommandError::Cme)?
        .to_owned();
    let size = args
        .within_or(1, 1..=u64::MAX, DEFAULT_SIZE)
        .ok_or(INVALID)?;
    let timeout = args
        .within_or(2, 1..=65_535, DEFAULT_TIMEOUT)
        .ok_or(INVALID)?;
    let ack = args.within_or(3, 0..=1, 0).ok_or(INVALID)? == 1;
    if module.ufs.size(&name).map_err(CommandError::Cme)?.is_some() {
        return Err(CommandError::Cme(code::EXISTS));
    }
    match module.ufs.free().map_err(CommandError::Cme)? {
        0 => return Err(CommandError::Cme(code::NO_SPACE)),
        free if size > free => return Err(CommandError::Cme(code::TOO_LARGE)),
        _ => {}
    }
    module.ufs.create(&name).map_err(CommandError::Cme)?;
    let file = FileUpload {
        name,
        start: 0,
        received: 0,
        size,
        checksum: Checksum::default(),
        ack,
        handle: None,
    };
    module.enter_data_mode(
        DataTransfer::FileUpload(file),
        None,
        Some(Duration::from_secs(timeout)),
    );
    Ok(Outcome::DataMode)
}

pub(super) fn qfwrite(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(["+QFWRITE: <filehandle>[,<length>[,<timeout>]]"]),
        Form::Write(args) if args.len() <= 3 => args,
        _ => return Err(CommandError::Error),
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
        .ok_or(CommandError::Cme(code::INVALID_HANDLE))?;
    if open.mode == OpenMode::ReadOnly {
        return Err(CommandError::Cme(code::READ_ONLY));
    }
    let (name, start) = (open.name.clone(), open.position);
    let file = FileUpload {
        name,
        start,
        received: 0,
        size,
        checksum: Checksum::default(),
        ack: false,
        handle: Some(handle),
    };
    module.enter_data_mode(
        DataTransfer::FileUpload(file),
        None,
        Some(Duration::from_secs(timeout)),
    );
    Ok(Outcome::DataMode)
}

impl Module {
    /// Moves the file pointer of QFWRITE behind the bytes written.
    pub(super) fn update_position(&mut self, file: &FileUpload) {
        if let Some(open) = file
            .handle
            .and_then(|handle| self.ufs.handles.get_mut(handle))
        {
            open.position = file.start + file.received;
        }
    }

    /// Returns to command mode.
    fn end_file_upload(&mut self) -> Option<FileUpload> {
        let Some(DataTransfer::FileUpload(file)) = self.leave_data_mode() else {
            return None;
        };
        self.update_position(&file);
        Some(file)
    }

    /// Prints the result line.
    fn file_result(&mut self, file: &FileUpload) {
        let text = if file.is_upload() {
            format!("+QFUPL: {},{}", file.received, file.checksum)
        } else {
            let total = self.ufs.size(&file.name).ok().flatten().unwrap_or(0);
            format!("+QFWRITE: {},{total}", file.received)
        };
        self.dce.info(&text);
    }

    /// All bytes have been received.
    pub(super) fn finish_file_upload(&mut self) {
        if let Some(file) = self.end_file_upload() {
            self.file_result(&file);
            self.send_ok();
            self.dce.release_urcs();
        }
    }

    /// Time-out: QFWRITE ends with OK; QFUPL prints its result line and then 421
    /// (docs/module/quirks.md U1).
    pub(crate) fn file_timeout(&mut self) {
        let Some(file) = self.end_file_upload() else {
            return;
        };
        let variant = if file.is_upload() {
            self.faults.text(Knob::QfuplTimeout, "").unwrap_or("both")
        } else {
            "ok"
        };
        let (result, refusal) = (variant != "cme", variant != "ok");
        if result {
            self.file_result(&file);
        }
        if refusal {
            self.send_error(CommandError::Cme(code::TIMEOUT))
        } else {
            self.send_ok()
        }
        self.dce.release_urcs();
    }
}
