//! Bytes on their way to the server, from the AT port or from a local file (docs/module/at-ftp.md §2.5).

use super::Segment;
use super::codes::code;
use super::moving::{End, Moving, Phase};
use crate::module::Module;
use crate::remote::Request;

/// Most bytes of an upload on their way to the server.
const UPLOAD_WINDOW: usize = 64 * 1024;
/// Bytes read at once from a local file.
const PIECE: usize = 8 * 1024;

impl Module {
    /// Sends the next pieces of a local file, or its end.
    pub(super) fn pump_file(&mut self, name: &str) {
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
                self.ftp.deadline = Some(self.now + self.ftp.timeout);
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
}
