//! Downloads and listings: data of the server to the AT port or to a UFS file
//! (docs/module/at-ftp.md §2.6, §2.11, §2.12, §2.13).

use super::codes::code;
use super::transfer::{LocalEnd, TransferEnd, TransferPhase};
use crate::fault::Knob;
use crate::module::Module;

impl Module {
    /// Passes received bytes on.
    pub(super) fn downloaded(&mut self, bytes: &[u8]) {
        let Some(transfer) = self.ftp.transfer_mut() else {
            return;
        };
        transfer.fetch_pending = false;
        if transfer.phase != TransferPhase::Running {
            return;
        }
        let room = transfer
            .remaining()
            .and_then(|left| usize::try_from(left).ok())
            .unwrap_or(usize::MAX);
        let Some(wanted) = bytes.get(..room.min(bytes.len())) else {
            return;
        };
        let offset = transfer.count;
        match &transfer.local {
            LocalEnd::Com => {
                transfer.count += wanted.len() as u64;
                self.send_data(wanted);
                if self
                    .ftp
                    .transfer()
                    .is_some_and(|m| m.phase == TransferPhase::Running && m.remaining() == Some(0))
                {
                    self.stop_download();
                }
            }
            LocalEnd::File(name) => {
                let name = name.clone();
                self.ftp.deadline = Some(self.now + self.ftp.timeout);
                match self.ufs.write(&name, offset, wanted) {
                    Ok(()) => {
                        if let Some(transfer) = self.ftp.transfer_mut() {
                            transfer.count += wanted.len() as u64;
                        }
                    }
                    Err(_) => self.end_data_connection(TransferEnd::Failed(code::LOCAL, 0)),
                }
            }
        }
    }

    /// Ends a download before the server does: OK now, the URC when the data connection is closed.
    pub(super) fn stop_download(&mut self) {
        self.send_surplus();
        self.leave_data_mode();
        self.send_ok();
        self.end_data_connection(TransferEnd::Success);
        self.dce.release_urcs();
    }

    /// `+++` or DTR aborts a download: OK, and no URC unless the fault `abort-urc` is on
    /// (docs/module/quirks.md F3).
    pub(crate) fn abort_download(&mut self) {
        self.dce.drop_data();
        self.leave_data_mode();
        self.send_ok();
        let end = match self.faults.text(Knob::AbortUrc, "") {
            None => TransferEnd::Silent,
            Some("") => TransferEnd::Success,
            Some(codes) => {
                let (err, reply) = codes.split_once(',').unwrap_or((codes, "0"));
                TransferEnd::Failed(
                    err.parse().unwrap_or(code::UNKNOWN),
                    reply.parse().unwrap_or(0),
                )
            }
        };
        self.end_data_connection(end);
        self.dce.release_urcs();
    }
}
