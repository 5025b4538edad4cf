//! [`Controller`]: the engine and everything it controls. It passes events to the engine and
//! carries out the engine's outputs, in order.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use mio::Token;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::output::Output;
use modem_ftp_core::engine::Engine;

use super::active_config::ActiveConfig;
use super::bus_side::BusSide;
use super::clock::now;
use super::data_path::DataPath;
use super::disk_jobs::DiskJobs;
use super::openings::{Openings, reopened};
use super::pipe_watch::{PipeWatch, Waiter};
use super::power_cycle::PowerCycle;
use super::pump::ReadAhead;
use super::restore;
use super::shutdown::Shutdown;
use crate::messages::Found;
use crate::notify::Notify;
use crate::spool::Spool;
use crate::store::Storage;

/// How many times the serial port is read before other events are handled.
const READS: usize = 8;

/// What a controller consists of.
pub struct Parts {
    /// The engine.
    pub engine: Engine,
    /// The serial port and the local files.
    pub path: DataPath,
    /// The way to the bus thread.
    pub bus: BusSide,
    /// The configuration in force.
    pub config: ActiveConfig,
    /// The disk threads.
    pub disk: DiskJobs,
    /// The store thread.
    pub storage: Storage,
    /// Copies of passed descriptors.
    pub spool: Arc<Spool>,
    /// Pipes that handlers of the bus wait for.
    pub pipes: PipeWatch,
}

/// The engine, and what carries out its outputs.
pub struct Controller {
    pub(super) engine: Engine,
    pub(super) path: DataPath,
    pub(super) bus: BusSide,
    pub(super) config: ActiveConfig,
    pub(super) disk: DiskJobs,
    pub(super) storage: Storage,
    pub(super) openings: Openings,
    pub(super) spool: Arc<Spool>,
    pub(super) pipes: PipeWatch,
    pub(super) power_cycle: PowerCycle,
    pub(super) shutdown: Shutdown,
    pub(super) notify: Notify,
    /// What is to be logged when the daemon is ready.
    warnings: Vec<String>,
    /// How many outputs are being stored.
    pub(super) unstored: usize,
    /// Whether what was stored before the start is not yet published.
    restoring: bool,
}

