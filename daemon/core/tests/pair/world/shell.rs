//! The shell played: what the engine asks for is done, the way the daemon does it.

use modem_ftp_core::api::output::Output;
use modem_ftp_core::api::payload_sink::PayloadSink;
use virtual_bg96::module::Injection;

use super::World;
use super::locals::Progress;
use super::observe::check_secrets;

/// Payload that was asked for by nobody.
struct Nobody;

impl PayloadSink for Nobody {
    fn write(&mut self, bytes: &[u8]) {
        assert!(bytes.is_empty(), "payload without a sink");
    }
}

impl World {
    /// The tty is there.
    pub fn open_line(&mut self) {
        self.line.open = true;
        let lines = self.line.modem_lines;
        self.engine.line_opened(self.now(), lines);
    }

    /// The tty goes away.
    pub fn close_line(&mut self, reason: &str) {
        self.line.close();
        self.locals.stop_pump();
        self.engine.line_closed(self.now(), reason);
    }

    /// Does one thing the engine wants done.
    pub(super) fn carry_out(&mut self, output: Output) {
        let now = self.now();
        match output {
            Output::Write(bytes) => {
                if self.line.open {
                    self.line.write(&bytes);
                }
            }
            Output::Dtr(asserted) => {
                assert!(self.line.modem_lines, "DTR on a port without it");
                self.seen.dtr.push(asserted);
                self.port.set_dtr(self.now, asserted);
            }
            Output::SetRate(rate) => {
                self.seen.rates.push(rate);
                self.line.set_rate(rate);
            }
            Output::Drain => self.line.drain(),
            Output::Flush => self.line.flush(),
            Output::Pump {
                handle,
                offset,
                length,
                window,
                text,
            } => self.locals.start_pump(handle, offset, length, window, text),
            Output::Grant => self.locals.grant(),
            Output::StopPump => self.locals.stop_pump(),
            Output::Receive {
                handle,
                offset,
                text,
            } => self.locals.receive(handle, offset, text),
            Output::Commit {
                handle,
                fail_if_exists,
            } => {
                let result = self.locals.commit(handle, fail_if_exists);
                self.engine.committed(now, handle, result);
            }
            Output::Discard(handle) => self.locals.discard(handle),
            Output::Release(handle) => self.locals.release(handle),
            Output::Reply(ticket, result) => {
                check_secrets(&result);
                let before = self.seen.replies.insert(ticket, result);
                assert!(before.is_none(), "{ticket:?} answered twice");
            }
            Output::Modem(status) => {
                check_secrets(&status);
                self.seen.modem.push(*status);
            }
            Output::Transfer(status) => {
                check_secrets(&status);
                self.seen
                    .transfers
                    .entry(status.id)
                    .or_default()
                    .push(*status);
            }
            Output::TransferRemoved(id) => self.seen.removed.push(id),
            Output::Servers(names, _) => self.seen.servers = names,
            Output::PowerCycle => {
                self.seen.power_cycles += 1;
                // Whatever it suffered from is gone with its power.
                self.port.inject(self.now, Injection::ClearAll);
                self.port.inject(self.now, Injection::Reset);
            }
            Output::Stopped => self.seen.stopped = true,
        }
    }

    /// Moves the running pump on. Returns whether it moved.
    pub(super) fn pump(&mut self) -> bool {
        let now = self.now();
        match self.locals.pump(self.line.room()) {
            Progress::Nothing => false,
            Progress::Sent(piece) => {
                self.line.write(&piece);
                self.engine.pumped(now, piece.len() as u64);
                true
            }
            Progress::Ended(result) => {
                self.engine.pump_ended(now, result);
                true
            }
        }
    }

    /// Bytes arrive at the host.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        let now = self.now();
        let Some((handle, sink)) = self.locals.aimed() else {
            return self.engine.received(now, bytes, &mut Nobody);
        };
        let failed_before = sink.failed;
        self.engine.received(now, bytes, sink);
        if sink.failed && !failed_before {
            let failure = modem_ftp_core::api::failure::Failure::new(
                modem_ftp_dbus::errors::ErrorName::LocalIo,
                "the disk is full",
            );
            self.engine.committed(now, handle, Err(failure));
        }
    }
}
