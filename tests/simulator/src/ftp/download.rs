//! Bytes of the server, to the AT port or to a local file (docs/module/at-ftp.md §2.6, 2.11–2.13).

use super::codes::code;
use super::moving::{End, Local, Phase};
use crate::fault::Knob;
use crate::module::Module;

impl Module {
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
    pub(super) fn stop_download(&mut self) {
        self.leave_data_mode();
        self.say_ok();
        self.stop_moving(End::Enough);
        self.te.release_urcs();
    }

    /// `+++` or DTR in a download: it is over, and usually nothing more is said about it (docs/module/quirks.md F3).
    pub(crate) fn abort_download(&mut self) {
        self.te.drop_data();
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
}
