//! Data mode of the port: how it is entered and left, its time-out, and the faults that occur after
//! a number of bytes (docs/module/at-ftp.md §1.4, docs/module/at-file.md §2).

use std::time::{Duration, Instant};

use super::{DataModeUse, Mode, Module};
use crate::at::dce::Mark;
use crate::at::escape::EscapeDetector;
use crate::at::results::ResultCode;
use crate::at::transcript::Side;
use crate::cmd::file::{FileDownload, FileUpload};
use crate::fault::Knob;

/// Most bytes of the fault `surplus`.
const SURPLUS_LIMIT: u64 = 16 << 20;

/// The transfer that uses data mode.
#[derive(Debug)]
pub(crate) enum DataTransfer {
    /// QFTPPUT from the host; its state is in the FTP session.
    FtpUpload,
    /// QFTPGET, QFTPLIST, QFTPNLST, QFTPMLSD to the host.
    FtpDownload,
    /// QFUPL, QFWRITE
    FileUpload(FileUpload),
    /// QFDWL, QFREAD
    FileDownload(FileDownload),
}

/// One stay in data mode.
#[derive(Debug)]
pub(crate) struct DataMode {
    pub(crate) transfer: DataTransfer,
    escape: EscapeDetector,
    timeout: Option<Duration>,
    timeout_at: Option<Instant>,
    /// Bytes of this stay.
    count: u64,
    /// Bytes seen by the fault `lose-bytes`.
    counted_for_loss: u64,
}

