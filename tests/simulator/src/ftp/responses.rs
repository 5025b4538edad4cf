//! Dispatches the responses of the remote side to the pending command (docs/module/at-ftp.md §1.2,
//! §2.6).

use super::Pending;
use super::codes::code;
use super::transfer::{LocalEnd, TransferEnd, TransferPhase};
use crate::fault::Knob;
use crate::module::{CommandError, Module, Outcome};
use crate::remote::{Event, Failure, Request, Response};

impl Module {
    /// Processes a response. Ignores those that belong to an earlier session.
    pub(crate) fn remote_event(&mut self, event: Event) {
        if let Response::Resolved(result) = event.response {
            return self.resolved(result);
        }
        if event.session != self.ftp.session_number {
            return;
        }
        match event.response {
            Response::Opened(result) => self.opened(result),
            Response::Replied(result) => self.replied(result),
            Response::Started(result) => self.started(result),
            Response::Data(bytes) => self.downloaded(&bytes),
            Response::Sent(count) => self.sent(count),
            Response::Ended(result) => self.ended(result),
            Response::Closed(_) => {
                self.drop_session();
                self.closed();
            }
            Response::Resolved(_) => {}
        }
    }

    /// The data connection is open, or could not be opened.
    fn started(&mut self, result: Result<(), Failure>) {
        let Some(transfer) = self.ftp.transfer() else {
            return;
        };
        let (through_port, command) = (transfer.local == LocalEnd::Com, transfer.command);
        let failure = match result {
            Ok(()) => return self.begin_transfer(),
            Err(failure) => failure,
        };
        let (err, reply) = self.ftp_failure(failure);
        if !through_port {
            return self.finish_transfer((err, reply));
        }
        let missing = command == "+QFTPGET" && err == code::ACTION;
        match self
            .faults
            .text(Knob::GetMissing, "cme")
            .filter(|_| missing)
        {
            Some("connect") => {
                self.begin_transfer();
                self.leave_data_mode();
                self.send_ok();
                self.finish_transfer((err, reply));
                self.dce.release_urcs();
            }
            Some("urc") => {
                self.finish_transfer((err, reply));
                self.complete_command(Ok(Outcome::NoAnswer));
            }
            _ => {
                self.take_pending();
                self.complete_command(Err(CommandError::Cme(err)));
            }
        }
    }

    /// The remote side has sent bytes of an upload.
    fn sent(&mut self, count: usize) {
        let com = self
            .ftp
            .transfer()
            .is_some_and(|transfer| transfer.local == LocalEnd::Com);
        if let Some(transfer) = self.ftp.transfer_mut() {
            transfer.unsent = transfer.unsent.saturating_sub(count);
        }
        if com {
            self.restart_data_timeout()
        } else {
            self.ftp.deadline = Some(self.now + self.ftp.timeout)
        }
        self.flushed();
    }

    /// The data connection is closed.
    fn ended(&mut self, result: Result<(), Failure>) {
        if matches!(self.ftp.pending, Pending::Close) {
            self.ftp.segment = None;
            self.requests.push_back(Request::Close);
            return;
        }
        let Some(transfer) = self.ftp.transfer() else {
            return;
        };
        let codes = |module: &mut Self| match result {
            Ok(()) => (0, 0),
            Err(failure) => module.ftp_failure(failure),
        };
        match (transfer.phase, &transfer.local) {
            (TransferPhase::Running | TransferPhase::Flushing, LocalEnd::Com) => {
                let in_data_mode = transfer.phase == TransferPhase::Running;
                let codes = codes(self);
                if in_data_mode {
                    self.leave_data_mode();
                    self.send_ok();
                }
                self.finish_transfer(codes);
                self.dce.release_urcs();
            }
            (TransferPhase::Ending(TransferEnd::Silent), _) => {
                codes(self);
                self.finish_silently();
            }
            (TransferPhase::Ending(TransferEnd::Success), _) => self.finish_transfer((0, 0)),
            (TransferPhase::Ending(TransferEnd::Failed(err, reply)), _) => {
                self.finish_transfer((err, reply))
            }
            _ => {
                let codes = codes(self);
                self.finish_transfer(codes);
            }
        }
    }
}
