//! The FILE commands (docs/module/at-file.md §3).

mod download;
mod handles;
mod storage;
mod upload;

pub(crate) use download::FileDown;
pub(crate) use upload::FileUp;

use super::Handler;
use crate::module::{Kind, Mode, Module, Refusal};
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

/// A parameter that is missing or out of its range.
const INVALID: Refusal = Refusal::Cme(code::INVALID_INPUT);

impl Module {
    /// `+++` or DTR: the command ends without its result line; what came stays (docs/module/at-file.md §2).
    pub(crate) fn interrupt_file(&mut self) {
        match self.leave_data_mode() {
            Some(Kind::FileUp(file)) => self.keep_position(&file),
            _ => self.te.drop_data(),
        }
        self.say_ok();
        self.te.release_urcs();
    }

    /// Bytes of the host for a file.
    pub(crate) fn file_input(&mut self, bytes: &[u8]) {
        let Mode::Data(data) = &mut self.mode else {
            return;
        };
        let Kind::FileUp(file) = &mut data.kind else {
            return;
        };
        let acks = file.acknowledgements(bytes.len(), &self.faults);
        let (name, at) = (file.name.clone(), file.start + file.got);
        let corrupt = file.got == 0
            && file.is_upload()
            && self.faults.strike(crate::fault::Knob::CorruptFile);
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
        file.take(bytes);
        if let Err(code) = self.ufs.write(&name, at, bytes) {
            self.leave_data_mode();
            self.refuse(Refusal::Cme(code));
            return self.te.release_urcs();
        }
        self.te.raw(&vec![b'A'; acks]);
        self.count_upload(bytes.len());
        if let Mode::Data(data) = &self.mode
            && let Kind::FileUp(file) = &data.kind
            && file.wanted() == 0
        {
            self.finish_file_up();
        }
    }
}