impl Controller {
    /// A controller that handles nothing yet.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            engine,
            path,
            bus,
            config,
            disk,
            storage,
            spool,
            pipes,
        } = parts;
        let openings = Openings::new(config.roots(), Arc::clone(&spool), disk.clone());
        Self {
            engine,
            path,
            bus,
            config,
            disk,
            storage,
            openings,
            spool,
            pipes,
            power_cycle: PowerCycle::default(),
            shutdown: Shutdown::Running,
            notify: Notify::new(),
            warnings: Vec::new(),
            unstored: 0,
            restoring: false,
        }
    }

    /// Goes on with what was stored, and publishes it.
    pub fn restore(&mut self, now: Now, found: Found) {
        restore::keep_files(&self.disk, &self.spool, self.config.roots(), &found);
        self.warnings = found.warnings;
        self.engine.restore(now, found.stored);
        self.restoring = true;
        self.settle(now);
    }

    /// Reports to systemd that the daemon is ready, and logs what was found when it started: not
    /// before it owns the bus name, since the directory may be in use by another daemon that does.
    pub fn ready(&mut self, now: Now) {
        for warning in std::mem::take(&mut self.warnings) {
            tracing::error!("{warning}");
        }
        self.notify.ready(now.instant);
    }

    /// A pipe that somebody waits for is readable.
    pub fn pipe_ready(&mut self, now: Now, token: Token) {
        if let Some(handle) = self.pipes.ready(token) {
            self.engine.source_ready(now, handle);
        }
    }

    /// Tells the engine when a pipe is readable, or at once if that cannot be found out.
    fn await_source(&mut self, now: Now, handle: Handle) {
        let pipe = self.path.files().pipe_of_source(handle);
        let awaited = pipe.is_some_and(|pipe| self.pipes.add(pipe, Waiter::Engine(handle)));
        if !awaited {
            self.engine.source_ready(now, handle);
        }
    }

    /// The serial port and the local files.
    pub fn path(&mut self) -> &mut DataPath {
        &mut self.path
    }

    /// The exit code, once the event loop is to end.
    pub fn exit(&self) -> Option<ExitCode> {
        self.shutdown.exit()
    }

    /// Handles every deadline that has passed.
    pub fn handle_deadlines(&mut self, now: Now) {
        self.notify.feed(now.instant);
        self.power_cycle.expire(now.instant);
        self.disk.expire(now.instant);
        self.path
            .open_if_due(now, self.config.device(), &mut self.engine);
        if self.engine.deadline().is_some_and(|due| due <= now.instant) {
            self.engine.timeout(now);
        }
        self.watch_bus(now);
        self.shutdown.expire(now.instant);
    }

    /// The next deadline, if there is any.
    pub fn deadline(&self) -> Option<Instant> {
        if self.path.can_read() {
            // Reading was interrupted after `READS` reads.
            return Some(Instant::now());
        }
        [
            self.engine.deadline(),
            self.path.deadline(),
            self.notify.deadline(),
            self.power_cycle.deadline(),
            self.bus.deadline(),
            self.shutdown.deadline(),
            self.disk.deadline(now().instant),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Passes what the serial port has received to the engine.
    pub fn read_tty(&mut self) {
        for _ in 0..READS {
            let now = now();
            if !self.path.read(now, &mut self.engine) {
                return;
            }
            // The engine's outputs (a sink, a flush) apply to the bytes that follow.
            self.settle(now);
        }
    }

    /// Carries out outputs and moves bytes until there is nothing left to do.
    pub fn settle(&mut self, now: Now) {
        loop {
            while let Some(output) = self.engine.poll() {
                self.carry_out(now, output);
            }
            if !self.path.advance(now, &mut self.engine) {
                break;
            }
        }
        // The engine publishes nothing of a transfer that is not stored.
        if self.restoring && self.unstored == 0 {
            self.restoring = false;
            self.bus.publish_restored(self.warnings.clone());
        }
    }

    fn carry_out(&mut self, now: Now, output: Output) {
        let engine = &mut self.engine;
        match output {
            Output::Write(bytes) => self.path.tty().write(bytes.into()),
            Output::SetRate(baud) => self.path.tty().set_rate(baud),
            Output::CheckLine => match self.path.tty().check_line() {
                Ok(report) => engine.line_checked(now, report),
                Err(reason) => self.path.close(now, &reason, engine),
            },
            Output::Drain => self.path.tty().drain(),
            Output::Dtr(on) => self.path.set_dtr(now, on, engine),
            Output::Flush => self.path.flush(now, engine),
            Output::Pump {
                handle,
                offset,
                length,
                window,
                text,
            } => {
                let read_ahead = ReadAhead::new(offset, length, window, text);
                self.path.start_pump(handle, read_ahead);
            }
            Output::Grant => self.path.grant(),
            Output::StopPump => self.path.stop_pump(),
            Output::Receive {
                handle,
                offset,
                text,
            } => self.path.receive(handle, offset, text),
            Output::Commit {
                handle,
                fail_if_exists,
            } => self.path.commit(now, handle, fail_if_exists, engine),
            Output::Revoke(handle) => self.path.revoke(now, handle, engine),
            Output::Open { handle, .. } if self.path.files().has_kept_sink(handle) => {
                // What an earlier attempt received may be continued.
                engine.opened(now, handle, Ok(reopened(handle)));
            }
            Output::Open {
                handle, key, uid, ..
            } => self.openings.begin(handle, key, uid),
            Output::Append(bytes) => self.path.append(&bytes),
            Output::Keep(handle) => self.path.keep(handle),
            Output::Digest(extent) => self.path.digest(now, extent, engine),
            Output::Discard(handle) => {
                self.openings.abandon(handle);
                self.path.discard(handle);
            }
            Output::AwaitSource(handle) => self.await_source(now, handle),
            Output::Release(handle, key) => {
                self.pipes.forget(handle);
                self.path.release(handle);
                self.openings.release(handle, key.as_ref());
            }
            Output::Persist(number, facts) => {
                self.unstored += 1;
                self.storage.persist(number, facts);
            }
            Output::Reply(ticket, result) => {
                if let Some(handle) = self.bus.reply(ticket, result) {
                    self.path.release(handle);
                }
            }
            Output::Modem(status) => self.bus.publish_modem(status, &self.notify),
            Output::Transfer(status) => self.bus.publish_transfer(status),
            Output::TransferRemoved(id) => self.bus.publish_removal(id),
            Output::Servers(names, default) => self.bus.publish_servers(names, default),
            Output::PowerCycle => {
                let command = self.config.power_cycle();
                self.power_cycle.start(now.instant, command);
            }
            Output::Stopped => self.shutdown.end(),
        }
    }
}
