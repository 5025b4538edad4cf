//! Uploads from the AT port or from a UFS file to the server (docs/module/at-ftp.md §2.5).

use super::Segment;
use super::codes::code;
use super::transfer::{FtpTransfer, TransferEnd, TransferPhase};
use crate::fault::Knob;
use crate::module::Module;
use crate::remote::Request;

/// Most bytes of an upload that the remote side has not confirmed.
const UPLOAD_WINDOW: usize = 64 * 1024;
/// Bytes read at once from a UFS file.
const PIECE: usize = 8 * 1024;

impl Module {
    /// Sends the next pieces of a UFS file, or ends the upload at the end of the file.
    pub(super) fn pump_file(&mut self, name: &str) {
        while let Some(transfer) = self.ftp.transfer()
            && transfer.unsent < UPLOAD_WINDOW
        {
            match self.ufs.read(name, transfer.start + transfer.count, PIECE) {
                Ok(piece) if piece.is_empty() => {
                    return self.end_data_connection(TransferEnd::Server);
                }
                Ok(piece) => self.send_piece(piece),
                Err(_) => return self.end_data_connection(TransferEnd::Failed(code::LOCAL, 0)),
            }
        }
    }

    fn send_piece(&mut self, piece: Vec<u8>) {
        let Some(transfer) = self.ftp.transfer_mut() else {
            return;
        };
        transfer.count += piece.len() as u64;
        transfer.unsent += piece.len();
        self.requests.push_back(Request::Send(piece));
    }

    /// How many more bytes of an upload are accepted.
    pub(crate) fn upload_window(&self) -> usize {
        self.ftp.transfer().map_or(0, |transfer| {
            if self.stalled(transfer.count) {
                0
            } else {
                UPLOAD_WINDOW.saturating_sub(transfer.unsent)
            }
        })
    }

    /// How many bytes complete the upload, if its length is known.
    pub(crate) fn upload_remaining(&self) -> Option<u64> {
        self.ftp.transfer().and_then(FtpTransfer::remaining)
    }

    /// Sends bytes of the host to the server.
    pub(crate) fn upload(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.send_piece(bytes.to_vec());
        }
        self.count_upload(bytes.len());
        if self.ftp.transfer().is_some_and(|transfer| {
            transfer.phase == TransferPhase::Running && transfer.remaining() == Some(0)
        }) {
            self.end_upload();
        }
    }

    /// The host has sent all bytes of an upload: by its length, `+++` or DTR.
    pub(crate) fn end_upload(&mut self) {
        self.leave_data_mode();
        self.send_ok();
        let stays = !self.faults.is_on(Knob::SegmentReconnects);
        match self.ftp.transfer_mut() {
            Some(transfer) if stays && !transfer.last_segment => {
                transfer.phase = TransferPhase::Flushing;
                self.ftp.deadline = Some(self.now + self.ftp.timeout);
                self.flushed();
            }
            _ => self.end_data_connection(TransferEnd::Server),
        }
        self.dce.release_urcs();
    }

    /// Ends a segment that is not the last when all its bytes have been sent; the data connection
    /// stays open.
    pub(super) fn flushed(&mut self) {
        let Some(transfer) = self.ftp.transfer() else {
            return;
        };
        if transfer.phase == TransferPhase::Flushing && transfer.unsent == 0 {
            let next = transfer.start + transfer.count;
            self.ftp.segment = Some(Segment {
                path: transfer.path.clone(),
                next,
            });
            self.finish_transfer((0, 0));
        }
    }
}
