//! The FILE commands (docs/module/at-file.md §3).

mod download;
mod handles;
mod storage;
mod upload;

pub(crate) use download::FileDownload;
pub(crate) use upload::FileUpload;

use super::Handler;
use crate::module::{CommandError, DataTransfer, Mode, Module};
use crate::ufs::code;

/// The handler of a FILE command.
pub(crate) fn handler(name: &str) -> Option<Handler> {
    Some(match name {
        "+QFLDS" => storage::qflds,
        "+QFLST" => storage::qflst,
        "+QFDEL" => storage::qfdel,
        "+QFUPL" => upload::qfupl,
        "+QFWRITE" => upload::qfwrite,
        "+QFDWL" => download::qfdwl,
        "+QFREAD" => download::qfread,
        "+QFOPEN" => handles::qfopen,
        "+QFSEEK" => handles::qfseek,
        "+QFPOSITION" => handles::qfposition,
        "+QFTUCAT" => handles::qftucat,
        "+QFCLOSE" => handles::qfclose,
        _ => return None,
    })
}

/// The error for a missing or invalid parameter.
const INVALID: CommandError = CommandError::Cme(code::INVALID_INPUT);

impl Module {
    /// `+++` or DTR: the command ends without its result line; data already received stays in the
    /// file (docs/module/at-file.md §2).
    pub(crate) fn interrupt_file(&mut self) {
        match self.leave_data_mode() {
            Some(DataTransfer::FileUpload(file)) => self.update_position(&file),
            _ => self.dce.drop_data(),
        }
        self.send_ok();
        self.dce.release_urcs();
    }

    /// Writes bytes of the host to the file.
    pub(crate) fn file_input(&mut self, bytes: &[u8]) {
        let Mode::Data(data) = &mut self.mode else {
            return;
        };
        let DataTransfer::FileUpload(file) = &mut data.transfer else {
            return;
        };
        let acks = file.acknowledgements(bytes.len(), &self.faults);
        let (name, at) = (file.name.clone(), file.start + file.received);
        let corrupt = file.received == 0
            && file.is_upload()
            && self.faults.trigger(crate::fault::Knob::CorruptFile);
        let mut copy = Vec::new();
        let bytes = if corrupt {
            copy.extend(
                bytes
                    .iter()
                    .enumerate()
                    .map(|(index, byte)| if index == 0 { byte ^ 1 } else { *byte }),
            );
            &copy
        } else {
            bytes
        };
        file.add(bytes);
        if let Err(code) = self.ufs.write(&name, at, bytes) {
            self.leave_data_mode();
            self.send_error(CommandError::Cme(code));
            return self.dce.release_urcs();
        }
        self.dce.raw(&vec![b'A'; acks]);
        self.count_upload(bytes.len());
        if let Mode::Data(data) = &self.mode
            && let DataTransfer::FileUpload(file) = &data.transfer
            && file.remaining() == 0
        {
            self.finish_file_upload();
        }
    }
}
