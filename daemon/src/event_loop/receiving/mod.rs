//! [`Receiving`]: received payload on its way to the local file of a download: written to a file by
//! a disk thread, or to a pipe by the event loop.

mod buffer;

use std::io;

use mio::{Interest, Token};
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::payload_sink::PayloadSink;
use modem_ftp_dbus::ErrorName;

use super::local_files::LocalFiles;
use crate::files::{BLOCK_SIZE, Blocks, OpenFile, STEP, SYNC, Sink, io_failure};
use crate::messages::{Message, SinkCommitted, SinkWritten};
use buffer::{ReceiveBuffer, Write};

/// The end of a download's file: committed, or why it failed.
pub type SinkResult = (Handle, Result<(), Failure>);

/// At most one download at a time.
#[derive(Debug)]
pub struct Receiving {
    /// The poller's token for pipes.
    token: Token,
    buffer: ReceiveBuffer,
    /// Whether the pipe may have room.
    pipe_writable: bool,
    /// A pipe that is to be committed as soon as it has accepted everything.
    committing: Option<Handle>,
    /// A file that is being committed by a disk thread.
    at_disk: Option<Handle>,
    /// Whether the pipe took bytes since that was last asked.
    took: bool,
    /// The file that failed last, and why.
    failed: Option<(Handle, Failure)>,
}

impl Receiving {
    /// Nothing is received. The poller's events for pipes have this `token`.
    pub fn new(token: Token) -> Self {
        Self {
            token,
            buffer: ReceiveBuffer::default(),
            pipe_writable: false,
            committing: None,
            at_disk: None,
            took: false,
            failed: None,
        }
    }

    /// Whether so much is buffered that the serial port must not be read.
    pub fn is_full(&self) -> bool {
        self.buffer.is_full()
    }

    /// Where the engine puts the payload of one call.
    pub fn sink<'a>(&'a mut self, blocks: &'a mut Blocks) -> impl PayloadSink + 'a {
        self.buffer.sink(blocks)
    }

    /// Whether the pipe took bytes since this was last asked.
    pub fn has_taken(&mut self) -> bool {
        std::mem::take(&mut self.took)
    }

    /// The poller reported the pipe as writable.
    pub fn set_pipe_writable(&mut self) {
        self.pipe_writable = true;
    }

    /// Payload goes to this file at `offset` from now on; see
    /// [`Output::Receive`](modem_ftp_core::api::output::Output::Receive).
    pub fn start(&mut self, handle: Handle, offset: u64, text: bool, files: &mut LocalFiles) {
        if text && offset > 0 {
            // The offset counts bytes on the network: the file continues at its end.
            return;
        }
        if offset == 0 {
            self.failed.take_if(|(of, _)| *of == handle);
        } else {
            // Writes of the segment before must precede those of the next one.
            self.write_blocks(true, files);
        }
        match (files.get(handle), files.lane(handle)) {
            (Some(OpenFile::Sink(Sink::File(file))), Some(lane)) => {
                let file = file.clone();
                self.buffer.aim_at_file(handle, lane, file.clone(), offset);
                let attempt = self.buffer.attempt();
                let truncate = move || file.truncate(offset).map(|()| None);
                files.disk().run(lane, STEP, truncate, move |result| {
                    Message::SinkWritten(SinkWritten {
                        handle,
                        attempt,
                        result,
                    })
                });
            }
            (Some(OpenFile::Sink(Sink::Pipe(pipe))), _) => {
                if self.buffer.pipe() != Some(handle) {
                    files.register(pipe.raw_fd(), self.token, Interest::WRITABLE);
                }
                self.buffer.aim_at_pipe(handle);
                self.pipe_writable = true;
            }
            _ => tracing::error!("payload was received for a file that is not open"),
        }
        self.buffer.set_text(text);
    }

    /// Commits a file: at once on a disk thread, a pipe when it has accepted everything. A
    /// failure that is known already is returned.
    pub fn commit(
        &mut self,
        handle: Handle,
        fail_if_exists: bool,
        files: &mut LocalFiles,
    ) -> Option<Failure> {
        // The engine may not have acted on a failure that came after the last byte.
        if let Some((_, failure)) = self.failed.take_if(|(of, _)| *of == handle) {
            return Some(failure);
        }
        self.buffer.finish_text(files.blocks());
        self.write_blocks(true, files);
        match (files.get(handle), files.lane(handle)) {
            (Some(OpenFile::Sink(Sink::File(file))), Some(lane)) => {
                let (file, late) = (file.clone(), file.clone());
                let attempt = self.buffer.attempt();
                self.at_disk = Some(handle);
                let commit = move || file.commit(fail_if_exists);
                files.disk().run(lane, SYNC, commit, move |result| {
                    // A disk that has taken too long must not name the file later.
                    let _ = result.is_err() && late.revoke();
                    Message::Committed(SinkCommitted {
                        handle,
                        attempt,
                        result,
                    })
                });
            }
            _ => self.committing = Some(handle),
        }
        None
    }

