//! The tty's part of the loop: reading, sending, feeding the pump, filling sinks.

use std::io;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::now::Now;
use modem_ftp_dbus::ErrorName;

use super::mailbox::{Read, Written};
use super::{EventLoop, Letter, now};
use crate::files::{BLOCK_SIZE, Local, Sink, Source, io_failure};
use crate::serial::Reading;

/// So many reads in a row before others get their turn.
const READS: usize = 8;
/// What a pipe is called in a failure.
const PIPE: &str = "the pipe that was passed";

impl EventLoop {
    /// Gives the engine what has arrived, a fair amount at a time.
    pub(super) fn read_tty(&mut self) {
        for _ in 0..READS {
            if !self.may_read() {
                return;
            }
            let count = match self.line.read(&mut self.buffer) {
                Reading::Bytes(count) => count,
                Reading::Nothing => {
                    self.readable = false;
                    return;
                }
                Reading::Gone(reason) => return self.lose_line(now(), &reason),
            };
            let now = now();
            let bytes = self.buffer.get(..count).unwrap_or_default();
            let mut sink = self.incoming.sink(&mut self.blocks);
            self.engine.received(now, bytes, &mut sink);
            drop(sink);
            // What was asked for by now (a sink, a flush) concerns the bytes that come next.
            self.settle(now);
        }
    }

    /// Whether there may be bytes to read, and a place for them.
    pub(super) fn may_read(&self) -> bool {
        self.readable && !self.incoming.is_behind()
    }

    /// The tty is gone: it is closed, and opened again when it is there.
    pub(super) fn lose_line(&mut self, now: Now, reason: &str) {
        // The engine warns of it, with what it means for whom.
        self.close_line(now, reason);
    }

    /// Closes the tty; it is opened again in a moment.
    pub(super) fn close_line(&mut self, now: Now, reason: &str) {
        self.readable = false;
        self.stop_pump();
        let registry = self.poll.registry();
        self.line.close(now.instant, registry, &mut self.blocks);
        self.engine.line_closed(now, reason);
    }

    /// Sends what the tty takes. Whether the engine was told anything.
    pub(super) fn send(&mut self, now: Now) -> bool {
        let progress = match self.line.send(now.instant, &mut self.blocks) {
            Ok(progress) => progress,
            Err(reason) => {
                self.lose_line(now, &reason);
                return true;
            }
        };
        if progress.payload > 0 {
            if let Some(pump) = &mut self.pump {
                pump.sent(progress.payload);
            }
            self.engine.pumped(now, progress.payload);
        }
        if progress.drained {
            self.engine.drained(now);
        }
        progress.payload > 0 || progress.drained
    }

    /// Fetches what the pump wants, and tells the engine when it has ended.
    pub(super) fn fill_pump(&mut self, now: Now) -> bool {
        let Some(pump) = &mut self.pump else {
            return false;
        };
        if let Some(result) = pump.result() {
            self.stop_pump();
            self.engine.pump_ended(now, Ok(result));
            return true;
        }
        let Some(wanted) = pump.wanted(self.line.payload_queued()) else {
            return false;
        };
        match self.locals.get_mut(&pump.handle) {
            Some(Local::Source(Source::File(file))) => {
                let (file, mailbox) = (file.clone(), self.mailbox.clone());
                let (number, extent) = (pump.number, pump.ask(wanted));
                let mut block = self.blocks.take();
                self.disk.run(move || {
                    let result = file.read(extent, &mut block);
                    let (pump, asked) = (number, extent.length);
                    mailbox.send(Letter::Read(Read {
                        pump,
                        asked,
                        block,
                        result,
                    }));
                });
                // There may be room for another one.
                true
            }
            Some(Local::Source(Source::Pipe(pipe))) => {
                let mut block = self.blocks.take();
                match pipe.read(&mut block, wanted) {
                    Ok(()) => {
                        pump.came(&mut block);
                        self.line.write_payload(block);
                        true
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        self.blocks.give(block);
                        false
                    }
                    Err(error) => {
                        self.fail_pump(now, io_failure(PIPE, &error));
                        true
                    }
                }
            }
            _ => {
                let text = "the source is not open any more";
                self.fail_pump(now, Failure::new(ErrorName::LocalIo, text));
                true
            }
        }
    }

    /// The pump cannot go on: nothing more of it is sent.
    pub(super) fn fail_pump(&mut self, now: Now, failure: Failure) {
        self.stop_pump();
        self.engine.pump_ended(now, Err(failure));
    }

    /// Hands received payload on to the disk thread or the pipe.
    pub(super) fn fill_sinks(&mut self, now: Now) -> bool {
        self.write_blocks(false);
        self.fill_pipe(now)
    }

    /// Gives full blocks to the disk thread; with `rest`, the one begun too.
    pub(super) fn write_blocks(&mut self, rest: bool) {
        while let Some(write) = self.incoming.next_write(rest) {
            let mailbox = self.mailbox.clone();
            self.disk.run(move || {
                let result = write.file.write(write.offset, write.block.as_slice());
                mailbox.send(Letter::Written(Written {
                    handle: write.handle,
                    attempt: write.attempt,
                    block: Some(write.block),
                    result,
                }));
            });
        }
    }

    fn fill_pipe(&mut self, now: Now) -> bool {
        let Some(handle) = self.incoming.pipe() else {
            return false;
        };
        let Some(Local::Sink(Sink::Pipe(pipe))) = self.locals.get_mut(&handle) else {
            return false;
        };
        while self.writable && !(self.incoming.waiting().is_empty() && pipe.is_empty()) {
            let waiting = self.incoming.waiting();
            let piece = waiting.get(..BLOCK_SIZE).unwrap_or(waiting);
            match pipe.write(piece) {
                Ok(count) => self.incoming.taken(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) => {
                    self.fail_sink(now, handle, io_failure(PIPE, &error));
                    return true;
                }
            }
        }
        let empty = self.incoming.waiting().is_empty() && pipe.is_empty();
        if empty && self.commit.take_if(|commit| *commit == handle).is_some() {
            self.engine.committed(now, handle, Ok(()));
            return true;
        }
        false
    }

    /// A sink cannot take what is received: the rest is dropped, and it cannot be committed.
    /// The engine is told once.
    pub(super) fn fail_sink(&mut self, now: Now, handle: Handle, failure: Failure) {
        if self.failed.as_ref().is_some_and(|(of, _)| *of == handle) {
            return;
        }
        self.incoming.forget(handle);
        self.commit.take_if(|commit| *commit == handle);
        self.failed = Some((handle, failure.clone()));
        self.engine.committed(now, handle, Err(failure));
    }
}
