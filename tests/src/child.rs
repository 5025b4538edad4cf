//! A child process that ends with its test.

use crate::{Error, tools, with_default_signals};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long a process may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);
/// How many lines of a log a failing test prints.
const TAIL: usize = 40;

/// A running process in its own process group. Dropping it ends the whole group; if the test is
/// failing, the end of its log is printed. If the test itself is killed, the kernel kills the
/// process (`setpriv --pdeathsig`).
#[derive(Debug)]
pub struct Child {
    name: String,
    process: std::process::Child,
    log: PathBuf,
}

impl Child {
    /// Starts `command` with empty standard input and its output in the file `log`.
    ///
    /// The process is killed when the thread that started it ends.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn start(name: &str, command: &Command, log: &Path) -> Result<Self, Error> {
        let output = File::options().create(true).append(true).open(log)?;
        let mut command = with_parent_death_signal(command);
        command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0);
        let process = command.spawn().map_err(|error| {
            Error::failed(format!(
                "cannot start {name} ({}): {error}",
                command.get_program().display()
            ))
        })?;
        Ok(Self {
            name: name.to_owned(),
            process,
            log: log.to_owned(),
        })
    }

    /// Its process id, which is also the id of its process group.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Its output so far.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The last lines of its output, for a message.
    #[must_use]
    pub fn tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let skip = lines.len().saturating_sub(TAIL);
        let tail: Vec<String> = lines
            .iter()
            .skip(skip)
            .map(|line| format!("  {} | {line}", self.name))
            .collect();
        tail.join("\n")
    }

    /// How it ended, or `None` while it runs.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        Ok(self.process.try_wait()?)
    }

    /// Waits until `ready` gives a value.
    ///
    /// # Errors
    ///
    /// If the process ends before, or after `limit`; with the end of its log.
    pub fn wait_until<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<T, Error> {
        let waited = crate::until(what, limit, || {
            if let Some(value) = ready() {
                return Ok(Some(value));
            }
            match self.ended()? {
                Some(status) => Err(Error::failed(format!("{}: ended ({status})", self.name))),
                None => Ok(None),
            }
        });
        waited.map_err(|error| Error::failed(format!("{error}\n{}", self.tail())))
    }

    /// Sends a signal to its whole group.
    ///
    /// # Errors
    ///
    /// If the group has no process any more.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        let group = Pid::from_raw(i32::try_from(self.id()).unwrap_or(i32::MAX));
        killpg(group, signal)
            .map_err(|error| Error::failed(format!("cannot signal {}: {error}", self.name)))
    }

    /// Sends SIGTERM, after three seconds SIGKILL, and gives the exit status.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say.
    pub fn stop(&mut self) -> Result<ExitStatus, Error> {
        self.stop_within(GRACE)
    }

    /// As [`Child::stop`], with another time between the signals.
    ///
    /// # Errors
    ///
    /// As [`Child::stop`].
    pub fn stop_within(&mut self, grace: Duration) -> Result<ExitStatus, Error> {
        if let Some(status) = self.ended()? {
            return Ok(status);
        }
        let _ = self.signal(Signal::SIGTERM);
        let asked = crate::until(&self.name.clone(), grace, || self.ended());
        // For the leader's children, and a leader that did not end.
        let _ = self.signal(Signal::SIGKILL);
        match asked {
            Ok(status) => Ok(status),
            Err(_) => Ok(self.process.wait()?),
        }
    }

    /// Kills it with SIGKILL.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say how it ended.
    pub fn kill(&mut self) -> Result<ExitStatus, Error> {
        let _ = self.signal(Signal::SIGKILL);
        Ok(self.process.wait()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the end of the log of {}:\n{}", self.name, self.tail());
        }
        let _ = self.stop();
    }
}

/// The same command, run by `setpriv` so that it is killed when the thread that started it ends,
/// and with default signal dispositions.
fn with_parent_death_signal(command: &Command) -> Command {
    let mut wrapped = match tools::installed("setpriv") {
        Some(setpriv) => {
            let mut wrapped = with_default_signals(setpriv);
            wrapped
                .args(["--pdeathsig", "KILL", "--"])
                .arg(command.get_program());
            wrapped
        }
        None => with_default_signals(command.get_program()),
    };
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scratch, within};

    fn alive(id: u32) -> bool {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
    }

    #[test]
    fn dropping_a_child_ends_its_children_too() {
        let scratch = Scratch::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]);
        let mut child = Child::start("shell", &command, &scratch.join("log")).unwrap();
        let log = scratch.join("log");
        let grandchild: u32 = child
            .wait_until("the grandchild", Duration::from_secs(5), || {
                fs::read_to_string(&log)
                    .ok()?
                    .strip_suffix('\n')?
                    .parse()
                    .ok()
            })
            .unwrap();
        let leader = child.id();
        assert!(alive(leader) && alive(grandchild));
        drop(child);
        assert!(within(Duration::from_secs(5), || !alive(leader)
            && !alive(grandchild)));
    }

    #[test]
    fn a_child_that_ends_early_is_reported_with_its_log() {
        let scratch = Scratch::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no luck; exit 3"]);
        let mut child = Child::start("shell", &command, &scratch.join("log")).unwrap();
        let error = child
            .wait_until("luck", Duration::from_secs(5), || None::<()>)
            .unwrap_err();
        assert!(error.to_string().contains("exit status: 3"), "{error}");
        assert!(error.to_string().contains("no luck"), "{error}");
    }
}
