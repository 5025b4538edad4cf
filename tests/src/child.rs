//! A process that cannot outlive its test.

use crate::{Error, tools, with_default_signals};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long a process may take to end by itself once asked.
const GRACE: Duration = Duration::from_secs(3);
/// How much of a log a failing test shows.
const TAIL: usize = 40;

/// A running process in a process group of its own. Dropping it ends the whole group; if the
/// test is failing, the end of its log is shown. Should the test itself be killed, the kernel
/// takes the process along (`setpriv --pdeathsig`).
#[derive(Debug)]
pub struct Child {
    name: String,
    process: std::process::Child,
    log: PathBuf,
}

impl Child {
    /// Starts `command` with nothing on standard input and its output in the file `log`.
    ///
    /// The process ends with the thread that starts it: start shared ones from a thread that
    /// lives as long as they should.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn start(name: &str, command: &Command, log: &Path) -> Result<Self, Error> {
        let output = File::options().create(true).append(true).open(log)?;
        let mut command = tied(command);
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

    /// Its process id, which is also its process group's.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Everything it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The last lines it printed, for a message.
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

    /// Waits until `ready` gives a value, and no longer than the process runs.
    ///
    /// # Errors
    ///
    /// If the process ends before, or `limit` passes; with the end of its log.
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
    /// If there is nobody left to send it to.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        let group = Pid::from_raw(i32::try_from(self.id()).unwrap_or(i32::MAX));
        killpg(group, signal)
            .map_err(|error| Error::failed(format!("cannot signal {}: {error}", self.name)))
    }

    /// Asks it to end (SIGTERM), insists after three seconds, and tells how it ended.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say.
    pub fn stop(&mut self) -> Result<ExitStatus, Error> {
        if let Some(status) = self.ended()? {
            return Ok(status);
        }
        let _ = self.signal(Signal::SIGTERM);
        let asked = crate::until(&self.name.clone(), GRACE, || self.ended());
        // The leader's children, or a leader that does not listen.
        let _ = self.signal(Signal::SIGKILL);
        match asked {
            Ok(status) => Ok(status),
            Err(_) => Ok(self.process.wait()?),
        }
    }

    /// Ends it at once, as a power cut would (SIGKILL).
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

/// The same command, run by `setpriv` so that it dies with the thread that started it, with
/// default signal dispositions.
fn tied(command: &Command) -> Command {
    let mut tied = match tools::installed("setpriv") {
        Some(setpriv) => {
            let mut tied = with_default_signals(setpriv);
            tied.args(["--pdeathsig", "KILL", "--"])
                .arg(command.get_program());
            tied
        }
        None => with_default_signals(command.get_program()),
    };
    tied.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        tied.current_dir(folder);
    }
    tied
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
    fn a_dropped_child_takes_its_children_along() {
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
    fn a_child_that_ends_early_says_so_with_its_log() {
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