    /// Discards what was received for a file; it may be received again.
    pub fn discard(&mut self, handle: Handle, files: &LocalFiles) {
        self.forget(handle);
        if let (Some(OpenFile::Sink(Sink::File(file))), Some(lane)) =
            (files.get(handle), files.lane(handle))
        {
            let file = file.clone();
            lane.run_silently(move || file.discard());
        }
    }

    /// Nothing more is received for this file for now: what was received is still written, and holds
    /// up nothing.
    pub fn keep(&mut self, handle: Handle, files: &LocalFiles) {
        self.write_blocks(true, files);
        self.forget(handle);
    }

    /// Gives the disk everything that was received so far.
    pub fn write_all(&mut self, files: &LocalFiles) {
        self.write_blocks(true, files);
    }

    /// Drops payload for this file, now and from now on.
    pub fn forget(&mut self, handle: Handle) {
        self.buffer.forget(handle);
        self.committing.take_if(|committing| *committing == handle);
        self.at_disk.take_if(|at_disk| *at_disk == handle);
    }

    /// Revokes the commit of a file, unless it is getting its name or nothing is under way.
    pub fn revoke(&mut self, handle: Handle, files: &LocalFiles) -> Option<SinkResult> {
        let Some(OpenFile::Sink(Sink::File(file))) = files.get(handle) else {
            return None;
        };
        if self.at_disk != Some(handle) || !file.revoke() {
            return None;
        }
        self.forget(handle);
        let text = "the file is not wanted any more";
        Some((handle, Err(Failure::new(ErrorName::Cancelled, text))))
    }

    /// Passes buffered payload on to the disk or the pipe.
    pub fn fill(&mut self, files: &mut LocalFiles) -> Option<SinkResult> {
        self.write_blocks(false, files);
        self.fill_pipe(files)
    }

    /// Sends full blocks to the disk; with `partial`, also one that is not full.
    fn write_blocks(&mut self, partial: bool, files: &LocalFiles) {
        while let Some(write) = self.buffer.next_write(partial) {
            let Write {
                handle,
                attempt,
                file,
                lane,
                offset,
                block,
            } = write;
            let write = move || file.write(offset, block.as_slice()).map(|()| Some(block));
            files.disk().run(&lane, STEP, write, move |result| {
                Message::SinkWritten(SinkWritten {
                    handle,
                    attempt,
                    result,
                })
            });
        }
    }

    fn fill_pipe(&mut self, files: &mut LocalFiles) -> Option<SinkResult> {
        let handle = self.buffer.pipe()?;
        let Some(OpenFile::Sink(Sink::Pipe(pipe))) = files.get_mut(handle) else {
            return None;
        };
        while self.pipe_writable && !(self.buffer.for_pipe().is_empty() && pipe.is_empty()) {
            let waiting = self.buffer.for_pipe();
            let piece = waiting.get(..BLOCK_SIZE).unwrap_or(waiting);
            match pipe.write(piece) {
                Ok(count) => {
                    self.took = true;
                    self.buffer.written_to_pipe(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.pipe_writable = false;
                }
                Err(error) => {
                    return self.fail(handle, io_failure("the pipe that was passed", &error));
                }
            }
        }
        let empty = self.buffer.for_pipe().is_empty() && pipe.is_empty();
        let committed = empty && self.committing.take_if(|it| *it == handle).is_some();
        committed.then_some((handle, Ok(())))
    }

    /// The disk has written a block or truncated the file.
    pub fn written(&mut self, written: SinkWritten, blocks: &mut Blocks) -> Option<SinkResult> {
        match written.result {
            Ok(Some(block)) => {
                blocks.give(block);
                self.buffer.block_written(written.attempt);
                None
            }
            // Nothing more is written in this attempt.
            Err(failure) if written.attempt == self.buffer.attempt() => {
                self.fail(written.handle, failure)
            }
            Ok(None) | Err(_) => None,
        }
    }

    /// The disk has committed a file, or could not. `None`: the answer is about an attempt
    /// that ended before, or a failure of it was reported already.
    pub fn committed(&mut self, committed: SinkCommitted) -> Option<SinkResult> {
        let current = committed.attempt == self.buffer.attempt();
        if current {
            self.at_disk = None;
        }
        current.then_some((committed.handle, committed.result))
    }

    /// Further payload for a file that failed is dropped. `None` if its failure is known already.
    fn fail(&mut self, handle: Handle, failure: Failure) -> Option<SinkResult> {
        if self.failed.as_ref().is_some_and(|(of, _)| *of == handle) {
            return None;
        }
        self.forget(handle);
        self.failed = Some((handle, failure.clone()));
        Some((handle, Err(failure)))
    }
}
