//! The processes that the daemon has started, and those that they have started, however far they have
//! gone away from it: one whose parent ends becomes a child of the daemon (`PR_SET_CHILD_SUBREAPER`),
//! so that neither setsid(2) nor a double fork leads out of its reach.

use std::collections::BTreeMap;
use std::fs;

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, getpid};

/// So often it is looked for what was started while the others were killed.
const ROUNDS: usize = 8;

/// A process.
#[derive(Clone, Copy, Debug)]
struct Process {
    parent: i32,
    /// It has ended, and was not reaped yet.
    has_ended: bool,
}

/// From now on processes without a parent become children of this one.
///
/// # Errors
/// The kernel cannot do that.
pub fn adopt() -> nix::Result<()> {
    prctl::set_child_subreaper(true)
}

/// Kills all of them. Whether none is left: one may need a moment, and one that runs as another user
/// cannot be killed.
pub fn kill_all() -> bool {
    if !prctl::get_child_subreaper().unwrap_or(false) {
        return true;
    }
    for _ in 0..ROUNDS {
        let living = living();
        if living.is_empty() {
            return true;
        }
        let killed = living.iter().map(|process| kill(*process, Signal::SIGKILL));
        if killed.filter(|killed| *killed == Ok(())).count() == 0 {
            return false;
        }
        std::thread::yield_now();
    }
    living().is_empty()
}

/// Takes note of the end of those that were adopted, but not of `except`.
pub fn reap_adopted(except: Option<Pid>) {
    let adopts = prctl::get_child_subreaper().unwrap_or(false);
    let processes = if adopts { processes() } else { BTreeMap::new() };
    let own = getpid().as_raw();
    let adopted = processes.iter().filter(|(id, process)| {
        process.parent == own && process.has_ended && except.is_none_or(|it| it.as_raw() != **id)
    });
    for (id, _) in adopted {
        let _ = waitpid(Pid::from_raw(*id), Some(WaitPidFlag::WNOHANG));
    }
}

/// Those that have not ended.
fn living() -> Vec<Pid> {
    let processes = processes();
    let own = getpid().as_raw();
    let is_descendant = |id: i32| {
        let mut at = id;
        // A process cannot be its own ancestor, but what was read is not of one moment.
        for _ in 0..processes.len() {
            match processes.get(&at) {
                Some(process) if process.parent == own => return true,
                Some(process) => at = process.parent,
                None => return false,
            }
        }
        false
    };
    let living = processes.iter().filter(|(_, process)| !process.has_ended);
    let living = living.filter(|(id, _)| is_descendant(**id));
    living.map(|(id, _)| Pid::from_raw(*id)).collect()
}

/// All processes, by their numbers.
fn processes() -> BTreeMap<i32, Process> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = folders.filter_map(|folder| {
        let id = folder.file_name().to_str()?.parse().ok()?;
        let stat = fs::read(folder.path().join("stat")).ok()?;
        Some((id, parse(&String::from_utf8_lossy(&stat))?))
    });
    processes.collect()
}

/// Reads `/proc/PID/stat`. The program's name may contain anything; no field after it does.
fn parse(stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    Some(Process {
        parent: fields.next()?.parse().ok()?,
        has_ended: matches!(state, "Z" | "X"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name_is() {
        let process = parse("7 (a) Z 1 (b) S 42 7 7 0").unwrap();
        assert_eq!((process.parent, process.has_ended), (42, false));
        assert!(parse("7 (sh) Z 1 7").unwrap().has_ended);
        assert!(parse("").is_none());
        assert!(processes().contains_key(&getpid().as_raw()));
    }
}
