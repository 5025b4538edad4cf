//! What happens because time has passed, and how long the loop may sleep.

use std::time::Instant;

use modem_ftp_core::api::now::Now;

use super::EventLoop;
use crate::serial::Opening;

impl EventLoop {
    /// Does everything whose time has come.
    pub(super) fn timers(&mut self, now: Now) {
        self.notify.feed(now.instant);
        self.power.expire(now.instant);
        self.open_line(now);
        if self.engine.deadline().is_some_and(|due| due <= now.instant) {
            self.engine.timeout(now);
        }
        if self.stop_by.is_some_and(|by| by <= now.instant) {
            tracing::warn!("the module did not come to rest in time: ending all the same");
            self.ended = true;
        }
    }

    /// When something is due next; `None`: only when something happens.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.may_read() {
            // A read was cut short for the sake of others.
            return Some(Instant::now());
        }
        [
            self.engine.deadline(),
            self.line.deadline(),
            self.notify.deadline(),
            self.power.deadline(),
            self.stop_by,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn open_line(&mut self, now: Now) {
        let registry = self.poll.registry();
        match self.line.open_if_due(now.instant, registry) {
            None => {}
            Some(Opening::Opened(modem_lines)) => {
                let device = &self.config.settings.modem.device;
                tracing::info!("{device} is open");
                if !modem_lines {
                    tracing::info!("no modem lines on {device}: data mode is left by the escape");
                }
                self.readable = true;
                self.engine.line_opened(now, modem_lines);
            }
            Some(Opening::Failed(reason)) => {
                tracing::info!("{reason}; tried again until it is there");
                self.engine.line_closed(now, &reason);
            }
        }
    }
}
