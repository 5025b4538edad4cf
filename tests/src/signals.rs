//! Commands that start with the default signal dispositions and an empty signal mask, whatever
//! the test was started with: `nohup`, a background job of a script and some CI runners ignore
//! SIGINT or SIGHUP, and both the dispositions and the mask are inherited through fork and exec.

use crate::tools;
use std::ffi::OsStr;
use std::process::Command;

/// A command that runs `program` with default signal dispositions and an empty signal mask
/// (`env --default-signal`, GNU coreutils). It keeps its process id: `env` executes it.
#[must_use]
pub fn with_default_signals(program: impl AsRef<OsStr>) -> Command {
    let Some(env) = tools::installed("env") else {
        return Command::new(program);
    };
    let mut command = Command::new(env);
    command.arg("--default-signal").arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::signal::Signal;

    /// Runs `command` with SIGINT and SIGHUP ignored and SIGTERM blocked, and gives the masks of
    /// ignored and blocked signals that the program prints (proc(5), SigIgn and SigBlk).
    fn masks(command: &Command) -> (u64, u64) {
        let mut outer = Command::new("env");
        outer.args(["--ignore-signal=INT,HUP", "--block-signal=TERM"]);
        outer.arg(command.get_program()).args(command.get_args());
        let status = tools::output(&mut outer).unwrap();
        let mask = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            // Signals 32 and 33 belong to glibc, and no program can reset them (nptl(7)).
            u64::from_str_radix(line.unwrap().trim(), 16).unwrap() & !(0b11 << 31)
        };
        (mask("SigIgn:"), mask("SigBlk:"))
    }

    #[test]
    fn ignored_and_blocked_signals_are_reset() {
        let bit = |signal: Signal| 1_u64 << (signal as u32 - 1);
        let both = bit(Signal::SIGINT) | bit(Signal::SIGHUP);

        let mut inherited = Command::new("cat");
        inherited.arg("/proc/self/status");
        let (ignored, blocked) = masks(&inherited);
        assert_eq!(ignored & both, both, "{ignored:x}");
        assert_ne!(blocked & bit(Signal::SIGTERM), 0, "{blocked:x}");

        let mut reset = with_default_signals("cat");
        reset.arg("/proc/self/status");
        assert_eq!(masks(&reset), (0, 0));
    }
}
