//! What the remote side answers, told to whoever waits for it.

use super::Pending;
use super::codes::code;
use super::moving::{End, Local, Phase};
use crate::fault::Knob;
use crate::module::{Module, Outcome, Refusal};
use crate::remote::{Answer, Event, Failure, Request};

impl Module {
    /// An answer. Those that belong to a session of the past mean nothing.
    pub(crate) fn remote_event(&mut self, event: Event) {
        if let Answer::Resolved(result) = event.answer {
            return self.resolved(result);
        }
        if event.session != self.ftp.number {
            return;
        }
        match event.answer {
            Answer::Opened(result) => self.opened(result),
            Answer::Replied(result) => self.replied(result),
            Answer::Started(result) => self.started(result),
            Answer::Data(bytes) => self.downloaded(&bytes),
            Answer::Sent(count) => self.sent(count),
            Answer::Ended(result) => self.ended(result),
            Answer::Closed(_) => {
                self.drop_session();
                self.closed();
            }
            Answer::Resolved(_) => {}
        }
    }

    fn started(&mut self, result: Result<(), Failure>) {
        let Some(moving) = self.ftp.moving() else {
            return;
        };
        let (through_port, command) = (moving.local == Local::Com, moving.command);
        let failure = match result {
            Ok(()) => return self.begin_moving(),
            Err(failure) => failure,
        };
        let (err, reply) = self.ftp_failure(failure);
        if !through_port {
            return self.finish_moving((err, reply));
        }
        let missing = command == "+QFTPGET" && err == code::ACTION;
        match self
            .faults
            .text(Knob::GetMissing, "cme")
            .filter(|_| missing)
        {
            Some("connect") => {
                self.begin_moving();
                self.leave_data_mode();
                self.say_ok();
                self.finish_moving((err, reply));
                self.te.release_urcs();
            }
            Some("urc") => {
                self.finish_moving((err, reply));
                self.complete(Ok(Outcome::Silent));
            }
            _ => {
                self.answered();
                self.complete(Err(Refusal::Cme(err)));
            }
        }
    }

    fn sent(&mut self, count: usize) {
        let com = self
            .ftp
            .moving()
            .is_some_and(|moving| moving.local == Local::Com);
        if let Some(moving) = self.ftp.moving_mut() {
            moving.unsent = moving.unsent.saturating_sub(count);
        }
        if com {
            self.touch_data_mode()
        } else {
            self.ftp.deadline = Some(self.now + self.ftp.timeout)
        }
        self.flushed();
    }

    fn ended(&mut self, result: Result<(), Failure>) {
        if matches!(self.ftp.pending, Pending::Close) {
            self.ftp.segment = None;
            self.requests.push_back(Request::Close);
            return;
        }
        let Some(moving) = self.ftp.moving() else {
            return;
        };
        let codes = |module: &mut Self| match result {
            Ok(()) => (0, 0),
            Err(failure) => module.ftp_failure(failure),
        };
        match (moving.phase, &moving.local) {
            (Phase::Moving | Phase::Flushing, Local::Com) => {
                let in_data_mode = moving.phase == Phase::Moving;
                let codes = codes(self);
                if in_data_mode {
                    self.leave_data_mode();
                    self.say_ok();
                }
                self.finish_moving(codes);
                self.te.release_urcs();
            }
            (Phase::Ending(End::Aborted), _) => {
                codes(self);
                self.end_silently();
            }
            (Phase::Ending(End::Enough), _) => self.finish_moving((0, 0)),
            (Phase::Ending(End::Failed(err, reply)), _) => self.finish_moving((err, reply)),
            _ => {
                let codes = codes(self);
                self.finish_moving(codes);
            }
        }
    }
}
