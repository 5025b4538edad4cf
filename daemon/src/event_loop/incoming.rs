//! What comes in to the [`Controller`] besides bytes and deadlines: messages of other threads, and
//! signals.

use std::process::ExitCode;

use modem_ftp_core::api::local::LocalFile;
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::request::Request;
use nix::sys::signal::Signal;

use super::bus_progress::PATIENCE;
use super::controller::Controller;
use super::pipe_watch::Waiter;
use crate::config::{Config, Refusal};
use crate::files::Roots;
use crate::messages::{FileOpened, Message, ReplyTo};

impl Controller {
    /// Handles a message of another thread.
    pub fn handle_message(&mut self, now: Now, message: Message) {
        let engine = &mut self.engine;
        match message {
            Message::Call(call) => {
                let handle = call.file.as_ref().map(|passed| passed.handle);
                if let Some(passed) = call.file {
                    self.path.add_file(passed);
                }
                let ticket = self.bus.add_call(Some(call.reply), handle);
                engine.request(now, ticket, call.request);
            }
            Message::CallerLeft => engine.forget(&self.bus.take_unwanted()),
            Message::Reload(reply) => self.config.read_again(Some(reply), &self.disk),
            // These come before the event loop runs.
            Message::BusConnected | Message::BusReady | Message::Found(_) => {}
            // The event loop asks for the disk's deadline after each message.
            Message::DiskUsed => {}
            Message::Persisted(number, result) => {
                self.unstored = self.unstored.saturating_sub(1);
                engine.persisted(now, number, result);
            }
            Message::Opened(opened) => self.opened(now, *opened),
            Message::AwaitPipe(pipe, reply) => {
                self.pipes.add(pipe, Waiter::Handler(reply));
            }
            Message::BusLost(reason) => {
                tracing::error!("{reason}");
                self.stop(now, ExitCode::FAILURE);
            }
            Message::ConfigRead(result, replies) => {
                self.config_read(now, *result, replies);
                self.config.end_reading(&self.disk);
            }
            Message::Digested(extent, result) => engine.digested(now, extent, result),
            Message::BlockRead(read) => self.path.block_read(now, read, engine),
            Message::SinkWritten(written) => self.path.sink_written(now, written, engine),
            Message::Committed(committed) => self.path.sink_committed(now, committed, engine),
        }
    }

    fn opened(&mut self, now: Now, opened: FileOpened) {
        let wanted = self.openings.end(&opened);
        let handle = opened.handle;
        match opened.result {
            Ok((file, content)) if wanted => {
                let (size, rewindable) = file.extent();
                self.path.add_reopened(handle, file, opened.lane);
                let local = LocalFile {
                    handle,
                    name: String::new(),
                    size,
                    rewindable,
                    key: None,
                    content,
                };
                self.engine.opened(now, handle, Ok(local));
            }
            Ok((file, _)) => opened.lane.run_silently(move || drop(file)),
            Err(failure) if wanted => self.engine.opened(now, handle, Err(failure)),
            Err(_) => {}
        }
    }

    fn config_read(
        &mut self,
        now: Now,
        read: Result<(Config, Roots), Refusal>,
        replies: Vec<ReplyTo>,
    ) {
        let old_port = self.config.port();
        if let Err(failure) = self.config.replace(read) {
            for reply in replies {
                self.bus.refuse(Some(reply), failure.clone());
            }
            return;
        }
        self.bus.publish_roots(self.config.roots());
        self.openings.set_roots(self.config.roots());
        self.spool.set_limit(self.config.spool_limit());
        // After SIGHUP nobody waits for a reply.
        let nobody = replies.is_empty().then_some(None);
        for reply in replies.into_iter().map(Some).chain(nobody) {
            let ticket = self.bus.add_call(reply, None);
            let settings = Box::new(self.config.settings().clone());
            self.engine.request(now, ticket, Request::Reload(settings));
        }
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

    /// Ends the daemon if the bus does not read for long: as if it had closed the connection.
    pub fn watch_bus(&mut self, now: Now) {
        if !self.shutdown.has_begun() && self.bus.is_held_up(now.instant) {
            let minutes = PATIENCE.as_secs() / 60;
            tracing::error!("the bus has read nothing for {minutes} minutes");
            self.stop(now, ExitCode::FAILURE);
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
