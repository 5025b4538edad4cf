//! [`DataPath`]: everything between the serial port and local files, in both directions. It reports
//! to the engine what was received and sent.

use mio::Registry;
use modem_ftp_core::api::local::{Extent, Handle};
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::payload_sink::PayloadSink;
use modem_ftp_core::engine::Engine;

use super::disk_jobs::DiskJobs;
use super::local_files::LocalFiles;
use super::pump::{Pump, PumpEvent, ReadAhead};
use super::range_hashes;
use super::receiving::Receiving;
use super::tokens::Tokens;
use super::told::{Local, Told};
use crate::files::{Lane, OpenFile, Sink};
use crate::messages::{BlockRead, PassedFile, SinkCommitted, SinkWritten};
use crate::serial::{Opening, PortSettings, Reading, Tty};

/// Most bytes of one read; a pty returns at most 4095.
const READ_SIZE: usize = 8 * 1024;

/// The serial port, the local files, and the copies between them.
#[derive(Debug)]
pub struct DataPath {
    tty: Tty,
    read_buffer: Box<[u8]>,
    files: LocalFiles,
    pump: Pump,
    receiving: Receiving,
    told: Told,
}

impl DataPath {
    /// A data path whose serial port is not open yet.
    pub fn new(
        now: Now,
        settings: PortSettings,
        tokens: Tokens,
        disk: DiskJobs,
        registry: Registry,
    ) -> Self {
        Self {
            tty: Tty::new(now.instant, settings, tokens.tty),
            read_buffer: vec![0; READ_SIZE].into_boxed_slice(),
            files: LocalFiles::new(disk, registry),
            pump: Pump::new(tokens.source_pipe),
            receiving: Receiving::new(tokens.sink_pipe),
            told: Told::default(),
        }
    }

    /// The serial port, for the outputs that concern nothing else.
    pub fn tty(&mut self) -> &mut Tty {
        &mut self.tty
    }

    /// When the serial port needs attention next.
    pub fn deadline(&self) -> Option<std::time::Instant> {
        self.tty.deadline()
    }

    /// The poller reported the pipe of a download as writable.
    pub fn set_sink_pipe_writable(&mut self) {
        self.receiving.set_pipe_writable();
    }

    /// Opens the serial port if an attempt is due.
    pub fn open_if_due(&mut self, now: Now, device: &str, engine: &mut Engine) {
        let (registry, _) = self.files.registry_and_blocks();
        match self.tty.open_if_due(now.instant, registry) {
            None => {}
            Some(Opening::Opened(modem_lines)) => {
                tracing::info!("{device} is open");
                if !modem_lines {
                    tracing::info!("no modem control lines on {device}: data mode is left by +++");
                }
                engine.line_opened(now, modem_lines);
            }
            Some(Opening::Failed(reason)) => {
                tracing::info!("{reason}; trying again until it can be opened");
                engine.line_closed(now, &reason);
            }
        }
    }

    /// Closes the serial port, which is opened again after a pause.
    pub fn close(&mut self, now: Now, reason: &str, engine: &mut Engine) {
        self.pump.stop(&mut self.files, &mut self.tty);
        let (registry, blocks) = self.files.registry_and_blocks();
        self.tty.close(now.instant, registry, blocks);
        engine.line_closed(now, reason);
    }

    /// Whether there may be received bytes, and there is room for them.
    pub fn can_read(&self) -> bool {
        self.tty.is_readable() && !self.receiving.is_full()
    }

    /// Reads once and passes the bytes to the engine. Whether there were any.
    pub fn read(&mut self, now: Now, engine: &mut Engine) -> bool {
        if !self.can_read() {
            return false;
        }
        match self.tty.read(&mut self.read_buffer) {
            Reading::Bytes(count) => {
                let bytes = self.read_buffer.get_mut(..count).unwrap_or_default();
                let mut sink = self.receiving.sink(self.files.blocks());
                engine.received(now, bytes, &mut sink);
                // The module may have repeated a password.
                bytes.fill(0);
                true
            }
            Reading::Nothing => false,
            Reading::Gone(reason) => {
                self.close(now, &reason, engine);
                false
            }
        }
    }

    /// Sends, reads ahead and passes on what was received, each as far as possible. Whether the
    /// engine was told anything or there may be more to do.
    pub fn advance(&mut self, now: Now, engine: &mut Engine) -> bool {
        let sent = self.send(now, engine);
        let pumped = match self.pump.fill(&mut self.files, &mut self.tty) {
            PumpEvent::Nothing => false,
            PumpEvent::Progress => true,
            PumpEvent::Ended(result) => {
                engine.pump_ended(now, result);
                true
            }
        };
        let received = match self.receiving.fill(&mut self.files) {
            None => false,
            Some((handle, result)) => {
                engine.committed(now, handle, result);
                true
            }
        };
        let local = Local {
            held: self.receiving.is_full(),
            took: self.receiving.has_taken(),
            starved: self.pump.is_starved(),
        };
        sent | pumped | received | self.told.report(now, local, engine)
    }

