//! Who else uses a serial port, in words, as far as this process may see. What it costs is bounded, and
//! nothing that is read can block: processes and lock files of others may be as odd as they like.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::lock_file;
use super::processes::{self, Process};

/// So many are named.
const MOST_NAMED: usize = 4;

/// Who holds a port that cannot be opened; `None`: that cannot be seen.
pub fn of_busy_port(device: &str) -> Option<String> {
    let port = resolved(device);
    let locked = fs::metadata(&port).ok().map(|port| {
        let locks = processes::locks();
        processes::lock_holders(&locks, port.dev(), port.ino())
    });
    let mut holders = named(locked.unwrap_or_default());
    if holders.is_empty() {
        holders = others(device, &port);
    }
    words(holders)
}

/// Who else has a port open that this process has opened, or says so by a lock file; `None`: nobody
/// that can be seen.
pub fn of_open_port(device: &str) -> Option<String> {
    words(others(device, &resolved(device)))
}

/// What a port that cannot be opened is refused with.
pub fn refusal(device: &str, holders: Option<&str>) -> String {
    match holders {
        Some(holders) => format!("{device}: another process uses the port: {holders}"),
        None => format!(
            "{device}: another process uses the port; \"fuser -v {device}\" as root shows which"
        ),
    }
}

/// The tty itself, where the configuration names a symbolic link.
fn resolved(device: &str) -> PathBuf {
    fs::canonicalize(device).unwrap_or_else(|_| PathBuf::from(device))
}

fn others(device: &str, port: &Path) -> Vec<String> {
    let opened = processes::with_open(port);
    let mut seen: Vec<u32> = opened.iter().map(|process| process.id).collect();
    let mut holders = named(opened);
    for file in lock_file::paths(Path::new(device), port) {
        let Some(id) = lock_file::owner(&file) else {
            continue;
        };
        // Lock files are left by programs that were killed.
        let Some(process) = processes::other(id).filter(|_| !seen.contains(&id)) else {
            continue;
        };
        seen.push(id);
        let Process { id, name } = process;
        holders.push(format!("{name} (process {id}, by {})", file.display()));
    }
    holders
}

fn named(processes: Vec<Process>) -> Vec<String> {
    let name = |Process { id, name }| format!("{name} (process {id})");
    processes.into_iter().map(name).collect()
}

fn words(mut holders: Vec<String>) -> Option<String> {
    holders.truncate(MOST_NAMED);
    (!holders.is_empty()).then(|| holders.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_names_the_holder_or_how_to_find_it() {
        assert_eq!(
            refusal("/dev/ttyUSB2", Some("gpsd (process 7)")),
            "/dev/ttyUSB2: another process uses the port: gpsd (process 7)"
        );
        assert_eq!(
            refusal("/dev/ttyUSB2", None),
            "/dev/ttyUSB2: another process uses the port; \"fuser -v /dev/ttyUSB2\" as root shows \
             which"
        );
    }

    #[test]
    fn a_port_that_is_not_there_has_no_holder() {
        assert_eq!(of_busy_port("/nonexistent/tty"), None);
        assert_eq!(of_open_port("/nonexistent/tty"), None);
        assert_eq!(of_open_port(""), None);
    }
}
