//! [`Shell`]: what the daemon does around the engine, in virtual time: it carries out what the
//! engine asks for the way the event loop of the daemon does, with a disk thread that answers
//! later.

mod disk;
mod files;
mod incoming;
mod line_ends;
mod moving;
mod pipe;
mod pump;
mod sink;
mod source;

use std::time::Instant;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::line::LineReport;
use modem_ftp_core::api::local::{Handle, LocalKey};
use modem_ftp_core::api::output::Output;
use modem_ftp_core::api::payload_sink::PayloadSink as _;
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::module::Injection;

use super::World;
use super::chance::Chance;
pub use disk::DiskPlan;
pub use pipe::Reader;
pub use sink::{DiskFault, SinkPlan};
pub use source::{HashPlan, SourcePlan};

use disk::{Disk, Job};
use files::{LocalFiles, Sink};
use incoming::Incoming;
use pump::Pump;

/// What the daemon holds beside the engine and the tty.
pub(super) struct Shell {
    pub(super) files: LocalFiles,
    pub(super) incoming: Incoming,
    disk: Disk,
    pump: Option<Pump>,
    /// A commit that waits for a pipe to take everything.
    commit: Option<Handle>,
    /// The sink that failed last, and why.
    failed: Option<(Handle, Failure)>,
    /// Commits that are answered without asking the disk.
    answers: Vec<(Handle, Result<(), Failure>)>,
    pumps: u64,
    /// Pipes that the engine waits for.
    awaited: Vec<Handle>,
    /// Whether the engine was told that the pump waits for its source.
    starved: bool,
}

impl Shell {
    pub(super) fn new(now: Instant, disk: DiskPlan, chance: Chance) -> Self {
        Self {
            files: LocalFiles::default(),
            incoming: Incoming::default(),
            disk: Disk::new(now, disk, chance),
            pump: None,
            commit: None,
            failed: None,
            answers: Vec::new(),
            pumps: 0,
            awaited: Vec::new(),
            starved: false,
        }
    }

    /// Whether the disk thread has something to do.
    pub(super) fn has_disk_jobs(&self) -> bool {
        self.disk.deadline().is_some()
    }

