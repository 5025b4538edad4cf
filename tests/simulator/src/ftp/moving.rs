//! A transfer under way: data between the server and the AT port or a local file
//! (docs/module/at-ftp.md §1.4, 2.5, 2.6, 2.11–2.13).

use std::time::Duration;

use super::Pending;
use super::codes::code;
use crate::fault::Knob;
use crate::module::{Kind, Module, Refusal};
use crate::remote::Request;

/// A download asks for more when fewer bytes than this wait for the line.
const BACKLOG: usize = 16 * 1024;

/// The module's end of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Local {
    /// The AT port.
    Com,
    /// A file of the module.
    File(String),
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The data connection is being opened.
    Opening,
    /// Bytes move.
    Moving,
    /// A segment is complete here, but not all of it is on its way to the server.
    Flushing,
    /// The data connection is being closed.
    Ending(End),
}

/// What the URC will say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// What the server says.
    Server,
    /// Success, whatever the server says: we stopped it ourselves.
    Enough,
    /// Nothing (docs/module/quirks.md F3).
    Aborted,
    /// This.
    Failed(u16, u16),
}

/// One transfer.
#[derive(Debug)]
pub(super) struct Moving {
    pub(super) command: &'static str,
    pub(super) up: bool,
    /// The server's name of it.
    pub(super) path: Vec<u8>,
    pub(super) local: Local,
    pub(super) start: u64,
    /// `<uploadlen>` or `<downloadlen>`.
    pub(super) limit: Option<u64>,
    /// `<beof>` is not 0.
    pub(super) last: bool,
    pub(super) phase: Phase,
    /// Bytes of this command so far.
    pub(super) count: u64,
    /// Bytes of an upload the server's side has not taken yet.
    pub(super) unsent: usize,
    /// A piece of a download has been asked for.
    pub(super) fetching: bool,
    /// A scripted end.
    pub(super) script: Option<(u16, u16)>,
}

impl Moving {
    pub(super) fn left(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.count))
    }
}

impl Module {
    /// The data connection is open: CONNECT, or the first piece of a file.
    pub(super) fn begin_moving(&mut self) {
        let silence = self.silence();
        let Some(moving) = self.ftp.moving_mut() else {
            return;
        };
        moving.phase = Phase::Moving;
        let (up, com, limit) = (moving.up, moving.local == Local::Com, moving.limit);
        if !com {
            return self.begin_file();
        }
        self.ftp.deadline = None;
        let kind = if up { Kind::Put } else { Kind::Get };
        self.enter_data_mode(kind, None, Some(silence));
        if limit == Some(0) {
            if up {
                self.end_upload()
            } else {
                self.stop_download()
            }
        } else if !up && self.is_empty_by_fault() {
            self.stop_download();
        }
    }

    /// The faults that make a download of nothing (docs/module/quirks.md F6).
    fn is_empty_by_fault(&mut self) -> bool {
        if !self.faults.strike(Knob::Preliminary) {
            return self.faults.strike(Knob::ConnectEmpty);
        }
        if let Some(moving) = self.ftp.moving_mut() {
            moving.script = Some((code::ACTION, 150));
        }
        true
    }

    /// The longest gap in data mode.
    fn silence(&self) -> Duration {
        self.faults
            .number(Knob::DataTimeout, 0)
            .map_or(self.ftp.timeout, Duration::from_millis)
    }

    fn begin_file(&mut self) {
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
        let Some(Moving {
            up: false,
            local: Local::File(name),
            ..
        }) = self.ftp.moving()
        else {
            return;
        };
        let name = name.clone();
        let exists = self.faults.is_on(Knob::GetExists) && self.ufs.size(&name) != Ok(None);
        if exists || self.ufs.create(&name).is_err() {
            self.stop_moving(End::Failed(code::LOCAL, 0));
        } else if self.is_empty_by_fault() {
            self.stop_moving(End::Enough);
        }
    }

    /// Asks the server's side to end the data connection.
    pub(super) fn stop_moving(&mut self, end: End) {
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
        if let Some(moving) = self.ftp.moving_mut() {
            moving.phase = Phase::Ending(end);
            self.requests.push_back(Request::End);
        }
    }

    /// Whether a fault keeps the transfer from moving on.
    pub(super) fn stalled(&self, count: u64) -> bool {
        self.faults
            .number(Knob::Stall, 0)
            .is_some_and(|limit| count >= limit)
    }

    /// Moves what can move; called after everything that may have made room.
    pub(crate) fn pump(&mut self) {
        let Some(moving) = self.ftp.moving() else {
            return;
        };
        if moving.phase != Phase::Moving || self.stalled(moving.count) {
            return;
        }
        match (&moving.local, moving.up) {
            (Local::Com, true) => {}
            (Local::File(name), true) => {
                let name = name.clone();
                self.pump_file(&name);
            }
            (local, false) => {
                let room = *local != Local::Com || self.te.backlog() < BACKLOG;
                if room && !moving.fetching {
                    if let Some(moving) = self.ftp.moving_mut() {
                        moving.fetching = true;
                    }
                    self.requests.push_back(Request::Fetch);
                }
            }
        }
    }

    /// Nothing moved for too long: 609, and what was sent is usually on the server.
    pub(crate) fn transfer_silent(&mut self) {
        self.leave_data_mode();
        self.say_ok();
        self.stop_moving(End::Failed(code::TIMEOUT, 0));
        self.te.release_urcs();
    }

    /// The transfer fails where it is, without asking the server any more.
    pub(super) fn fail_transfer(&mut self, err: u16) {
        let Some(moving) = self.ftp.moving() else {
            return;
        };
        match (moving.phase, &moving.local) {
            (Phase::Opening, Local::Com) => {
                self.answered();
                self.complete(Err(Refusal::Cme(err)));
            }
            (Phase::Moving, Local::Com) => {
                self.leave_data_mode();
                self.say_ok();
                self.finish_moving((err, 0));
                self.te.release_urcs();
            }
            (Phase::Ending(End::Aborted), _) => self.end_silently(),
            _ => self.finish_moving((err, 0)),
        }
    }

    /// The transfer is over and nothing is said about it.
    pub(super) fn end_silently(&mut self) {
        if let Pending::Transfer(moving) = self.answered() {
            self.ftp.moved = moving.count;
        }
    }

    /// The transfer is over: `0,<count>` or the failure.
    pub(super) fn finish_moving(&mut self, codes: (u16, u16)) {
        let Pending::Transfer(moving) = self.answered() else {
            return;
        };
        self.ftp.moved = moving.count;
        let text = match moving.script.unwrap_or(codes) {
            (0, _) => format!("{}: 0,{}", moving.command, moving.count),
            (err, reply) => format!("{}: {err},{reply}", moving.command),
        };
        self.ftp_urc(text);
    }
}
