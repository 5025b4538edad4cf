//! Runs `modem-ftp` as a user or a script does.

use crate::{Bus, Error, Scratch, binary, tools, until, with_default_signals};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// The time-out of one run.
const TIMEOUT: Duration = Duration::from_secs(180);

/// The client with a bus, a current directory and a user.
#[derive(Clone, Debug)]
pub struct Cli {
    bus: String,
    folder: Option<PathBuf>,
    user: Option<User>,
}

/// Another user, with a copy of the program that this user may execute.
#[derive(Clone, Debug)]
struct User {
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
    program: PathBuf,
    _scratch: Arc<Scratch>,
}

/// How one run ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub output: Vec<u8>,
    /// Standard error.
    pub errors: String,
}

impl Outcome {
    /// Standard output as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

impl Cli {
    /// The client on `bus`.
    #[must_use]
    pub fn new(bus: &Bus) -> Self {
        Self::at(bus.address())
    }

    /// The client on the bus at an address, or `system`.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self {
            bus: address.to_owned(),
            folder: None,
            user: None,
        }
    }

    /// Sets its current directory.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Runs it as another user with a primary group and supplementary groups. Needs root.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if the tests do not run as root.
    pub fn run_by(mut self, uid: u32, gid: u32, groups: &[u32]) -> Result<Self, Error> {
        if !geteuid().is_root() {
            return Err(Error::missing("root, to run a program as another user"));
        }
        // Other users may have no access to the build folder.
        let scratch = Scratch::new()?;
        let program = scratch.join("modem-ftp");
        std::fs::copy(binary("modem-ftp")?, &program)?;
        let groups = groups.to_vec();
        self.user = Some(User {
            uid,
            gid,
            groups,
            program,
            _scratch: Arc::new(scratch),
        });
        Ok(self)
    }

    /// Runs it until it ends, with empty standard input.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or has not ended after three minutes.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Outcome, Error> {
        self.start(arguments, &[])?.finish()
    }

    /// Runs it until it ends, with `input` on standard input, which is a pipe.
    ///
    /// # Errors
    ///
    /// As [`Cli::run`].
    pub fn feed<A: AsRef<OsStr>>(&self, arguments: &[A], input: &[u8]) -> Result<Outcome, Error> {
        self.start(arguments, input)?.finish()
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn start<A: AsRef<OsStr>>(&self, arguments: &[A], input: &[u8]) -> Result<Running, Error> {
        let mut command = self.command()?;
        command.arg("--bus").arg(&self.bus).args(arguments);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut pipe) = process.stdin.take() {
            let input = input.to_vec();
            // A broken pipe is no failure: the client may end before it has read everything.
            std::thread::spawn(move || drop(pipe.write_all(&input)));
        }
        let output = process.stdout.take().map(collect);
        let errors = process.stderr.take().map(collect);
        Ok(Running {
            process,
            output,
            errors,
        })
    }

    fn command(&self) -> Result<Command, Error> {
        let mut command = match &self.user {
            None => with_default_signals(binary("modem-ftp")?),
            Some(user) => {
                let mut setpriv = with_default_signals(tools::required("setpriv")?);
                setpriv
                    .arg(format!("--reuid={}", user.uid))
                    .arg(format!("--regid={}", user.gid));
                let groups: Vec<String> = user.groups.iter().map(u32::to_string).collect();
                match groups.is_empty() {
                    true => setpriv.arg("--clear-groups"),
                    false => setpriv.arg(format!("--groups={}", groups.join(","))),
                };
                setpriv.arg("--").arg(&user.program);
                setpriv
            }
        };
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        Ok(command)
    }
}

/// A running client.
#[derive(Debug)]
pub struct Running {
    process: std::process::Child,
    output: Option<JoinHandle<Vec<u8>>>,
    errors: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    /// Sends it a signal.
    ///
    /// # Errors
    ///
    /// If it has ended.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        let process = Pid::from_raw(i32::try_from(self.process.id()).unwrap_or(i32::MAX));
        kill(process, signal)
            .map_err(|error| Error::failed(format!("cannot signal modem-ftp: {error}")))
    }

    /// Whether it has ended.
    ///
    /// # Errors
    ///
    /// If the kernel cannot say.
    pub fn has_ended(&mut self) -> Result<bool, Error> {
        Ok(self.process.try_wait()?.is_some())
    }

    /// Waits until it ends.
    ///
    /// # Errors
    ///
    /// If it has not ended after three minutes; then it is killed.
    pub fn finish(mut self) -> Result<Outcome, Error> {
        let status: ExitStatus = until("modem-ftp", TIMEOUT, || Ok(self.process.try_wait()?))?;
        let text = |thread: Option<JoinHandle<Vec<u8>>>| {
            thread.and_then(|t| t.join().ok()).unwrap_or_default()
        };
        let output = text(self.output.take());
        let errors = String::from_utf8_lossy(&text(self.errors.take())).into_owned();
        Ok(Outcome {
            code: status.code(),
            output,
            errors,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if it has ended, which is not an error here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is kept.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}
