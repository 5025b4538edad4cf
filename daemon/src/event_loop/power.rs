//! [`Power`]: runs the configured command that switches the module off and on, one at a time
//! and never waited for.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A command that takes longer is killed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The power-cycle command.
#[derive(Debug, Default)]
pub struct Power {
    running: Option<(Child, Instant)>,
}

impl Power {
    /// Starts it. Its end shows as SIGCHLD.
    pub fn start(&mut self, now: Instant, command: &[String]) {
        let Some((program, arguments)) = command.split_first() else {
            return;
        };
        if self.running.is_some() {
            tracing::warn!("{program} is still running: not started again");
            return;
        }
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .spawn();
        match child {
            Ok(child) => {
                tracing::warn!("switching the module off and on by {program}");
                self.running = Some((child, now + PATIENCE));
            }
            Err(error) => tracing::error!("power_cycle: {program} cannot be started: {error}"),
        }
    }

    /// Looks whether it has ended; to be called at SIGCHLD.
    pub fn reap(&mut self) {
        let Some((child, _)) = &mut self.running else {
            return;
        };
        match child.try_wait() {
            Ok(None) => return,
            Ok(Some(status)) if status.success() => tracing::info!("power_cycle: done"),
            Ok(Some(status)) => tracing::error!("power_cycle: the command failed: {status}"),
            Err(error) => tracing::error!("power_cycle: {error}"),
        }
        self.running = None;
    }

    /// When [`Power::expire`] is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.running.as_ref().map(|(_, deadline)| *deadline)
    }

    /// Kills a command that takes too long.
    pub fn expire(&mut self, now: Instant) {
        if let Some((child, deadline)) = &mut self.running
            && *deadline <= now
        {
            tracing::error!("power_cycle: killed after {} s", PATIENCE.as_secs());
            *deadline = now + PATIENCE;
            if let Err(error) = child.kill() {
                tracing::error!("power_cycle: {error}");
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

    /// Reaps until nothing runs, as SIGCHLD would have it.
    fn ended(power: &mut Power) -> bool {
        let limit = Instant::now() + Duration::from_secs(20);
        while power.deadline().is_some() && Instant::now() < limit {
            power.reap();
            std::thread::yield_now();
        }
        power.deadline().is_none()
    }

    #[test]
    fn the_command_is_run_and_reaped() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let mut power = Power::default();
        let script = "echo \"$1\" > \"$0\"";
        power.start(
            Instant::now(),
            &command(&["/bin/sh", "-c", script, path, "off and on"]),
        );
        assert!(ended(&mut power));
        assert_eq!(std::fs::read(path).unwrap(), b"off and on\n");
        power.start(Instant::now(), &command(&["/no/such/program"]));
        power.start(Instant::now(), &[]);
        assert_eq!(power.deadline(), None);
    }

    #[test]
    fn a_command_that_takes_too_long_is_killed() {
        let mut power = Power::default();
        let start = Instant::now();
        power.start(start, &command(&["/bin/sleep", "1000"]));
        assert_eq!(power.deadline(), Some(start + PATIENCE));
        power.expire(start);
        power.expire(start + PATIENCE);
        assert!(ended(&mut power));
    }
}
