//! The port while it carries data: the ways in and out, the silence that ends it, and the faults
//! that strike after so many bytes (docs/module/at-ftp.md §1.4, docs/module/at-file.md §2).

use std::time::{Duration, Instant};

use super::{DataModeUse, Mode, Module};
use crate::at::escape::Escape;
use crate::at::terminal::{Mark, ResultCode};
use crate::at::transcript::Side;
use crate::cmd::file::{FileDown, FileUp};
use crate::fault::Knob;

/// What the bytes are for.
#[derive(Debug)]
pub(crate) enum Kind {
    /// QFTPPUT from the host; the rest is known to the FTP session.
    Put,
    /// QFTPGET, QFTPLIST, QFTPNLST, QFTPMLSD to the host.
    Get,
    /// QFUPL, QFWRITE
    FileUp(FileUp),
    /// QFDWL, QFREAD
    FileDown(FileDown),
}

/// One stay in data mode.
#[derive(Debug)]
pub(crate) struct DataMode {
    pub(crate) kind: Kind,
    escape: Escape,
    silence: Option<Duration>,
    silent_at: Option<Instant>,
    moved: u64,
    lost: u64,
}

impl DataMode {
    /// Something moved: the silence begins anew.
    pub(crate) fn touch(&mut self, now: Instant) {
        self.silent_at = self.silence.map(|silence| now + silence);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        [self.escape.deadline(), self.silent_at]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Module {
    /// Says CONNECT, with `text` where the command has one; what follows is data.
    /// After `silence` without a byte the stay times out.
    pub(crate) fn enter_data_mode(
        &mut self,
        kind: Kind,
        text: Option<String>,
        silence: Option<Duration>,
    ) {
        let text = text.or_else(|| {
            self.faults
                .text(Knob::ConnectText, "150000000")
                .map(str::to_owned)
        });
        match text {
            Some(text) => self.te.result_text(&format!("CONNECT {text}")),
            None => self.te.result(ResultCode::Connect),
        }
        self.te.mark(Mark::Connected);
        self.te.enter_data_mode();
        self.statistics.data_mode = DataModeUse::default();
        let mut data = DataMode {
            kind,
            escape: Escape::new(self.now),
            silence,
            silent_at: None,
            moved: 0,
            lost: 0,
        };
        data.touch(self.now);
        self.mode = Mode::Data(data);
    }

    /// Something moved on the other side: the silence begins anew.
    pub(crate) fn touch_data_mode(&mut self) {
        if let Mode::Data(data) = &mut self.mode {
            data.touch(self.now);
        }
    }

    /// Back to command mode; nothing is said yet. A second call does nothing.
    pub(crate) fn leave_data_mode(&mut self) -> Option<Kind> {
        let Mode::Data(data) = std::mem::replace(&mut self.mode, Mode::Command) else {
            return None;
        };
        match data.kind {
            Kind::Put | Kind::FileUp(_) => self.statistics.data_mode.end = Some(self.now),
            Kind::Get | Kind::FileDown(_) => self.te.mark(Mark::DataEnd),
        }
        self.te.leave_data_mode();
        Some(data.kind)
    }

    /// Bytes for the host. Counted, and cut off where a fault strikes.
    pub(crate) fn send_data(&mut self, bytes: &[u8]) {
        self.te.data(bytes);
        self.count_data(bytes.len());
    }

    fn count_data(&mut self, count: usize) {
        let Mode::Data(data) = &mut self.mode else {
            return;
        };
        data.moved += count as u64;
        data.touch(self.now);
        let moved = data.moved;
        self.statistics.data_mode.bytes += count as u64;
        if self.faults.reached(Knob::ResetAfter, moved) {
            self.restart("restarts in mid-transfer");
        } else if self.faults.reached(Knob::PdpdeactAfter, moved) {
            self.lose_contexts();
        } else if self.faults.reached(Knob::DtrDrop, moved) {
            self.interrupt_data_mode("DTR");
        }
    }

    /// How much of an upload fits into the module now.
    pub(super) fn data_window(&self) -> usize {
        match &self.mode {
            Mode::Data(DataMode {
                kind: Kind::Put, ..
            }) => self.upload_window(),
            _ => super::input::WINDOW,
        }
    }

    /// Takes bytes in data mode; gives back those that came after its end.
    pub(super) fn data_input<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Mode::Data(data) = &mut self.mode else {
            return bytes;
        };
        let passed = data.escape.feed(self.now, bytes);
        let held = data.escape.held() as u64;
        self.plus_signs(passed.released);
        if passed.held {
            // Plus signs that complete a counted upload are its last bytes, whatever the pause before them.
            if self.wanted().is_some_and(|wanted| wanted <= held) {
                self.release_held();
            }
            return &[];
        }
        if !matches!(self.mode, Mode::Data(_)) {
            return bytes;
        }
        let taken = self.payload(bytes);
        bytes.get(taken..).unwrap_or(&[])
    }

    /// Held plus signs turn out to be data.
    fn release_held(&mut self) {
        if let Mode::Data(data) = &mut self.mode {
            let count = data.escape.release();
            self.plus_signs(count);
        }
    }

    fn plus_signs(&mut self, count: usize) {
        if let Some(plus) = b"+++".get(..count).filter(|plus| !plus.is_empty()) {
            self.payload(plus);
        }
    }

    /// How many bytes complete the upload, where that is known.
    fn wanted(&self) -> Option<u64> {
        match &self.mode {
            Mode::Data(DataMode {
                kind: Kind::Put, ..
            }) => self.upload_wanted(),
            Mode::Data(DataMode {
                kind: Kind::FileUp(file),
                ..
            }) => Some(file.wanted()),
            _ => None,
        }
    }

    /// Hands data to whoever collects it. Returns how much belonged to it.
    fn payload(&mut self, bytes: &[u8]) -> usize {
        let room = self.wanted().map_or(bytes.len(), |wanted| {
            usize::try_from(wanted).unwrap_or(usize::MAX)
        });
        let taken = room.min(bytes.len());
        let Some(mine) = bytes.get(..taken) else {
            return bytes.len();
        };
        self.te.transcript.data(Side::Host, taken);
        let survivors = self.overrun(mine);
        let mine = survivors.as_deref().unwrap_or(mine);
        let Mode::Data(data) = &self.mode else {
            return taken;
        };
        match data.kind {
            Kind::Put => self.upload(mine),
            Kind::FileUp(_) => self.file_input(mine),
            Kind::Get | Kind::FileDown(_) => return bytes.len(),
        }
        taken
    }

    /// Counts the bytes of an upload, before what they complete is decided.
    pub(crate) fn count_upload(&mut self, count: usize) {
        self.count_data(count);
    }

    /// The fault `lose-bytes`: what is left of a run without flow control.
    fn overrun(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let every = self
            .faults
            .number(Knob::LoseBytes, 1000)
            .filter(|_| self.te.profile.flow != (2, 2))?
            .max(1);
        let Mode::Data(data) = &mut self.mode else {
            return None;
        };
        let mut keep = |_: &&u8| {
            data.lost += 1;
            data.lost % every != 0
        };
        Some(bytes.iter().filter(|byte| keep(byte)).copied().collect())
    }

    /// `+++` or DTR, as `by` tells the dialogue: data mode ends where it is (docs/module/at-ftp.md §1.4,
    /// docs/module/at-file.md §2).
    pub(crate) fn interrupt_data_mode(&mut self, by: &str) {
        // Plus signs that might have become an escape and did not.
        self.release_held();
        let Mode::Data(data) = &self.mode else { return };
        self.te.transcript.note(&format!("{by} ends data mode"));
        match data.kind {
            Kind::Put => self.end_upload(),
            Kind::Get => self.abort_download(),
            Kind::FileUp(_) | Kind::FileDown(_) => self.interrupt_file(),
        }
    }

    /// Guard time over, or too long without a byte.
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
        if data.silent_at.is_some_and(|at| at <= self.now) {
            data.silent_at = None;
            match data.kind {
                Kind::Put | Kind::Get => self.transfer_silent(),
                Kind::FileUp(_) | Kind::FileDown(_) => self.file_silent(),
            }
        }
    }
}
