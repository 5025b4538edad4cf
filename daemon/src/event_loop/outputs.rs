//! What the engine wants done.

use mio::Interest;
use mio::unix::SourceFd;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::output::Output;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Ticket;
use modem_ftp_core::api::status::{Direction, ModemStatus, TransferStatus};

use super::mailbox::Written;
use super::pump::Pump;
use super::{EventLoop, Letter, PIPE_IN, PIPE_OUT};
use crate::bus::Publication;
use crate::files::{Local, PipeReader, PipeWriter, Sink, Source};

impl EventLoop {
    /// Does one thing.
    pub(super) fn carry_out(&mut self, now: Now, output: Output) {
        match output {
            Output::Write(_)
            | Output::Dtr(_)
            | Output::SetRate(_)
            | Output::Drain
            | Output::Flush => self.carry_out_on_line(now, output),
            Output::Pump {
                handle,
                offset,
                length,
                window,
                text,
            } => {
                let number = self.number();
                self.start_pump(Pump::new(number, handle, offset, length, window, text));
            }
            Output::Grant => {
                if let Some(pump) = &mut self.pump {
                    pump.grant();
                }
            }
            Output::StopPump => self.stop_pump(),
            Output::Receive {
                handle,
                offset,
                text,
            } => self.receive(handle, offset, text),
            Output::Commit {
                handle,
                fail_if_exists,
            } => self.commit(now, handle, fail_if_exists),
            Output::Discard(handle) => self.discard(handle),
            Output::Release(handle) => self.release(handle),
            Output::Reply(ticket, result) => self.reply(ticket, result),
            Output::Modem(status) => self.publish_modem(status),
            Output::Transfer(status) => self.publish_transfer(status),
            Output::TransferRemoved(id) => {
                self.states.remove(&id);
                self.publish(Publication::TransferRemoved(id));
            }
            Output::Servers(names, default) => self.publish(Publication::Servers(names, default)),
            Output::PowerCycle => self.power.start(now.instant, &self.config.power_cycle),
            Output::Stopped => self.ended = true,
        }
    }

    fn carry_out_on_line(&mut self, now: Now, output: Output) {
        let line = &mut self.line;
        let done = match output {
            Output::Write(bytes) => {
                line.write(bytes.into());
                Ok(())
            }
            Output::SetRate(baud) => {
                line.set_rate(baud);
                Ok(())
            }
            Output::Drain => {
                line.drain();
                Ok(())
            }
            Output::Dtr(on) => line.set_dtr(on),
            _ => {
                self.readable = true;
                line.flush(now.instant, &mut self.blocks)
            }
        };
        if let Err(reason) = done {
            self.lose_line(now, &reason);
        }
    }

    fn start_pump(&mut self, pump: Pump) {
        self.stop_pump();
        if let Some(Local::Source(Source::Pipe(pipe))) = self.locals.get(&pump.handle) {
            let mut fd = SourceFd(&PipeReader::raw_fd(pipe));
            let registered = self
                .poll
                .registry()
                .register(&mut fd, PIPE_IN, Interest::READABLE);
            if let Err(error) = registered {
                tracing::warn!("the pipe of an upload cannot be waited for: {error}");
            }
        }
        self.pump = Some(pump);
    }

    /// Nothing more of the running pump is sent.
    pub(super) fn stop_pump(&mut self) {
        let Some(pump) = self.pump.take() else { return };
        self.line.drop_payload(&mut self.blocks);
        if let Some(Local::Source(Source::Pipe(pipe))) = self.locals.get(&pump.handle) {
            // If it was never registered, there is nothing to take out.
            let _ = self
                .poll
                .registry()
                .deregister(&mut SourceFd(&pipe.raw_fd()));
        }
    }

