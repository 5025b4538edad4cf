//! [`LoginSession`]: the session (`setsid(2)`) that a process belongs to: one for each terminal, for
//! each job of cron and for each unit of systemd.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nix::unistd::{Pid, getsid};

/// One session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginSession {
    /// Its number: that of its first process.
    pub id: i32,
    /// When its first process began, in clock ticks since the system's start; `None` once that
    /// process has ended. A number is given out again, but not with the same begin.
    pub begin: Option<u64>,
}

impl LoginSession {
    /// That of this process.
    pub fn own() -> Self {
        let id = getsid(None).map_or(0, Pid::as_raw);
        let begin = begin_of(id);
        Self { id, begin }
    }
}

/// What is known of all sessions.
pub struct Living(BTreeSet<i32>);

impl Living {
    /// The sessions of all processes that this user sees.
    pub fn look() -> Self {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let sessions = processes.filter_map(|process| {
            let name = process.file_name();
            name.to_str()?.parse::<i32>().ok()?;
            field(&process.path(), SESSION)?.parse().ok()
        });
        Self(sessions.collect())
    }

    /// Whether no process of a session is left. `begin`: that of its first process, if known.
    pub fn lacks(&self, id: i32, begin: Option<u64>) -> bool {
        match (begin_of(id), begin) {
            (Some(now), Some(then)) => now != then,
            _ => !self.0.contains(&id),
        }
    }
}

/// Place of the session in `/proc/PID/stat`, counted from the state (proc(5)).
const SESSION: usize = 3;
/// Place of the begin.
const BEGIN: usize = 19;

fn begin_of(process: i32) -> Option<u64> {
    let folder = Path::new("/proc").join(process.to_string());
    field(&folder, BEGIN)?.parse().ok()
}

/// A field of `/proc/PID/stat`. The program's name may contain spaces and brackets; no field after
/// it does.
fn field(process: &Path, number: usize) -> Option<String> {
    let stat = fs::read(process.join("stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(number).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_session_lives_and_another_begin_is_another_session() {
        let own = LoginSession::own();
        let living = Living::look();
        assert!(!living.lacks(own.id, own.begin));
        if let Some(begin) = own.begin {
            assert!(living.lacks(own.id, Some(begin + 1)));
        }
        // No process has this number.
        assert!(living.lacks(i32::MAX, None));
        assert!(living.lacks(i32::MAX, Some(1)));
    }
}
