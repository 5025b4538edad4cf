//! File → host: QFDWL with its checksum, QFREAD with its length ahead (docs/module/at-file.md §3.5, 3.8).

use super::INVALID;
use crate::at::parse::Form;
use crate::module::{Answer, Kind, Mode, Module, Outcome, Refusal};
use crate::ufs::{Checksum, NAME_LIMIT, Ufs, code};

/// Bytes read at once.
const PIECE: usize = 8 * 1024;
/// More is read when fewer bytes than this wait for the line.
const BACKLOG: usize = 16 * 1024;

/// A file that is being sent to the host.
#[derive(Debug)]
pub(crate) struct FileDown {
    name: String,
    position: u64,
    end: u64,
    sent: u64,
    checksum: Checksum,
    /// QFREAD's handle; `None` is QFDWL.
    handle: Option<u64>,
}

pub(super) fn qfdwl(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => return module.say(["+QFDWL: <filename>"]),
        Form::Write(args) if args.len() == 1 => args,
        _ => return Err(Refusal::Error),
    };
    let name = Ufs::check_name(args.text(0, NAME_LIMIT), NAME_LIMIT)
        .map_err(Refusal::Cme)?
        .to_owned();
    let end = module
        .ufs
        .size(&name)
        .map_err(Refusal::Cme)?
        .ok_or(Refusal::Cme(code::NOT_FOUND))?;
    let file = FileDown {
        name,
        position: 0,
        end,
        sent: 0,
        checksum: Checksum::default(),
        handle: None,
    };
    module.enter_data_mode(Kind::FileDown(file), None, None);
    Ok(Outcome::Connected)
}

pub(super) fn qfread(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => return module.say(["+QFREAD: <filehandle>[,<length>]"]),
        Form::Write(args) if args.len() <= 2 => args,
        _ => return Err(Refusal::Error),
    };
    let handle = args.number(0).ok_or(INVALID)?;
    let length = args.within_or(1, 1..=u64::MAX, u64::MAX).ok_or(INVALID)?;
    let open = module
        .ufs
        .handles
        .get(handle)
        .ok_or(Refusal::Cme(code::INVALID_HANDLE))?;
    let (name, position) = (open.name.clone(), open.position);
    let size = module
        .ufs
        .size(&name)
        .map_err(Refusal::Cme)?
        .ok_or(Refusal::Cme(code::NOT_FOUND))?;
    let length = length.min(size.saturating_sub(position));
    if length == 0 {
        return Err(Refusal::Cme(code::READ_ZERO));
    }
    let file = FileDown {
        name,
        position,
        end: position + length,
        sent: 0,
        checksum: Checksum::default(),
        handle: Some(handle),
    };
    module.enter_data_mode(Kind::FileDown(file), Some(length.to_string()), None);
    Ok(Outcome::Connected)
}

impl Module {
    /// Sends what the line has room for; at the end the result.
    pub(crate) fn pump_file_down(&mut self) {
        while self.te.backlog() < BACKLOG {
            let Mode::Data(data) = &mut self.mode else {
                return;
            };
            let Kind::FileDown(file) = &mut data.kind else {
                return;
            };
            let room = usize::try_from(file.end - file.position)
                .unwrap_or(PIECE)
                .min(PIECE);
            let piece = match self.ufs.read(&file.name, file.position, room) {
                Ok(piece) if !piece.is_empty() => piece,
                _ => return self.finish_file_down(),
            };
            file.position += piece.len() as u64;
            file.sent += piece.len() as u64;
            file.checksum.update(&piece);
            self.send_data(&piece);
        }
    }

    fn finish_file_down(&mut self) {
        let Some(Kind::FileDown(file)) = self.leave_data_mode() else {
            return;
        };
        match file.handle {
            Some(handle) => {
                if let Some(open) = self.ufs.handles.get_mut(handle) {
                    open.position = file.position;
                }
            }
            None => self
                .te
                .info(&format!("+QFDWL: {},{}", file.sent, file.checksum)),
        }
        self.say_ok();
        self.te.release_urcs();
    }
}
