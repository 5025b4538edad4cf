//! What comes from outside: letters of the bus and disk threads, and signals.

use std::process::ExitCode;
use std::sync::mpsc::TryRecvError;
use std::time::Duration;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::request::{Request, Ticket};
use modem_ftp_core::engine::STOP_PATIENCE;
use modem_ftp_dbus::ErrorName;
use nix::sys::signal::Signal;

use super::mailbox::{Read, Written};
use super::{Call, EventLoop, Letter, ReplyTo, Waiting, now, setup};
use crate::bus::Publication;
use crate::config::{Config, Refusal};

/// The engine has so long to come to rest: longer than it waits for answers itself, shorter than
/// systemd waits for us (`TimeoutStopSec=`).
const STOP_TIME: Duration = Duration::from_secs(15);
const _: () = assert!(STOP_PATIENCE.as_secs() < STOP_TIME.as_secs());

impl EventLoop {
    pub(super) fn read_letters(&mut self) {
        loop {
            match self.letters.try_recv() {
                Ok(letter) => self.read_letter(now(), letter),
                // We hold a sender ourselves: it is never disconnected.
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    pub(super) fn read_letter(&mut self, now: Now, letter: Letter) {
        match letter {
            Letter::Call(call) => self.call(now, *call),
            Letter::Reload(reply) => self.load_config(Some(reply)),
            // The loop was born of it.
            Letter::BusReady => {}
            Letter::BusLost(reason) => {
                tracing::error!("{reason}");
                self.exit = ExitCode::FAILURE;
                self.stop(now);
            }
            Letter::Loaded(result, reply) => self.loaded(now, *result, reply),
            Letter::Read(read) => self.block_read(now, read),
            Letter::Written(written) => self.written(now, written),
            Letter::Committed(handle, result) => self.engine.committed(now, handle, result),
        }
    }

    fn block_read(&mut self, now: Now, read: Read) {
        let pump = self.pump.as_mut().filter(|pump| pump.number == read.pump);
        let Some(pump) = pump else {
            return self.blocks.give(read.block);
        };
        match read.result {
            Ok(()) => {
                let mut block = read.block;
                pump.answered(&mut block, read.asked);
                self.line.write_payload(block);
            }
            Err(failure) => {
                self.blocks.give(read.block);
                self.fail_pump(now, failure);
            }
        }
    }

    fn written(&mut self, now: Now, written: Written) {
        if let Some(block) = written.block {
            self.blocks.give(block);
            self.incoming.block_written();
        }
        if let Err(failure) = written.result
            && written.attempt == self.incoming.attempt()
        {
            self.fail_sink(now, written.handle, failure);
        }
    }

    fn call(&mut self, now: Now, call: Call) {
        let handle = call.local.map(|(handle, local)| {
            self.locals.insert(handle, local);
            handle
        });
        let ticket = self.ticket(Some(call.reply), handle);
        self.engine.request(now, ticket, call.request);
    }

    fn ticket(&mut self, reply: Option<ReplyTo>, local: Option<Handle>) -> Ticket {
        let ticket = Ticket(self.number());
        self.waiting.insert(ticket, Waiting { reply, local });
        ticket
    }

    /// Reads the configuration again, off the loop.
    fn load_config(&mut self, reply: Option<ReplyTo>) {
        let (path, mailbox) = (self.config_path.clone(), self.mailbox.clone());
        self.disk.run(move || {
            let result = Config::load(&path);
            mailbox.send(Letter::Loaded(Box::new(result), reply));
        });
    }

    fn loaded(&mut self, now: Now, result: Result<Config, Refusal>, reply: Option<ReplyTo>) {
        let config = match result {
            Ok(config) => config,
            Err(refusal) => {
                tracing::error!("the configuration is refused, the old one stays");
                for fault in &refusal.0 {
                    tracing::error!("{fault}");
                }
                if let Some(reply) = reply {
                    let failure = Failure::new(ErrorName::InvalidConfig, refusal.to_string());
                    self.publish(Publication::Reply(reply, Box::new(Err(failure))));
                }
                return;
            }
        };
        tracing::info!("the configuration is read again");
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let reopen = setup(&config) != setup(&self.config);
        self.config = config;
        self.publish(Publication::Roots(self.config.roots.clone()));
        let ticket = self.ticket(reply, None);
        let settings = Box::new(self.config.settings.clone());
        self.engine.request(now, ticket, Request::Reload(settings));
        if reopen {
            self.line.set_setup(setup(&self.config));
            self.close_line(now, "the port is configured anew");
        }
    }

    pub(super) fn read_signals(&mut self) {
        while let Some(signal) = self.signals.next() {
            match signal {
                Signal::SIGHUP => self.load_config(None),
                Signal::SIGCHLD => self.power.reap(),
                _ if self.stop_by.is_some() => {
                    tracing::warn!("told to end twice: ending at once");
                    self.ended = true;
                }
                _ => {
                    tracing::info!("told to end by {}", signal.as_str());
                    self.stop(now());
                }
            }
        }
    }

    /// Brings everything to rest; the loop ends when the engine says so, or after
    /// [`STOP_TIME`].
    fn stop(&mut self, now: Now) {
        if self.stop_by.is_none() {
            self.notify.stopping();
            self.stop_by = Some(now.instant + STOP_TIME);
            self.engine.stop(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// One truth about how long ending may take: the engine's, the loop's, systemd's, the page's.
    #[test]
    fn whoever_waits_for_the_end_waits_longer_than_the_one_inside() {
        let etc = Path::new(env!("CARGO_MANIFEST_DIR")).join("../etc");
        let read = |name| std::fs::read_to_string(etc.join(name)).unwrap();
        let unit = read("systemd/system/modem-ftpd.service");
        let limit = unit
            .lines()
            .find_map(|line| line.strip_prefix("TimeoutStopSec="));
        let limit = Duration::from_secs(limit.unwrap().parse().unwrap());
        assert!(STOP_PATIENCE < STOP_TIME && STOP_TIME < limit);
        assert_eq!(STOP_TIME, Duration::from_secs(15), "the page says fifteen");
        assert!(read("man/modem-ftpd.8").contains("at most fifteen seconds"));
    }
}
