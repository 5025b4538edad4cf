//! A running transfer between the server and the AT port or a UFS file: data mode, the end of the
//! data connection, time-outs and the URC (docs/module/at-ftp.md §1.4, §1.5).

use std::time::Duration;

use super::Pending;
use super::codes::code;
use crate::fault::Knob;
use crate::module::{CommandError, DataTransfer, Module};
use crate::remote::Request;

/// A download fetches more data when fewer bytes than this are queued for the host.
const BACKLOG: usize = 16 * 1024;

/// The module's end of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LocalEnd {
    /// The AT port.
    Com,
    /// A UFS file.
    File(String),
}

/// The phase of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferPhase {
    /// The data connection is being opened.
    Opening,
    /// Data is transferred.
    Running,
    /// All bytes of a segment that is not the last have been received; not all have been sent to
    /// the server.
    Flushing,
    /// The data connection is being closed.
    Ending(TransferEnd),
}

/// The result that the URC reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferEnd {
    /// The server's result.
    Server,
    /// Success, whatever the server replies: the module ended the transfer itself.
    Success,
    /// No URC (docs/module/quirks.md F3).
    Silent,
    /// This `<err>` and `<protocol_error>`.
    Failed(u16, u16),
}

/// A transfer.
#[derive(Debug)]
pub(super) struct FtpTransfer {
    pub(super) command: &'static str,
    pub(super) upload: bool,
    /// The path on the server.
    pub(super) path: Vec<u8>,
    pub(super) local: LocalEnd,
    /// `<startpos>`.
    pub(super) start: u64,
    /// `<uploadlen>` or `<downloadlen>`.
    pub(super) limit: Option<u64>,
    /// `<beof>` is not 0.
    pub(super) last_segment: bool,
    pub(super) phase: TransferPhase,
    /// Bytes transferred by this command so far.
    pub(super) count: u64,
    /// Bytes of an upload that the remote side has not confirmed yet.
    pub(super) unsent: usize,
    /// The next piece of a download has been requested.
    pub(super) fetch_pending: bool,
    /// The result set by the fault `fail` or `reply-150`.
    pub(super) scripted: Option<(u16, u16)>,
}

impl FtpTransfer {
    /// The number of bytes up to the limit, if there is one.
    pub(super) fn remaining(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.count))
    }
}

impl Module {
    /// The data connection is open: enters data mode, or starts with the UFS file.
    pub(super) fn begin_transfer(&mut self) {
        let timeout = self.data_timeout();
        let Some(transfer) = self.ftp.transfer_mut() else {
            return;
        };
        transfer.phase = TransferPhase::Running;
        let (upload, com, limit) = (
            transfer.upload,
            transfer.local == LocalEnd::Com,
            transfer.limit,
        );
        if !com {
            return self.begin_file();
        }
        self.ftp.deadline = None;
        let data_transfer = if upload {
            DataTransfer::FtpUpload
        } else {
            DataTransfer::FtpDownload
        };
        self.enter_data_mode(data_transfer, None, Some(timeout));
        if limit == Some(0) {
            if upload {
                self.end_upload()
            } else {
                self.stop_download()
            }
        } else if !upload && self.is_empty_by_fault() {
            self.stop_download();
        }
    }

    /// Whether the fault `reply-150` or `empty-data` makes a download empty
    /// (docs/module/quirks.md F6).
    fn is_empty_by_fault(&mut self) -> bool {
        if !self.faults.trigger(Knob::Preliminary) {
            return self.faults.trigger(Knob::ConnectEmpty);
        }
        if let Some(transfer) = self.ftp.transfer_mut() {
            transfer.scripted = Some((code::ACTION, 150));
        }
        true
    }

    /// The longest time without a byte in data mode.
    fn data_timeout(&self) -> Duration {
        self.faults
            .number(Knob::DataTimeout, 0)
            .map_or(self.ftp.timeout, Duration::from_millis)
    }