    fn send(&mut self, now: Now, engine: &mut Engine) -> bool {
        let progress = match self.tty.send(now.instant, self.files.blocks()) {
            Ok(progress) => progress,
            Err(reason) => {
                self.close(now, &reason, engine);
                return true;
            }
        };
        if progress.payload > 0 {
            self.pump.sent(progress.payload);
            engine.pumped(now, progress.payload);
        }
        if progress.drained {
            engine.drained(now);
        }
        progress.payload > 0 || progress.drained
    }

    /// Asserts or deasserts DTR.
    pub fn set_dtr(&mut self, now: Now, on: bool, engine: &mut Engine) {
        if let Err(reason) = self.tty.set_dtr(on) {
            self.close(now, &reason, engine);
        }
    }

    /// Discards received bytes that were not read and queued bytes that were not sent.
    pub fn flush(&mut self, now: Now, engine: &mut Engine) {
        if let Err(reason) = self.tty.flush(now.instant, self.files.blocks()) {
            self.close(now, &reason, engine);
        }
    }

    /// Adds the local file of a transfer.
    pub fn add_file(&mut self, passed: PassedFile) {
        self.files.insert(passed);
    }

    /// Adds a local file that was opened again for an attempt; one that is still open is closed.
    pub fn add_reopened(&mut self, handle: Handle, file: OpenFile, lane: Lane) {
        self.release(handle);
        self.files.insert_keyed(handle, file, lane);
    }

    /// The local files.
    pub fn files(&self) -> &LocalFiles {
        &self.files
    }

    /// Starts to copy a source to the serial port.
    pub fn start_pump(&mut self, handle: Handle, read_ahead: ReadAhead) {
        let (files, tty) = (&mut self.files, &mut self.tty);
        self.pump.start(handle, read_ahead, files, tty);
    }

    /// Allows the pump to send another window.
    pub fn grant(&mut self) {
        self.pump.grant();
    }

    /// Stops the pump.
    pub fn stop_pump(&mut self) {
        self.pump.stop(&mut self.files, &mut self.tty);
    }

    /// The disk has read a block of the pump's source.
    pub fn block_read(&mut self, now: Now, read: BlockRead, engine: &mut Engine) {
        let (files, tty) = (&mut self.files, &mut self.tty);
        if let Some(failure) = self.pump.block_read(read, files, tty) {
            engine.pump_ended(now, Err(failure));
        }
    }

    /// Received payload goes to this file from now on.
    pub fn receive(&mut self, handle: Handle, offset: u64, text: bool) {
        self.receiving.start(handle, offset, text, &mut self.files);
    }

    /// The disk has written to a file.
    pub fn sink_written(&mut self, now: Now, written: SinkWritten, engine: &mut Engine) {
        let result = self.receiving.written(written, self.files.blocks());
        if let Some((handle, result)) = result {
            engine.committed(now, handle, result);
        }
    }

    /// The disk has committed a file.
    pub fn sink_committed(&mut self, now: Now, committed: SinkCommitted, engine: &mut Engine) {
        if let Some((handle, result)) = self.receiving.committed(committed) {
            engine.committed(now, handle, result);
        }
    }

    /// Commits a received file.
    pub fn commit(&mut self, now: Now, handle: Handle, fail_if_exists: bool, engine: &mut Engine) {
        let files = &mut self.files;
        if let Some(failure) = self.receiving.commit(handle, fail_if_exists, files) {
            engine.committed(now, handle, Err(failure));
        }
    }

    /// Revokes the commit of a file, unless it is getting its name.
    pub fn revoke(&mut self, now: Now, handle: Handle, engine: &mut Engine) {
        if let Some((handle, result)) = self.receiving.revoke(handle, &self.files) {
            engine.committed(now, handle, result);
        }
    }

    /// More payload for the file that is received.
    pub fn append(&mut self, bytes: &[u8]) {
        self.receiving.sink(self.files.blocks()).write(bytes);
    }

    /// Nothing more is received for this file for now.
    pub fn keep(&mut self, handle: Handle) {
        self.receiving.keep(handle, &self.files);
    }

    /// Has a part of a local file hashed, after everything before it was read and written.
    pub fn digest(&mut self, now: Now, extent: Extent, engine: &mut Engine) {
        self.receiving.write_all(&self.files);
        if let Err(failure) = range_hashes::begin(&self.files, extent) {
            engine.digested(now, extent, Err(failure));
        }
    }

    /// Discards what was received for a file. One that is opened again for the next attempt is
    /// closed.
    pub fn discard(&mut self, handle: Handle) {
        if self.files.is_keyed(handle) {
            self.release(handle);
        } else {
            self.receiving.discard(handle, &self.files);
        }
    }

    /// Closes a local file.
    pub fn release(&mut self, handle: Handle) {
        self.pump.stop_file(handle, &mut self.files, &mut self.tty);
        self.receiving.forget(handle);
        if let Some(OpenFile::Sink(Sink::Pipe(pipe))) = self.files.get(handle) {
            self.files.deregister(pipe.raw_fd());
        }
        self.files.close(handle);
    }
}
