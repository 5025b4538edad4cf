//! [`PowerCycle`]: runs the configured command that switches the module off and on. At most one
//! runs at a time, the event loop does not wait for it, and nothing that it started outlives its
//! time limit or the daemon.

use std::time::{Duration, Instant};

use crate::child_process::ChildProcess;
use crate::descendants;

/// A command that takes longer is killed, with everything that it started.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// The pause before it is looked again whether everything has ended that was killed.
const AGAIN: Duration = Duration::from_secs(1);
/// So often that is done.
const TRIES: u32 = 30;

/// A command that was started.
#[derive(Debug)]
struct Running {
    child: ChildProcess,
    /// When it, and what it has started, is to be killed.
    deadline: Instant,
    /// Whether its end was reported: only what it started may still run.
    ended: bool,
    /// How often it was killed, with everything that it started.
    kills: u32,
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
                    kills: 0,
                });
            }
            Err(error) => {
                tracing::error!("power_cycle: {program} cannot be started: {}", error.desc());
            }
        }
    }

    /// Checks whether the command has ended; to be called after SIGCHLD.
    pub fn reap(&mut self) {
        let own = self.running.as_ref().map(|running| running.child.id());
        descendants::reap_adopted(own);
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
        if !running.ended && running.kills == 0 {
            tracing::error!("power_cycle: killed after {} s", TIME_LIMIT.as_secs());
        }
        running.deadline = now + AGAIN;
        running.kills += 1;
        // Its group may be empty.
        let _ = running.child.kill();
        let all_killed = descendants::kill_all();
        if running.ended && all_killed {
            return self.finish();
        }
        if running.kills == TRIES {
            tracing::error!("power_cycle: something that it started cannot be killed");
            self.finish();
        }
    }

    /// Kills what is left of a command.
    fn finish(&mut self) {
        if let Some(running) = self.running.take() {
            running.child.finish();
            descendants::kill_all();
            descendants::reap_adopted(None);
        }
    }
}

impl Drop for PowerCycle {
    fn drop(&mut self) {
        self.finish();
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
        power_cycle.expire(start + TIME_LIMIT + AGAIN);
        assert_eq!(power_cycle.deadline(), None);
    }

    /// In a process of its own: it kills everything that this process has started.
    #[test]
    fn what_left_the_commands_session_is_killed_too() {
        let own = std::env::current_exe().unwrap();
        let test = "event_loop::power_cycle::tests::alone_in_a_process";
        let run = std::process::Command::new(own)
            .args(["--exact", test, "--ignored", "--test-threads=1"])
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success() && output.contains("1 passed"),
            "{output}"
        );
    }

    #[test]
    #[ignore = "run by what_left_the_commands_session_is_killed_too"]
    fn alone_in_a_process() {
        descendants::adopt().unwrap();
        for ends in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            // Each is in a session of its own, and its parents are gone.
            let stray = "setsid sh -c 'setsid sleep 1000 & echo $! > \"$0\"/$1' \"$0\" \"$1\" &";
            let end = if ends { "" } else { "wait; sleep 1000" };
            let script = format!("for i in 1 2 3; do set -- $i; {stray} done; {end}");
            let words = ["/bin/sh", "-c", &script, folder.path().to_str().unwrap()];
            let start = Instant::now();
            let mut power_cycle = PowerCycle::default();
            power_cycle.start(start, &command(&words));
            let strays: Vec<_> = ["1", "2", "3"].map(|name| folder.path().join(name)).into();
            let id = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
            let until = |done: &mut dyn FnMut() -> bool| {
                while !done() {
                    assert!(start.elapsed() < Duration::from_secs(20), "{ends}");
                    std::thread::yield_now();
                }
            };
            until(&mut || strays.iter().all(|path| id(path).ends_with('\n')));
            let stats: Vec<_> = strays
                .iter()
                .map(|path| format!("/proc/{}", id(path).trim()))
                .collect();
            let left = || stats.iter().filter(|stat| std::fs::exists(stat).unwrap());
            if ends {
                until(&mut || {
                    power_cycle.reap();
                    power_cycle
                        .running
                        .as_ref()
                        .is_some_and(|running| running.ended)
                });
                assert_eq!(left().count(), 3, "they may finish their work");
            }
            let mut now = start + TIME_LIMIT;
            until(&mut || {
                power_cycle.expire(now);
                power_cycle.reap();
                now += AGAIN;
                power_cycle.deadline().is_none()
            });
            // Nothing is left of them, not even an entry in the table of processes.
            until(&mut || {
                power_cycle.reap();
                left().count() == 0
            });
        }
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
