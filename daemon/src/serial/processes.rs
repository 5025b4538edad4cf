//! Processes as /proc shows them: who holds a lock on a file, and who has it open. Reading /proc does
//! not wait for a disk; how much of it is read is bounded.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// At most so much of /proc/locks is read.
const MOST_LOCKS: u64 = 1 << 20;
/// At most so many processes are looked at, and so many of their open files in all.
const MOST_PROCESSES: usize = 4096;
const MOST_FILES: usize = 20_000;
/// The kernel keeps 15 bytes of a name.
const LONGEST_NAME: u64 = 64;
/// At most so many processes are found.
const MOST_FOUND: usize = 8;

/// A process other than this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// The name of its program, printable.
    pub name: String,
}

/// The process of this number, if there is one that is not this one.
pub fn other(id: u32) -> Option<Process> {
    if id == std::process::id() {
        return None;
    }
    let name = beginning(Path::new(&format!("/proc/{id}/comm")), LONGEST_NAME)?;
    Some(Process {
        id,
        name: printable(&name),
    })
}

/// The locks on files of all processes, as text.
pub fn locks() -> String {
    let locks = beginning(Path::new("/proc/locks"), MOST_LOCKS).unwrap_or_default();
    String::from_utf8_lossy(&locks).into_owned()
}

/// The processes that hold an flock(2) on the file with this number on this file system.
pub fn lock_holders(locks: &str, file_system: u64, inode: u64) -> Vec<Process> {
    let mut found = Vec::new();
    for id in locks
        .lines()
        .filter_map(|line| lock(line, file_system, inode))
    {
        let process = other(id).filter(|it| !found.contains(it));
        found.extend(process);
        if found.len() == MOST_FOUND {
            break;
        }
    }
    found
}

/// The holder of the lock in this line of /proc/locks, if it is an flock of this file. Lines of those
/// that wait for a lock have `->` in their second column.
fn lock(line: &str, file_system: u64, inode: u64) -> Option<u32> {
    let mut columns = line.split_ascii_whitespace().skip(1);
    if columns.next() != Some("FLOCK") {
        return None;
    }
    let mut columns = columns.skip(2);
    let id = columns.next()?;
    let mut file = columns.next()?.split(':');
    let mut hex = || u64::from_str_radix(file.next()?, 16).ok();
    let (major, minor) = (hex()?, hex()?);
    let here = (
        nix::sys::stat::major(file_system),
        nix::sys::stat::minor(file_system),
    );
    let is_it = (major, minor) == here && file.next()?.parse() == Ok(inode);
    // 0 or -1 stands for a process that this one may not see.
    id.parse().ok().filter(|&id| is_it && id > 0)
}

/// The other processes that have this device open. Who also holds an end of a pseudo terminal is left
/// out if the device is one: that is its other end, and no rival.
pub fn with_open(device: &Path) -> Vec<Process> {
    let is_pseudo = device.starts_with("/dev/pts");
    let own = std::process::id();
    let mut files = MOST_FILES;
    let mut found = Vec::new();
    let Ok(all) = fs::read_dir("/proc") else {
        return found;
    };
    let ids = all.flatten().filter_map(|entry| {
        let name = entry.file_name();
        name.to_str()?.parse::<u32>().ok()
    });
    for id in ids.filter(|&id| id != own).take(MOST_PROCESSES) {
        // Those of other users can be read by root only.
        let Ok(opened) = fs::read_dir(format!("/proc/{id}/fd")) else {
            continue;
        };
        let (mut has_it, mut is_other_end) = (false, false);
        for file in opened.flatten() {
            if files == 0 {
                return found;
            }
            files -= 1;
            // The link is read and not followed, as that could wait for a file system.
            let Ok(path) = fs::read_link(file.path()) else {
                continue;
            };
            has_it |= path == device;
            is_other_end |= is_pseudo && path.ends_with("ptmx");
        }
        if has_it && !is_other_end {
            found.extend(other(id));
        }
        if found.len() == MOST_FOUND {
            break;
        }
    }
    found
}

/// The first bytes of a file.
fn beginning(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A name that anybody may have chosen, as it may stand in a sentence.
fn printable(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let name = name.trim_matches(['\n', '\0']);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/+@ ".contains(c);
    let shown: String = name
        .chars()
        .map(|c| if plain(c) { c } else { '?' })
        .collect();
    match shown.trim() {
        "" => "a program without a name".to_owned(),
        shown => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_flock_of_the_file_names_its_holder() {
        let file_system = nix::sys::stat::makedev(0, 0x1a);
        for (line, holder) in [
            ("1: FLOCK  ADVISORY  WRITE 812 00:1a:5 0 EOF", Some(812)),
            ("12: FLOCK  ADVISORY  READ  812 00:1a:5 0 EOF", Some(812)),
            ("1: -> FLOCK  ADVISORY  WRITE 813 00:1a:5 0 EOF", None),
            ("1: POSIX  ADVISORY  WRITE 812 00:1a:5 0 EOF", None),
            ("1: OFDLCK ADVISORY  WRITE -1 00:1a:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 0 00:1a:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE -1 00:1a:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 812 00:1b:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 812 08:1a:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 812 00:1a:55 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 812 00:1a", None),
            ("1: FLOCK  ADVISORY  WRITE 812", None),
            ("1: FLOCK  ADVISORY  WRITE x 00:1a:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 99999999999 00:1a:5 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 812 zz:1a:5 0 EOF", None),
            ("1: FLOCK", None),
            ("1:", None),
            ("", None),
            ("\0\u{fffd}: :: : :", None),
        ] {
            assert_eq!(lock(line, file_system, 5), holder, "{line:?}");
        }
    }

    #[test]
    fn the_own_process_and_one_that_is_gone_are_not_named() {
        assert_eq!(other(std::process::id()), None);
        assert_eq!(other(u32::MAX), None);
        let first = other(1).map(|it| it.id);
        assert_eq!(first, Some(1));
        let locks = format!(
            "1: FLOCK ADVISORY WRITE {} 00:00:5 0 EOF\n1: FLOCK ADVISORY WRITE 1 00:00:5 0 EOF\n\
             2: FLOCK ADVISORY WRITE 1 00:00:5 0 EOF\n",
            std::process::id()
        );
        let ids: Vec<u32> = lock_holders(&locks, 0, 5).iter().map(|it| it.id).collect();
        assert_eq!(ids, [1]);
    }

    #[test]
    fn a_name_is_printable_whatever_it_is() {
        for (name, shown) in [
            (&b"ModemManager\n"[..], "ModemManager"),
            (b"kworker/0:1\n", "kworker/0:1"),
            (b"a\nb\x1b[31m\n", "a?b??31m"),
            (b"\xff\xfe\n", "??"),
            (b"\n", "a program without a name"),
            (b"", "a program without a name"),
        ] {
            assert_eq!(printable(name), shown);
        }
    }
}