impl DataMode {
    /// A byte moved: restarts the time-out.
    pub(crate) fn restart_timeout(&mut self, now: Instant) {
        self.timeout_at = self.timeout.map(|timeout| now + timeout);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        [self.escape.deadline(), self.timeout_at]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Module {
    /// Prints CONNECT, with `text` if the command has one, and enters data mode. `timeout` is the
    /// longest time without a byte.
    pub(crate) fn enter_data_mode(
        &mut self,
        transfer: DataTransfer,
        text: Option<String>,
        timeout: Option<Duration>,
    ) {
        let text = text.or_else(|| {
            self.faults
                .text(Knob::ConnectText, "150000000")
                .map(str::to_owned)
        });
        match text {
            Some(text) => self.dce.result_text(&format!("CONNECT {text}")),
            None => self.dce.result(ResultCode::Connect),
        }
        self.dce.mark(Mark::Connected);
        self.dce.enter_data_mode();
        self.statistics.data_mode = DataModeUse::default();
        let mut data = DataMode {
            transfer,
            escape: EscapeDetector::new(self.now),
            timeout,
            timeout_at: None,
            count: 0,
            counted_for_loss: 0,
        };
        data.restart_timeout(self.now);
        self.mode = Mode::Data(data);
    }

    /// Bytes moved between the module and the server: restarts the time-out.
    pub(crate) fn restart_data_timeout(&mut self) {
        if let Mode::Data(data) = &mut self.mode {
            data.restart_timeout(self.now);
        }
    }

    /// Returns to command mode without printing anything. Returns `None` if the port is not in data
    /// mode.
    pub(crate) fn leave_data_mode(&mut self) -> Option<DataTransfer> {
        let Mode::Data(data) = std::mem::replace(&mut self.mode, Mode::Command) else {
            return None;
        };
        match data.transfer {
            DataTransfer::FtpUpload | DataTransfer::FileUpload(_) => {
                self.statistics.data_mode.end = Some(self.now)
            }
            DataTransfer::FtpDownload | DataTransfer::FileDownload(_) => {
                self.dce.mark(Mark::DataEnd)
            }
        }
        self.dce.leave_data_mode();
        Some(data.transfer)
    }

    /// Sends bytes to the host and counts them, which may trigger a fault.
    pub(crate) fn send_data(&mut self, bytes: &[u8]) {
        self.dce.data(bytes);
        self.count_data(bytes.len());
    }

    /// The fault `surplus`: bytes behind the data.
    pub(crate) fn send_surplus(&mut self) {
        let count = self.faults.number(Knob::Surplus, 65536).unwrap_or(0);
        let count = usize::try_from(count.min(SURPLUS_LIMIT)).unwrap_or(0);
        self.dce.data(&vec![b'!'; count]);
    }

    fn count_data(&mut self, count: usize) {
        let Mode::Data(data) = &mut self.mode else {
            return;
        };
        data.count += count as u64;
        data.restart_timeout(self.now);
        let total = data.count;
        self.statistics.data_mode.bytes += count as u64;
        if self.faults.reached(Knob::ResetAfter, total) {
            self.restart("restarts during a transfer");
        } else if self.faults.reached(Knob::PdpdeactAfter, total) {
            self.lose_contexts();
        } else if self.faults.reached(Knob::DtrDrop, total) {
            self.interrupt_data_mode("DTR");
        }
    }

    /// How many bytes the module accepts in data mode now.
    pub(super) fn data_window(&self) -> usize {
        match &self.mode {
            Mode::Data(DataMode {
                transfer: DataTransfer::FtpUpload,
                ..
            }) => self.upload_window(),
            _ => super::input::WINDOW,
        }
    }

    /// Processes bytes in data mode; returns those that follow its end.
    pub(super) fn data_input<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Mode::Data(data) = &mut self.mode else {
            return bytes;
        };
        let checked = data.escape.feed(self.now, bytes);
        let held = data.escape.held() as u64;
        self.process_plus_signs(checked.released);
        if checked.held {
            // If the plus signs complete an upload of known length they are its last bytes.
            if self.remaining().is_some_and(|wanted| wanted <= held) {
                self.release_held();
            }
            return &[];
        }
        if !matches!(self.mode, Mode::Data(_)) {
            return bytes;
        }
        let accepted = self.payload(bytes);
        bytes.get(accepted..).unwrap_or(&[])
    }

    /// Processes the plus signs that were held back as data.
    fn release_held(&mut self) {
        if let Mode::Data(data) = &mut self.mode {
            let count = data.escape.release();
            self.process_plus_signs(count);
        }
    }

    fn process_plus_signs(&mut self, count: usize) {
        if let Some(plus) = b"+++".get(..count).filter(|plus| !plus.is_empty()) {
            self.payload(plus);
        }
    }

    /// How many bytes complete the upload, if its length is known.
    fn remaining(&self) -> Option<u64> {
        match &self.mode {
            Mode::Data(DataMode {
                transfer: DataTransfer::FtpUpload,
                ..
            }) => self.upload_remaining(),
            Mode::Data(DataMode {
                transfer: DataTransfer::FileUpload(file),
                ..
            }) => Some(file.remaining()),
            _ => None,
        }
    }

    /// Processes upload data. Returns how many of the bytes belonged to the upload.
    fn payload(&mut self, bytes: &[u8]) -> usize {
        let room = self.remaining().map_or(bytes.len(), |wanted| {
            usize::try_from(wanted).unwrap_or(usize::MAX)
        });
        let accepted = room.min(bytes.len());
        let Some(payload) = bytes.get(..accepted) else {
            return bytes.len();
        };
        self.dce.transcript.data(Side::Host, accepted);
        let rest = self.lose_bytes(payload);
        let payload = rest.as_deref().unwrap_or(payload);
        let Mode::Data(data) = &self.mode else {
            return accepted;
        };
        match data.transfer {
            DataTransfer::FtpUpload => self.upload(payload),
            DataTransfer::FileUpload(_) => self.file_input(payload),
            DataTransfer::FtpDownload | DataTransfer::FileDownload(_) => return bytes.len(),
        }
        accepted
    }

    /// Counts bytes of an upload; called before the end of the upload is processed.
    pub(crate) fn count_upload(&mut self, count: usize) {
        self.count_data(count);
    }

    /// The fault `lose-bytes`: the bytes that are not lost without flow control; `None` if it is
    /// off.
    fn lose_bytes(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let every = self
            .faults
            .number(Knob::LoseBytes, 1000)
            .filter(|_| self.dce.profile.flow != (2, 2))?
            .max(1);
        let Mode::Data(data) = &mut self.mode else {
            return None;
        };
        let mut keep = |_: &&u8| {
            data.counted_for_loss += 1;
            data.counted_for_loss % every != 0
        };
        Some(bytes.iter().filter(|byte| keep(byte)).copied().collect())
    }

    /// Ends data mode because of `+++`, DTR or ATH (docs/module/at-ftp.md §1.4,
    /// docs/module/at-file.md §2); `cause` is for the transcript.
    pub(crate) fn interrupt_data_mode(&mut self, cause: &str) {
        // Plus signs held back are data, as no escape sequence was completed.
        self.release_held();
        let Mode::Data(data) = &self.mode else { return };
        self.dce.transcript.note(&format!("{cause} ends data mode"));
        match data.transfer {
            DataTransfer::FtpUpload => self.end_upload(),
            DataTransfer::FtpDownload => self.abort_download(),
            DataTransfer::FileUpload(_) | DataTransfer::FileDownload(_) => self.interrupt_file(),
        }
    }

    /// Handles the end of the guard time and the time-out of data mode.
    pub(super) fn data_mode_timeout(&mut self) {
        let Mode::Data(data) = &mut self.mode else {
            return;
        };
        if data.escape.deadline().is_some_and(|at| at <= self.now) {
            if data.escape.timeout() {
                return self.interrupt_data_mode("+++");
            }
            self.release_held();
        }
        let Mode::Data(data) = &mut self.mode else {
            return;
        };
        if data.timeout_at.is_some_and(|at| at <= self.now) {
            data.timeout_at = None;
            match data.transfer {
                DataTransfer::FtpUpload | DataTransfer::FtpDownload => self.transfer_timeout(),
                DataTransfer::FileUpload(_) | DataTransfer::FileDownload(_) => self.file_timeout(),
            }
        }
    }
}
