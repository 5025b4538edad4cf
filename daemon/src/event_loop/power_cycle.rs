//! [`PowerCycle`]: runs the configured command that switches the module off and on. At most one
//! runs at a time, and the event loop does not wait for it.

use std::time::{Duration, Instant};

use crate::child_process::ChildProcess;

/// A command that takes longer is killed.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The power-cycle command.
#[derive(Debug, Default)]
pub struct PowerCycle {
    /// The running command, and when it is to be killed.
    running: Option<(ChildProcess, Instant)>,
}

impl PowerCycle {
    /// Starts the command, whose end is reported by SIGCHLD. Does nothing if it is empty.
    pub fn start(&mut self, now: Instant, command: &[String]) {
        let Some(program) = command.first() else {
            return;
        };
        if self.running.is_some() {
            tracing::warn!("{program} is still running: not started again");
            return;
        }
        match ChildProcess::start(command) {
            Ok(child) => {
                tracing::warn!("power-cycling the module with {program}");
                self.running = Some((child, now + TIME_LIMIT));
            }
            Err(error) => {
                tracing::error!("power_cycle: {program} cannot be started: {}", error.desc());
            }
        }
    }

    /// Checks whether the command has ended; to be called after SIGCHLD.
    pub fn reap(&mut self) {
        let Some(end) = self
            .running
            .as_ref()
            .and_then(|(child, _)| child.try_wait())
        else {
            return;
        };
        self.running = None;
        match end {
            Ok(()) => tracing::info!("power_cycle: done"),
            Err(reason) => tracing::error!("power_cycle: the command failed: {reason}"),
        }
    }

    /// When [`PowerCycle::expire`] is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.running.as_ref().map(|(_, deadline)| *deadline)
    }

    /// Kills a command that takes too long.
    pub fn expire(&mut self, now: Instant) {
        if let Some((child, deadline)) = &mut self.running
            && *deadline <= now
        {
            tracing::error!("power_cycle: killed after {} s", TIME_LIMIT.as_secs());
            *deadline = now + TIME_LIMIT;
            if let Err(error) = child.kill() {
                tracing::error!("power_cycle: {}", error.desc());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Reaps until the command has ended, as after SIGCHLD.
    fn ended(power_cycle: &mut PowerCycle) -> bool {
        let limit = Instant::now() + Duration::from_secs(20);
        while power_cycle.deadline().is_some() && Instant::now() < limit {
            power_cycle.reap();
            std::thread::yield_now();
        }
        power_cycle.deadline().is_none()
    }

    #[test]
    fn the_command_is_run_and_reaped() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let mut power_cycle = PowerCycle::default();
        let script = "echo \"$1\" > \"$0\"";
        power_cycle.start(
            Instant::now(),
            &command(&["/bin/sh", "-c", script, path, "off and on"]),
        );
        assert!(ended(&mut power_cycle));
        assert_eq!(std::fs::read(path).unwrap(), b"off and on\n");
        power_cycle.start(Instant::now(), &command(&["/no/such/program"]));
        power_cycle.start(Instant::now(), &[]);
        assert_eq!(power_cycle.deadline(), None);
    }

    #[test]
    fn a_command_that_takes_too_long_is_killed() {
        let mut power_cycle = PowerCycle::default();
        let start = Instant::now();
        power_cycle.start(start, &command(&["/bin/sleep", "1000"]));
        assert_eq!(power_cycle.deadline(), Some(start + TIME_LIMIT));
        power_cycle.expire(start);
        power_cycle.expire(start + TIME_LIMIT);
        assert!(ended(&mut power_cycle));
    }
}
