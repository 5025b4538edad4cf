//! A transfer under way: data between the server and the AT port or a local file
//! (at-ftp.md 1.4, 2.5, 2.6, 2.11–2.13).

use std::time::Duration;

use super::codes::code;
use super::{Pending, Segment};
use crate::fault::Knob;
use crate::module::{Kind, Module, Refusal};
use crate::remote::Request;

/// Most bytes of an upload on their way to the server.
const UPLOAD_WINDOW: usize = 64 * 1024;
/// Bytes read at once from a local file.
const PIECE: usize = 8 * 1024;
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
    /// Nothing (quirks.md F3).
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
    fn left(&self) -> Option<u64> {
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

    /// The faults that make a download of nothing (quirks.md F6).
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
    fn stop_moving(&mut self, end: End) {
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
        if let Some(moving) = self.ftp.moving_mut() {
            moving.phase = Phase::Ending(end);
            self.requests.push_back(Request::End);
        }
    }

    /// Whether a fault keeps the transfer from moving on.
    fn stalled(&self, count: u64) -> bool {
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

    /// Sends the next pieces of a local file, or its end.
    fn pump_file(&mut self, name: &str) {
        while let Some(moving) = self.ftp.moving()
            && moving.unsent < UPLOAD_WINDOW
        {
            match self.ufs.read(name, moving.start + moving.count, PIECE) {
                Ok(piece) if piece.is_empty() => return self.stop_moving(End::Server),
                Ok(piece) => self.send_piece(piece),
                Err(_) => return self.stop_moving(End::Failed(code::LOCAL, 0)),
            }
        }
    }

    fn send_piece(&mut self, piece: Vec<u8>) {
        let Some(moving) = self.ftp.moving_mut() else {
            return;
        };
        moving.count += piece.len() as u64;
        moving.unsent += piece.len();
        self.requests.push_back(Request::Send(piece));
    }

    /// How much more of an upload there is room for.
    pub(crate) fn upload_window(&self) -> usize {
        self.ftp.moving().map_or(0, |moving| {
            if self.stalled(moving.count) {
                0
            } else {
                UPLOAD_WINDOW.saturating_sub(moving.unsent)
            }
        })
    }

    /// How many bytes complete the upload.
    pub(crate) fn upload_wanted(&self) -> Option<u64> {
        self.ftp.moving().and_then(Moving::left)
    }

    /// Bytes of the host for the server.
    pub(crate) fn upload(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.send_piece(bytes.to_vec());
        }
        self.count_upload(bytes.len());
        if self
            .ftp
            .moving()
            .is_some_and(|moving| moving.phase == Phase::Moving && moving.left() == Some(0))
        {
            self.end_upload();
        }
    }

    /// The host's part of an upload is complete: by its length, by `+++`, by DTR.
    pub(crate) fn end_upload(&mut self) {
        self.leave_data_mode();
        self.say_ok();
        match self.ftp.moving_mut() {
            Some(moving) if !moving.last => {
                moving.phase = Phase::Flushing;
                self.flushed();
            }
            _ => self.stop_moving(End::Server),
        }
        self.te.release_urcs();
    }

    /// A segment that is not the last ends when all of it left; its data connection stays.
    pub(super) fn flushed(&mut self) {
        let Some(moving) = self.ftp.moving() else {
            return;
        };
        if moving.phase == Phase::Flushing && moving.unsent == 0 {
            let next = moving.start + moving.count;
            self.ftp.segment = Some(Segment {
                path: moving.path.clone(),
                next,
            });
            self.finish_moving((0, 0));
        }
    }

    /// Bytes of the server.
    pub(super) fn downloaded(&mut self, bytes: &[u8]) {
        let Some(moving) = self.ftp.moving_mut() else {
            return;
        };
        moving.fetching = false;
        if moving.phase != Phase::Moving {
            return;
        }
        let room = moving
            .left()
            .and_then(|left| usize::try_from(left).ok())
            .unwrap_or(usize::MAX);
        let Some(mine) = bytes.get(..room.min(bytes.len())) else {
            return;
        };
        let offset = moving.count;
        match &moving.local {
            Local::Com => {
                moving.count += mine.len() as u64;
                self.send_data(mine);
                if self
                    .ftp
                    .moving()
                    .is_some_and(|m| m.phase == Phase::Moving && m.left() == Some(0))
                {
                    self.stop_download();
                }
            }
            Local::File(name) => {
                let name = name.clone();
                self.ftp.deadline = Some(self.now + self.ftp.timeout);
                match self.ufs.write(&name, offset, mine) {
                    Ok(()) => {
                        if let Some(moving) = self.ftp.moving_mut() {
                            moving.count += mine.len() as u64;
                        }
                    }
                    Err(_) => self.stop_moving(End::Failed(code::LOCAL, 0)),
                }
            }
        }
    }

    /// Enough of a download has come: OK now, the URC when the data connection is closed.
    fn stop_download(&mut self) {
        self.leave_data_mode();
        self.say_ok();
        self.stop_moving(End::Enough);
        self.te.release_urcs();
    }

    /// `+++` or DTR in a download: it is over, and usually nothing more is said about it (quirks.md F3).
    pub(crate) fn abort_download(&mut self) {
        self.leave_data_mode();
        self.say_ok();
        let end = match self.faults.text(Knob::AbortUrc, "") {
            None => End::Aborted,
            Some("") => End::Enough,
            Some(codes) => {
                let (err, reply) = codes.split_once(',').unwrap_or((codes, "0"));
                End::Failed(
                    err.parse().unwrap_or(code::UNKNOWN),
                    reply.parse().unwrap_or(0),
                )
            }
        };
        self.stop_moving(end);
        self.te.release_urcs();
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