    fn receive(&mut self, handle: Handle, offset: u64, text: bool) {
        if text && offset > 0 {
            // The offset counts bytes on the way; the sink goes on where it stands.
            return;
        }
        if offset == 0 {
            self.failed.take_if(|(of, _)| *of == handle);
        } else {
            // What came of the segment before is in its place before the next one comes.
            self.write_blocks(true);
        }
        match self.locals.get(&handle) {
            Some(Local::Sink(Sink::File(file))) => {
                let (cut, mailbox) = (file.clone(), self.mailbox.clone());
                self.incoming.aim_at_file(handle, file.clone(), offset);
                let attempt = self.incoming.attempt();
                self.disk.run(move || {
                    let result = cut.cut(offset);
                    let block = None;
                    mailbox.send(Letter::Written(Written {
                        handle,
                        attempt,
                        block,
                        result,
                    }));
                });
            }
            Some(Local::Sink(Sink::Pipe(pipe))) => {
                if self.incoming.pipe() != Some(handle) {
                    let mut fd = SourceFd(&PipeWriter::raw_fd(pipe));
                    let registry = self.poll.registry();
                    if let Err(error) = registry.register(&mut fd, PIPE_OUT, Interest::WRITABLE) {
                        tracing::warn!("the pipe of a download cannot be waited for: {error}");
                    }
                }
                self.incoming.aim_at_pipe(handle);
                self.writable = true;
            }
            _ => tracing::error!("payload for a sink that is not open"),
        }
        self.incoming.text(text);
    }

    fn commit(&mut self, now: Now, handle: Handle, fail_if_exists: bool) {
        // What failed between the last byte and now may have come to nobody's notice.
        if let Some((_, failure)) = self.failed.take_if(|(of, _)| *of == handle) {
            return self.engine.committed(now, handle, Err(failure));
        }
        self.incoming.finish_text(&mut self.blocks);
        self.write_blocks(true);
        match self.locals.get(&handle) {
            Some(Local::Sink(Sink::File(file))) => {
                let (file, mailbox) = (file.clone(), self.mailbox.clone());
                self.disk.run(move || {
                    let result = file.commit(fail_if_exists);
                    mailbox.send(Letter::Committed(handle, result));
                });
            }
            // Committed as soon as the pipe has taken everything.
            _ => self.commit = Some(handle),
        }
    }

    /// Removes what a sink holds; it may be received into anew.
    fn discard(&mut self, handle: Handle) {
        self.incoming.forget(handle);
        self.commit.take_if(|commit| *commit == handle);
        if let Some(Local::Sink(Sink::File(file))) = self.locals.get(&handle) {
            let file = file.clone();
            self.disk.run(move || file.discard());
        }
    }

    /// Closes a local file, off the loop: closing and removing may wait for the disk.
    pub(super) fn release(&mut self, handle: Handle) {
        if self.pump.as_ref().is_some_and(|pump| pump.handle == handle) {
            self.stop_pump();
        }
        self.incoming.forget(handle);
        self.commit.take_if(|commit| *commit == handle);
        if let Some(local) = self.locals.remove(&handle) {
            if let Local::Sink(Sink::Pipe(pipe)) = &local {
                // If it was never registered, there is nothing to take out.
                let _ = self
                    .poll
                    .registry()
                    .deregister(&mut SourceFd(&pipe.raw_fd()));
            }
            self.disk.run(move || drop(local));
        }
    }

    fn reply(&mut self, ticket: Ticket, result: Result<Reply, Failure>) {
        let Some(waiting) = self.waiting.remove(&ticket) else {
            return;
        };
        if let (Err(_), Some(handle)) = (&result, waiting.local) {
            self.release(handle);
        }
        if let Some(reply) = waiting.reply {
            self.publish(Publication::Reply(reply, Box::new(result)));
        }
    }

    fn publish_modem(&mut self, status: Box<ModemStatus>) {
        if self.modem != status.state {
            self.modem = status.state;
            let state = status.state.as_str();
            let reason = &status.state_reason;
            let text = if reason.is_empty() {
                state.to_owned()
            } else {
                format!("{state}: {reason}")
            };
            // Why it is in trouble, the engine has told.
            tracing::info!("modem {state}");
            self.notify.status(&text);
        }
        self.publish(Publication::Modem(status));
    }

    fn publish_transfer(&mut self, status: Box<TransferStatus>) {
        if self.states.insert(status.id, status.state) != Some(status.state) {
            log_transfer(&status);
        }
        self.publish(Publication::Transfer(status));
    }
}

/// One line for each step in the life of a transfer. Why one failed, the engine has told.
fn log_transfer(status: &TransferStatus) {
    let (id, state) = (status.id.0, status.state.as_str());
    let (direction, remote, server) = (status.direction, &status.remote, &status.server);
    let way = match direction {
        Direction::Upload => "to",
        Direction::Download => "from",
    };
    tracing::info!(
        transfer = id,
        "transfer {id} ({direction} of {remote} {way} {server}): {state}"
    );
}
