//! [`Shutdown`]: whether the daemon is stopping, until when, and with which exit code.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use modem_ftp_core::engine::STOP_PATIENCE;

/// How long the engine may take to stop: longer than it waits for module and server, shorter than
/// systemd waits for the daemon (`TimeoutStopSec=`).
const STOP_TIME: Duration = Duration::from_secs(15);
const _: () = assert!(STOP_PATIENCE.as_secs() < STOP_TIME.as_secs());

/// The state of the shutdown.
#[derive(Debug)]
pub enum Shutdown {
    /// The daemon is not stopping.
    Running,
    /// The engine is stopping.
    Stopping {
        /// When the daemon ends in any case.
        deadline: Instant,
        /// The exit code.
        exit: ExitCode,
    },
    /// The event loop is to end with this exit code.
    Ended(ExitCode),
}

impl Shutdown {
    /// Begins to stop; the daemon will end with exit code `with`. False if it is stopping already.
    pub fn begin(&mut self, now: Instant, with: ExitCode) -> bool {
        match self {
            Self::Running => {
                let deadline = now + STOP_TIME;
                *self = Self::Stopping {
                    deadline,
                    exit: with,
                };
                true
            }
            Self::Stopping { exit, .. } | Self::Ended(exit) => {
                *exit = with;
                false
            }
        }
    }

    /// Whether the daemon is stopping.
    pub fn has_begun(&self) -> bool {
        !matches!(self, Self::Running)
    }

    /// The engine has stopped, or must not be waited for.
    pub fn end(&mut self) {
        *self = match self {
            Self::Running => Self::Ended(ExitCode::SUCCESS),
            Self::Stopping { exit, .. } | Self::Ended(exit) => Self::Ended(*exit),
        };
    }

    /// Ends if the engine did not stop in time.
    pub fn expire(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            tracing::warn!("the module did not stop in time: exiting nevertheless");
            self.end();
        }
    }

    /// When [`Shutdown::expire`] is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Stopping { deadline, .. } => Some(*deadline),
            Self::Running | Self::Ended(_) => None,
        }
    }

    /// The exit code, once the event loop is to end.
    pub fn exit(&self) -> Option<ExitCode> {
        match self {
            Self::Ended(exit) => Some(*exit),
            Self::Running | Self::Stopping { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn stop_time_limits_of_engine_daemon_systemd_and_manual_page_agree() {
        let etc = Path::new(env!("CARGO_MANIFEST_DIR")).join("../etc");
        let read = |name| std::fs::read_to_string(etc.join(name)).unwrap();
        let unit = read("systemd/system/modem-ftpd.service");
        let limit = unit
            .lines()
            .find_map(|line| line.strip_prefix("TimeoutStopSec="));
        let limit = Duration::from_secs(limit.unwrap().parse().unwrap());
        assert!(STOP_PATIENCE < STOP_TIME && STOP_TIME < limit);
        assert_eq!(STOP_TIME, Duration::from_secs(15), "in the manual page");
        assert!(read("man/modem-ftpd.8").contains("at most fifteen seconds"));
    }
}
