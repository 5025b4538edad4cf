//! [`Controller`]: the engine and everything it controls. It passes events to the engine and
//! carries out the engine's outputs, in order.

use std::process::ExitCode;
use std::time::Instant;

use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::output::Output;
use modem_ftp_core::api::request::Request;
use modem_ftp_core::engine::Engine;
use nix::sys::signal::Signal;

use super::active_config::ActiveConfig;
use super::bus_side::BusSide;
use super::clock::now;
use super::data_path::DataPath;
use super::disk_jobs::DiskJobs;
use super::power_cycle::PowerCycle;
use super::pump::ReadAhead;
use super::shutdown::Shutdown;
use crate::config::{Config, Refusal};
use crate::messages::{Message, ReplyTo};
use crate::notify::Notify;

/// How many times the serial port is read before other events are handled.
const READS: usize = 8;

/// The engine, and what carries out its outputs.
pub struct Controller {
    engine: Engine,
    path: DataPath,
    bus: BusSide,
    config: ActiveConfig,
    disk: DiskJobs,
    power_cycle: PowerCycle,
    shutdown: Shutdown,
    notify: Notify,
}

impl Controller {
    /// Reports to systemd that the daemon is ready.
    pub fn new(
        now: Now,
        engine: Engine,
        path: DataPath,
        bus: BusSide,
        config: ActiveConfig,
        disk: DiskJobs,
    ) -> Self {
        let mut notify = Notify::new();
        notify.ready(now.instant);
        Self {
            engine,
            path,
            bus,
            config,
            disk,
            power_cycle: PowerCycle::default(),
            shutdown: Shutdown::Running,
            notify,
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
        self.path
            .open_if_due(now, self.config.device(), &mut self.engine);
        if self.engine.deadline().is_some_and(|due| due <= now.instant) {
            self.engine.timeout(now);
        }
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
            self.shutdown.deadline(),
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
                return;
            }
        }
    }

    fn carry_out(&mut self, now: Now, output: Output) {
        let engine = &mut self.engine;
        match output {
            Output::Write(bytes) => self.path.tty().write(bytes.into()),
            Output::SetRate(baud) => self.path.tty().set_rate(baud),
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
            Output::Discard(handle) => self.path.discard(handle),
            Output::Release(handle) => self.path.release(handle),
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

    /// Handles a message of another thread.
    pub fn handle_message(&mut self, now: Now, message: Message) {
        let engine = &mut self.engine;
        match message {
            Message::Call(call) => {
                let handle = call.file.as_ref().map(|(handle, _)| *handle);
                if let Some((handle, file)) = call.file {
                    self.path.add_file(handle, file);
                }
                let ticket = self.bus.add_call(Some(call.reply), handle);
                engine.request(now, ticket, call.request);
            }
            Message::Reload(reply) => self.config.read_again(Some(reply), &self.disk),
            // The event loop starts only after this.
            Message::BusReady => {}
            Message::BusLost(reason) => {
                tracing::error!("{reason}");
                self.stop(now, ExitCode::FAILURE);
            }
            Message::ConfigRead(result, reply) => self.config_read(now, *result, reply),
            Message::BlockRead(read) => self.path.block_read(now, read, engine),
            Message::SinkWritten(written) => self.path.sink_written(now, written, engine),
            Message::Committed(committed) => self.path.sink_committed(now, committed, engine),
        }
    }

    fn config_read(&mut self, now: Now, read: Result<Config, Refusal>, reply: Option<ReplyTo>) {
        let old_port = self.config.port();
        if let Err(failure) = self.config.replace(read) {
            return self.bus.refuse(reply, failure);
        }
        self.bus.publish_roots(self.config.roots());
        let ticket = self.bus.add_call(reply, None);
        let settings = Box::new(self.config.settings().clone());
        self.engine.request(now, ticket, Request::Reload(settings));
        let port = self.config.port();
        if port != old_port {
            self.path.tty().set_settings(port);
            let reason = "the configuration of the port has changed";
            self.path.close(now, reason, &mut self.engine);
        }
    }

    /// Handles a signal.
    pub fn handle_signal(&mut self, now: Now, signal: Signal) {
        match signal {
            Signal::SIGHUP => self.config.read_again(None, &self.disk),
            Signal::SIGCHLD => self.power_cycle.reap(),
            _ if self.shutdown.has_begun() => {
                tracing::warn!("second signal to stop: exiting at once");
                self.shutdown.end();
            }
            _ => {
                tracing::info!("stopping after {}", signal.as_str());
                self.stop(now, ExitCode::SUCCESS);
            }
        }
    }

    /// Stops the engine; the event loop ends when it has stopped, or at the deadline.
    fn stop(&mut self, now: Now, exit: ExitCode) {
        if self.shutdown.begin(now.instant, exit) {
            self.notify.stopping();
            self.engine.stop(now);
        }
    }
}
