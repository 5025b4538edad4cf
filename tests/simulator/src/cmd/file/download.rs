//! Files to the host: QFDWL (docs/module/at-file.md §3.5) and QFREAD (docs/module/at-file.md §3.8).

use super::INVALID;
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, DataTransfer, Mode, Module, Outcome};
use crate::ufs::{Checksum, NAME_LIMIT, Ufs, code};

/// Bytes read from the file at once.
const PIECE: usize = 8 * 1024;
/// More is read when fewer bytes than this are queued for the host.
const BACKLOG: usize = 16 * 1024;

/// The state of QFDWL or QFREAD in data mode.
#[derive(Debug)]
pub(crate) struct FileDownload {
    name: String,
    position: u64,
    end: u64,
    sent: u64,
    checksum: Checksum,
    /// The handle of QFREAD; `None` for QFDWL.
    handle: Option<u64>,
}

pub(super) fn qfdwl(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(["+QFDWL: <filename>"]),
        Form::Write(args) if args.len() == 1 => args,
        _ => return Err(CommandError::Error),
    };
    let name = Ufs::check_name(args.text(0, NAME_LIMIT), NAME_LIMIT)
        .map_err(CommandError::Cme)?
        .to_owned();
    let end = module
        .ufs
        .size(&name)
        .map_err(CommandError::Cme)?
        .ok_or(CommandError::Cme(code::NOT_FOUND))?;
    let file = FileDownload {
        name,
        position: 0,
        end,
        sent: 0,
        checksum: Checksum::default(),
        handle: None,
    };
    module.enter_data_mode(DataTransfer::FileDownload(file), None, None);
    Ok(Outcome::DataMode)
}

pub(super) fn qfread(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return module.answer(["+QFREAD: <filehandle>[,<length>]"]),
        Form::Write(args) if args.len() <= 2 => args,
        _ => return Err(CommandError::Error),
    };
    let handle = args.number(0).ok_or(INVALID)?;
    let length = args.within_or(1, 1..=u64::MAX, u64::MAX).ok_or(INVALID)?;
    let open = module
        .ufs
        .handles
        .get(handle)
        .ok_or(CommandError::Cme(code::INVALID_HANDLE))?;
    let (name, position) = (open.name.clone(), open.position);
    let size = module
        .ufs
        .size(&name)
        .map_err(CommandError::Cme)?
        .ok_or(CommandError::Cme(code::NOT_FOUND))?;
    let length = length.min(size.saturating_sub(position));
    if length == 0 {
        return Err(CommandError::Cme(code::READ_ZERO));
    }
    let file = FileDownload {
        name,
        position,
        end: position + length,
        sent: 0,
        checksum: Checksum::default(),
        handle: Some(handle),
    };
    let announced = module.faults.number(Knob::Announce, length);
    let announced = announced.unwrap_or(length).to_string();
    module.enter_data_mode(DataTransfer::FileDownload(file), Some(announced), None);
    Ok(Outcome::DataMode)
}

impl Module {
    /// Sends data of the file as far as the output queue has room, and the result at its end.
    pub(crate) fn pump_file_download(&mut self) {
        while self.dce.backlog() < BACKLOG {
            let Mode::Data(data) = &mut self.mode else {
                return;
            };
            let DataTransfer::FileDownload(file) = &mut data.transfer else {
                return;
            };
            let room = usize::try_from(file.end - file.position)
                .unwrap_or(PIECE)
                .min(PIECE);
            let piece = match self.ufs.read(&file.name, file.position, room) {
                Ok(piece) if !piece.is_empty() => piece,
                _ => return self.finish_file_download(),
            };
            file.position += piece.len() as u64;
            file.sent += piece.len() as u64;
            file.checksum.update(&piece);
            self.send_data(&piece);
        }
    }

    fn finish_file_download(&mut self) {
        self.send_surplus();
        let Some(DataTransfer::FileDownload(file)) = self.leave_data_mode() else {
            return;
        };
        match file.handle {
            Some(handle) => {
                if let Some(open) = self.ufs.handles.get_mut(handle) {
                    open.position = file.position;
                }
            }
            None => self
                .dce
                .info(&format!("+QFDWL: {},{}", file.sent, file.checksum)),
        }
        self.send_ok();
        self.dce.release_urcs();
    }
}