    /// Starts a transfer with a UFS file: creates the file of a download.
    fn begin_file(&mut self) {
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
        let Some(FtpTransfer {
            upload: false,
            local: LocalEnd::File(name),
            ..
        }) = self.ftp.transfer()
        else {
            return;
        };
        let name = name.clone();
        let exists = self.faults.is_on(Knob::GetExists) && self.ufs.size(&name) != Ok(None);
        if exists || self.ufs.create(&name).is_err() {
            self.end_data_connection(TransferEnd::Failed(code::LOCAL, 0));
        } else if self.is_empty_by_fault() {
            self.end_data_connection(TransferEnd::Success);
        }
    }

    /// Requests the end of the data connection; `end` is the result then.
    pub(super) fn end_data_connection(&mut self, end: TransferEnd) {
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
        if let Some(transfer) = self.ftp.transfer_mut() {
            transfer.phase = TransferPhase::Ending(end);
            self.requests.push_back(Request::End);
        }
    }

    /// Whether the fault `stall` stops the transfer at `count` bytes.
    pub(super) fn stalled(&self, count: u64) -> bool {
        self.faults
            .number(Knob::Stall, 0)
            .is_some_and(|limit| count >= limit)
    }

    /// Moves data as far as possible; called after every event that may have made room.
    pub(crate) fn pump_ftp(&mut self) {
        let Some(transfer) = self.ftp.transfer() else {
            return;
        };
        if transfer.phase != TransferPhase::Running || self.stalled(transfer.count) {
            return;
        }
        match (&transfer.local, transfer.upload) {
            (LocalEnd::Com, true) => {}
            (LocalEnd::File(name), true) => {
                let name = name.clone();
                self.pump_file(&name);
            }
            (local, false) => {
                let room = *local != LocalEnd::Com || self.dce.backlog() < BACKLOG;
                if room && !transfer.fetch_pending {
                    if let Some(transfer) = self.ftp.transfer_mut() {
                        transfer.fetch_pending = true;
                    }
                    self.requests.push_back(Request::Fetch);
                }
            }
        }
    }

    /// Time-out of data mode: 609. Bytes already sent stay on the server
    /// (docs/module/quirks.md F4).
    pub(crate) fn transfer_timeout(&mut self) {
        self.leave_data_mode();
        self.send_ok();
        self.end_data_connection(TransferEnd::Failed(code::TIMEOUT, 0));
        self.dce.release_urcs();
    }

    /// Lets the transfer fail in its current phase, without contacting the server.
    pub(super) fn fail_transfer(&mut self, err: u16) {
        let Some(transfer) = self.ftp.transfer() else {
            return;
        };
        match (transfer.phase, &transfer.local) {
            (TransferPhase::Opening, LocalEnd::Com) => {
                self.take_pending();
                self.complete_command(Err(CommandError::Cme(err)));
            }
            (TransferPhase::Running, LocalEnd::Com) => {
                self.leave_data_mode();
                self.send_ok();
                self.finish_transfer((err, 0));
                self.dce.release_urcs();
            }
            (TransferPhase::Ending(TransferEnd::Silent), _) => self.finish_silently(),
            _ => self.finish_transfer((err, 0)),
        }
    }

    /// Ends the transfer without a URC.
    pub(super) fn finish_silently(&mut self) {
        if let Pending::Transfer(transfer) = self.take_pending() {
            self.ftp.last_count = transfer.count;
        }
    }

    /// Ends the transfer with its URC: `0,<count>` or the error.
    pub(super) fn finish_transfer(&mut self, codes: (u16, u16)) {
        let Pending::Transfer(transfer) = self.take_pending() else {
            return;
        };
        self.ftp.last_count = transfer.count;
        let text = match transfer.scripted.unwrap_or(codes) {
            (0, _) => format!("{}: 0,{}", transfer.command, transfer.count),
            (err, reply) => format!("{}: {err},{reply}", transfer.command),
        };
        self.ftp_urc(text);
    }
}
