//! [`Pump`]: copies the source of an upload to the serial port: reads ahead, fills the send queue,
//! and reports the number of bytes and their checksum at the end.

mod read_ahead;

use std::io;

use mio::{Interest, Token};
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_dbus::ErrorName;

use super::local_files::LocalFiles;
use crate::files::{OpenFile, STEP, Source, io_failure};
use crate::messages::{BlockRead, Message};
use crate::serial::Tty;
pub use read_ahead::ReadAhead;

/// What [`Pump::fill`] did.
#[derive(Debug)]
pub enum PumpEvent {
    /// Nothing: no copy is running, or it waits for the disk, the pipe, the port or a grant.
    Nothing,
    /// A block was requested from the disk or queued for sending; there may be room for
    /// another one.
    Progress,
    /// The copy ended: bytes sent and their checksum, or why it failed.
    Ended(Result<(u64, u16), Failure>),
}

/// At most one copy at a time.
#[derive(Debug)]
pub struct Pump {
    /// The poller's token for pipes.
    token: Token,
    running: Option<Running>,
    /// Number of the last copy that was started.
    last: u64,
}

#[derive(Debug)]
struct Running {
    /// Distinguishes blocks of this copy from late blocks of earlier ones.
    number: u64,
    handle: Handle,
    read_ahead: ReadAhead,
    /// Whether the pipe was found empty.
    is_empty: bool,
}

impl Pump {
    /// No copy is running. The poller's events for pipes have this `token`.
    pub fn new(token: Token) -> Self {
        Self {
            token,
            running: None,
            last: 0,
        }
    }

    /// Starts a copy; one that is running is stopped.
    pub fn start(
        &mut self,
        handle: Handle,
        read_ahead: ReadAhead,
        files: &mut LocalFiles,
        tty: &mut Tty,
    ) {
        self.stop(files, tty);
        if let Some(OpenFile::Source(Source::Pipe(pipe))) = files.get(handle) {
            files.register(pipe.raw_fd(), self.token, Interest::READABLE);
        }
        self.last += 1;
        self.running = Some(Running {
            number: self.last,
            handle,
            read_ahead,
            is_empty: false,
        });
    }

    /// Stops the running copy. Its payload that was not written to the port is dropped.
    pub fn stop(&mut self, files: &mut LocalFiles, tty: &mut Tty) {
        let Some(running) = self.running.take() else {
            return;
        };
        tty.drop_payload(files.blocks());
        if let Some(OpenFile::Source(Source::Pipe(pipe))) = files.get(running.handle) {
            files.deregister(pipe.raw_fd());
        }
    }

    /// Stops the running copy if it is of this file.
    pub fn stop_file(&mut self, handle: Handle, files: &mut LocalFiles, tty: &mut Tty) {
        if self.running.as_ref().is_some_and(|it| it.handle == handle) {
            self.stop(files, tty);
        }
    }

    /// Allows the running copy to send another window.
    pub fn grant(&mut self) {
        if let Some(running) = &mut self.running {
            running.read_ahead.grant();
        }
    }

    /// The port has accepted so many payload bytes.
    pub fn sent(&mut self, bytes: u64) {
        if let Some(running) = &mut self.running {
            running.read_ahead.sent(bytes);
        }
    }

    /// Whether everything is sent that the source has given, and it has given nothing more since.
    pub fn is_starved(&self) -> bool {
        self.running.as_ref().is_some_and(|running| {
            let waits = running.is_empty || running.read_ahead.has_asked();
            waits && running.read_ahead.is_dry()
        })
    }

    /// Fetches the next block if there is room for it, or ends the copy.
    pub fn fill(&mut self, files: &mut LocalFiles, tty: &mut Tty) -> PumpEvent {
        let Some(running) = &mut self.running else {
            return PumpEvent::Nothing;
        };
        if let Some(result) = running.read_ahead.result() {
            return self.end(Ok(result), files, tty);
        }
        let Some(wanted) = running.read_ahead.wanted(tty.payload_queued()) else {
            return PumpEvent::Nothing;
        };
        let mut block = files.blocks().take();
        let lane = files.lane(running.handle).cloned();
        match (files.get_mut(running.handle), lane) {
            (Some(OpenFile::Source(Source::File(file))), Some(lane)) => {
                let file = file.clone();
                let (pump, extent) = (running.number, running.read_ahead.ask(wanted));
                let read = move || file.read(extent, &mut block).map(|()| block);
                let asked = extent.length;
                files.disk().run(&lane, STEP, read, move |result| {
                    Message::BlockRead(BlockRead {
                        pump,
                        asked,
                        result,
                    })
                });
                PumpEvent::Progress
            }
            (Some(OpenFile::Source(Source::Pipe(pipe))), _) => {
                match pipe.read(&mut block, wanted) {
                    Ok(()) => {
                        running.is_empty = false;
                        running.read_ahead.read_from_pipe(&mut block);
                        tty.write_payload(block);
                        PumpEvent::Progress
                    }
                    Err(error) => {
                        files.blocks().give(block);
                        if error.kind() == io::ErrorKind::WouldBlock {
                            running.is_empty = true;
                            return PumpEvent::Nothing;
                        }
                        let failure = io_failure("the pipe that was passed", &error);
                        self.end(Err(failure), files, tty)
                    }
                }
            }
            _ => {
                files.blocks().give(block);
                let text = "the source is not open any more";
                let failure = Failure::new(ErrorName::LocalIo, text);
                self.end(Err(failure), files, tty)
            }
        }
    }

    /// The disk has read a block. If that failed, the copy ends with the failure returned.
    pub fn block_read(
        &mut self,
        read: BlockRead,
        files: &mut LocalFiles,
        tty: &mut Tty,
    ) -> Option<Failure> {
        let running = self.running.as_mut().filter(|it| it.number == read.pump);
        match (running, read.result) {
            (Some(running), Ok(mut block)) => {
                running.read_ahead.answered(&mut block, read.asked);
                tty.write_payload(block);
                None
            }
            (Some(_), Err(failure)) => {
                self.stop(files, tty);
                Some(failure)
            }
            (None, Ok(block)) => {
                files.blocks().give(block);
                None
            }
            (None, Err(_)) => None,
        }
    }

    fn end(
        &mut self,
        result: Result<(u64, u16), Failure>,
        files: &mut LocalFiles,
        tty: &mut Tty,
    ) -> PumpEvent {
        self.stop(files, tty);
        PumpEvent::Ended(result)
    }
}