    /// When something happens here next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let both = [self.disk.deadline(), self.files.next_read()];
        both.into_iter().flatten().min()
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
        self.stop_pump();
        self.line.close();
        self.engine.line_closed(self.now(), reason);
    }

    /// The disk does nothing for so long.
    pub fn stall_disk(&mut self, time: std::time::Duration) {
        self.shell.disk.stall(self.now, time);
    }

    /// Does one thing the engine wants done.
    pub(super) fn carry_out(&mut self, output: Output) {
        self.check_secrets(&output);
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
            Output::AwaitSource(handle) => self.shell.awaited.push(handle),
            Output::CheckLine => {
                let report = LineReport {
                    changed: self.line.changed.take(),
                    is_held: self.line.full,
                };
                self.engine.line_checked(self.now(), report);
            }
            Output::Drain => self.line.drain(),
            Output::Flush => self.line.flush(),
            Output::Pump {
                handle,
                offset,
                length,
                window,
                text,
            } => self.start_pump(handle, offset, length, window, text),
            Output::Grant => self.shell.pump.as_mut().expect("a pump").grant(),
            Output::StopPump => self.stop_pump(),
            Output::Receive {
                handle,
                offset,
                text,
            } => self.receive(handle, offset, text),
            Output::Append(bytes) => self.shell.incoming.write(&bytes),
            Output::Keep(handle) => self.keep(handle),
            Output::Digest(extent) => {
                self.write_blocks(true);
                self.shell.disk.run(self.now, Job::Digest(extent));
            }
            Output::Commit {
                handle,
                fail_if_exists,
            } => self.commit(handle, fail_if_exists),
            Output::Revoke(handle) => self.revoke(handle),
            Output::Discard(handle) => self.discard(handle),
            Output::Release(handle, _) => self.release(handle),
            Output::Open { handle, key, .. } => self.open(handle, &key),
            Output::Persist(number, facts) => self.store.persist(self.now, number, facts),
            Output::PowerCycle => {
                self.seen.power_cycles += 1;
                // Whatever it suffered from is gone with its power.
                self.port.inject(self.now, Injection::ClearAll);
                self.port.inject(self.now, Injection::Reset);
            }
            Output::Reply(..)
            | Output::Modem(_)
            | Output::Transfer(_)
            | Output::TransferRemoved(_)
            | Output::Servers(..)
            | Output::Stopped => self.seen.note(output),
        }
    }

    fn start_pump(
        &mut self,
        handle: Handle,
        offset: u64,
        length: Option<u64>,
        window: Option<u32>,
        text: bool,
    ) {
        self.stop_pump();
        assert!(!self.shell.files.is_released(handle), "a closed source");
        let offset = usize::try_from(offset).unwrap();
        self.shell.files.source(handle).start(offset);
        self.shell.pumps += 1;
        let number = self.shell.pumps;
        self.shell.pump = Some(Pump::new(number, handle, offset, length, window, text));
    }

    /// Nothing more of the running pump is sent; what it has read ahead is dropped.
    fn stop_pump(&mut self) {
        if self.shell.pump.take().is_some() {
            self.line.drop_payload();
        }
    }

    fn receive(&mut self, handle: Handle, offset: u64, text: bool) {
        assert!(!self.shell.files.is_released(handle), "a closed sink");
        if text && offset > 0 {
            // The offset counts bytes on the way; the sink goes on where it stands.
            return;
        }
        let offset = usize::try_from(offset).unwrap();
        if offset == 0 {
            self.shell.failed.take_if(|(of, _)| *of == handle);
        } else {
            self.write_blocks(true);
        }
        let shell = &mut self.shell;
        match shell.files.sink(handle) {
            Sink::File(_) => {
                shell.incoming.aim_at_file(handle, offset, text);
                let attempt = shell.incoming.attempt;
                shell.disk.run(self.now, Job::Cut(handle, attempt, offset));
            }
            Sink::Pipe(pipe) => {
                let there = pipe.written.len() + shell.incoming.waiting().len();
                assert!(offset > 0 || there == 0, "a pipe cannot be rewound");
                shell.incoming.aim_at_pipe(handle, text);
            }
        }
    }

    fn commit(&mut self, handle: Handle, fail_if_exists: bool) {
        if let Some((_, failure)) = self.shell.failed.take_if(|(of, _)| *of == handle) {
            self.shell.answers.push((handle, Err(failure)));
            return;
        }
        self.shell.incoming.finish_text();
        self.write_blocks(true);
        match self.shell.files.sink(handle) {
            Sink::File(_) => {
                let job = Job::Commit(handle, self.shell.incoming.attempt, fail_if_exists);
                self.shell.disk.run(self.now, job);
            }
            // Committed as soon as the pipe has taken everything.
            Sink::Pipe(_) => self.shell.commit = Some(handle),
        }
    }

    fn revoke(&mut self, handle: Handle) {
        if self.shell.disk.revoke(handle) {
            let failure = Failure::new(ErrorName::Cancelled, "it is not wanted any more");
            self.shell.answers.push((handle, Err(failure)));
        }
    }

    fn open(&mut self, handle: Handle, key: &LocalKey) {
        self.shell.files.reopen(handle, key);
        self.shell.disk.run(self.now, Job::Open(handle));
    }

    /// What was received for a file is written, and nothing more is for now.
    fn keep(&mut self, handle: Handle) {
        self.write_blocks(true);
        self.shell.incoming.forget(handle, false);
    }

    fn discard(&mut self, handle: Handle) {
        let shell = &mut self.shell;
        shell.incoming.forget(handle, false);
        shell.commit.take_if(|commit| *commit == handle);
        shell.disk.run(self.now, Job::Discard(handle));
    }

    fn release(&mut self, handle: Handle) {
        if matches!(&self.shell.pump, Some(pump) if pump.handle == handle) {
            self.stop_pump();
        }
        let shell = &mut self.shell;
        shell.awaited.retain(|awaited| *awaited != handle);
        shell.incoming.forget(handle, false);
        shell.commit.take_if(|commit| *commit == handle);
        shell.files.release(handle);
        shell.disk.run(self.now, Job::Close(handle));
    }
}
