//! [`ChildProcess`]: a program that is started in a process group of its own, with an empty signal
//! mask and default signal actions, and is never waited for. What it starts itself belongs to its
//! group and is killed with it; what leaves the group is found by `descendants`.
//!
//! `std::process::Command` lets a child inherit the signal mask, in which the daemon has blocked
//! the signals it reads from a descriptor, and the signals that the daemon's own parent has
//! ignored.

use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc::STDIN_FILENO;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::stat::Mode;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

/// A running program.
#[derive(Debug)]
pub struct ChildProcess(Pid);

impl ChildProcess {
    /// Starts the program `command[0]` (a path) with standard input from `/dev/null`. Its end is
    /// reported by SIGCHLD.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub fn start(command: &[String]) -> nix::Result<Self> {
        let argument = |text: &String| CString::new(text.as_str()).map_err(|_| Errno::EINVAL);
        let arguments: Vec<_> = command.iter().map(argument).collect::<nix::Result<_>>()?;
        let program = arguments.first().ok_or(Errno::EINVAL)?;
        let environment: Vec<_> = std::env::vars_os()
            .filter_map(|(mut name, value)| {
                name.push("=");
                name.push(value);
                CString::new(name.into_vec()).ok()
            })
            .collect();

        let mut files = PosixSpawnFileActions::init()?;
        files.add_open(STDIN_FILENO, "/dev/null", OFlag::O_RDONLY, Mode::empty())?;
        let mut attributes = PosixSpawnAttr::init()?;
        attributes.set_flags(
            PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK
                | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF
                | PosixSpawnFlags::POSIX_SPAWN_SETPGROUP,
        )?;
        // Its own process id is that of the group.
        attributes.set_pgroup(Pid::from_raw(0))?;
        attributes.set_sigmask(&SigSet::empty())?;
        attributes.set_sigdefault(&SigSet::all())?;
        let program = program.as_c_str();
        posix_spawn(program, &files, &attributes, &arguments, &environment).map(Self)
    }

    /// How the program ended, `Ok` with exit status 0; `None` while it is running. To be called
    /// after SIGCHLD. Its process id, and with it that of its group, stays taken until
    /// [`ChildProcess::finish`].
    pub fn try_wait(&self) -> Option<Result<(), String>> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        match waitid(Id::Pid(self.0), flags) {
            Ok(WaitStatus::Exited(_, 0)) => Some(Ok(())),
            Ok(WaitStatus::Exited(_, code)) => Some(Err(format!("exit status {code}"))),
            Ok(WaitStatus::Signaled(_, signal, _)) => {
                Some(Err(format!("ended by {}", signal.as_str())))
            }
            Ok(_) | Err(Errno::EINTR) => None,
            Err(error) => Some(Err(error.desc().to_owned())),
        }
    }

    /// Its process id.
    pub fn id(&self) -> Pid {
        self.0
    }

    /// The program has ended: kills what is left of its group, and gives its process id back.
    pub fn finish(self) {
        let _ = self.kill();
        let _ = waitpid(self.0, Some(WaitPidFlag::WNOHANG));
    }

    /// Kills the program, and whatever belongs to its process group, with SIGKILL.
    ///
    /// # Errors
    /// Those of killpg(3); `ESRCH`: nothing is left of it.
    pub fn kill(&self) -> nix::Result<()> {
        killpg(self.0, Signal::SIGKILL)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn run(command: &[&str]) -> Result<(), String> {
        let command: Vec<_> = command.iter().map(|word| (*word).to_owned()).collect();
        let child = ChildProcess::start(&command).unwrap();
        let limit = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(end) = child.try_wait() {
                child.finish();
                return end;
            }
            assert!(Instant::now() < limit, "{command:?} does not end");
            std::thread::yield_now();
        }
    }

    /// The signal set of this name in a `/proc/PID/status`.
    fn signal_set(status: &str, name: &str) -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        u64::from_str_radix(line.unwrap().trim_start_matches(':').trim(), 16).unwrap()
    }

    #[test]
    fn a_child_has_no_blocked_and_no_ignored_signals() {
        // A thread of its own: the signal mask belongs to the thread.
        std::thread::spawn(|| {
            let mut blocked = SigSet::empty();
            blocked.add(Signal::SIGTERM);
            blocked.add(Signal::SIGCHLD);
            blocked.thread_block().unwrap();
            let own = std::fs::read_to_string("/proc/thread-self/status").unwrap();
            assert_ne!(signal_set(&own, "SigBlk"), 0);
            assert_ne!(signal_set(&own, "SigIgn"), 0, "Rust ignores SIGPIPE");

            let file = tempfile::NamedTempFile::new().unwrap();
            let path = file.path().to_str().unwrap();
            let copy = "exec cat /proc/self/status > \"$0\"";
            run(&["/bin/sh", "-c", copy, path]).unwrap();
            let child = std::fs::read_to_string(path).unwrap();
            assert_eq!(signal_set(&child, "SigBlk"), 0, "{child}");
            // Signals 32 and 33, which glibc itself uses, are ignored in every child it spawns.
            let ignored = signal_set(&child, "SigIgn") & !(0b11 << 31);
            assert_eq!(ignored, 0, "{child}");
        })
        .join()
        .unwrap();
    }

    #[test]
    fn the_end_of_a_child_is_reported() {
        assert_eq!(run(&["/bin/true"]), Ok(()));
        let exit = ["/bin/sh", "-c", "exit 3"];
        assert_eq!(run(&exit), Err("exit status 3".to_owned()));
        let signal = ["/bin/sh", "-c", "kill -TERM $$"];
        assert_eq!(run(&signal), Err("ended by SIGTERM".to_owned()));
        let missing = ChildProcess::start(&["/no/such/program".to_owned()]);
        assert_eq!(missing.unwrap_err(), Errno::ENOENT);
    }

    #[test]
    fn standard_input_is_empty() {
        assert_eq!(run(&["/bin/sh", "-c", "! read line"]), Ok(()));
    }

    #[test]
    fn what_the_program_started_is_killed_with_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let script = "sleep 1000 & echo $! > \"$0\"; wait";
        let command = ["/bin/sh", "-c", script, path].map(str::to_owned);
        let child = ChildProcess::start(&command).unwrap();
        let limit = Instant::now() + Duration::from_secs(20);
        let grandchild = loop {
            if let Ok(number) = std::fs::read_to_string(path).unwrap().trim().parse::<i32>() {
                break number;
            }
            assert!(Instant::now() < limit);
            std::thread::yield_now();
        };
        child.kill().unwrap();
        while is_running(grandchild) {
            assert!(Instant::now() < limit, "it outlives the program");
            std::thread::yield_now();
        }
        while child.try_wait().is_none() {
            assert!(Instant::now() < limit);
            std::thread::yield_now();
        }
        child.finish();
    }

    /// Whether a process runs; one that has ended and was not reaped yet does not.
    fn is_running(process: i32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{process}/stat"));
        status.is_ok_and(|status| !status.contains(") Z "))
    }
}
