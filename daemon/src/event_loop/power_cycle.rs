//! [`PowerCycle`]: runs the configured command that switches the module off and on. At most one
//! runs at a time, the event loop does not wait for it, and nothing that it started outlives its
//! time limit.

use std::time::{Duration, Instant};

use crate::child_process::ChildProcess;

/// A command that takes longer is killed, with everything that it started.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// A command that was started.
#[derive(Debug)]
struct Running {
    child: ChildProcess,
    /// When it, and what it has started, is to be killed.
    deadline: Instant,
    /// Whether its end was reported: only what it started may still run.
    ended: bool,
    killed: bool,
}

/// The power-cycle command.
#[derive(Debug, Default)]
pub struct PowerCycle {
    running: Option<Running>,
}

impl PowerCycle {
    /// Starts the command, whose end is reported by SIGCHLD. Does nothing if it is empty.
    pub fn start(&mut self, now: Instant, command: &[String]) {
        let Some(program) = command.first() else {
            return;
        };
        if self.running.as_ref().is_some_and(|running| !running.ended) {
            tracing::warn!("{program} is still running: not started again");
            return;
        }
        self.finish();
        match ChildProcess::start(command) {
            Ok(child) => {
                tracing::warn!("power-cycling the module with {program}");
                self.running = Some(Running {
                    child,
                    deadline: now + TIME_LIMIT,
                    ended: false,
                    killed: false,
                });
            }
            Err(error) => {
                tracing::error!("power_cycle: {program} cannot be started: {}", error.desc());
            }
        }
    }

    /// Checks whether the command has ended; to be called after SIGCHLD.
    pub fn reap(&mut self) {
        let Some(running) = self.running.as_mut().filter(|running| !running.ended) else {
            return;
        };
        let Some(end) = running.child.try_wait() else {
            return;
        };
        match end {
            Ok(()) => tracing::info!("power_cycle: done"),
            Err(reason) => tracing::error!("power_cycle: the command failed: {reason}"),
        }
        running.ended = true;
        if running.killed {
            self.finish();
        }
    }

    /// When [`PowerCycle::expire`] is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.running.as_ref().map(|running| running.deadline)
    }

    /// Kills a command that takes too long, and whatever one that has ended left behind.
    pub fn expire(&mut self, now: Instant) {
        let due = |running: &&mut Running| running.deadline <= now;
        let Some(running) = self.running.as_mut().filter(due) else {
            return;
        };
        if running.ended {
            return self.finish();
        }
        tracing::error!("power_cycle: killed after {} s", TIME_LIMIT.as_secs());
        running.deadline = now + TIME_LIMIT;
        running.killed = true;
        if let Err(error) = running.child.kill() {
            tracing::error!("power_cycle: {}", error.desc());
        }
    }

    /// Kills what is left of a command that has ended.
    fn finish(&mut self) {
        if let Some(running) = self.running.take() {
            running.child.finish();
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
        let runs = |it: &PowerCycle| it.running.as_ref().is_some_and(|running| !running.ended);
        while runs(power_cycle) && Instant::now() < limit {
            power_cycle.reap();
            std::thread::yield_now();
        }
        !runs(power_cycle)
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

    #[test]
    fn what_a_command_leaves_behind_is_killed_at_the_time_limit() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let script = "sleep 1000 & echo $! > \"$0\"";
        let mut power_cycle = PowerCycle::default();
        let start = Instant::now();
        power_cycle.start(start, &command(&["/bin/sh", "-c", script, path]));
        assert!(ended(&mut power_cycle));
        let left = std::fs::read_to_string(path).unwrap();
        let stat = format!("/proc/{}/stat", left.trim());
        let runs = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        assert!(runs(), "it may finish its work");
        power_cycle.expire(start + TIME_LIMIT);
        assert_eq!(power_cycle.deadline(), None);
        let limit = Instant::now() + Duration::from_secs(20);
        while runs() {
            assert!(Instant::now() < limit, "it outlives the time limit");
            std::thread::yield_now();
        }
    }
}
