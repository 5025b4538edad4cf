//! The folder of the account: paths of the client, listings, times.

use std::fs::{self, Metadata};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A client's path as seen from its root: absolute, without `.` and `..`.
pub fn absolute(directory: &[u8], path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let start: &[u8] = if path.first() == Some(&b'/') {
        b""
    } else {
        directory
    };
    for part in start.split(is_slash).chain(path.split(is_slash)) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let mut whole = vec![b'/'];
    whole.extend(parts.join(&b'/'));
    whole
}

fn is_slash(byte: &u8) -> bool {
    *byte == b'/'
}

/// The file below `root` that has this absolute path.
pub fn local(root: &Path, absolute: &[u8]) -> PathBuf {
    let relative = absolute.strip_prefix(b"/").unwrap_or(absolute);
    root.join(std::ffi::OsStr::from_bytes(relative))
}

/// The listing that `verb` (MLSD, LIST or NLST) asks for.
pub fn listing(verb: &str, folder: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let facts = entry.metadata()?;
        let (size, time) = (facts.len(), time(&facts));
        let row = match (verb, facts.is_dir()) {
            ("MLSD", true) => format!("type=dir;modify={time}; "),
            ("MLSD", false) => format!("type=file;size={size};modify={time}; "),
            ("LIST", true) => format!("drwxr-xr-x 1 a a {size} Jan 01 2026 "),
            ("LIST", false) => format!("-rw-r--r-- 1 a a {size} Jan 01 2026 "),
            _ => String::new(),
        };
        text.extend(row.into_bytes());
        text.extend(entry.file_name().into_vec());
        text.extend(b"\r\n");
    }
    Ok(text)
}

/// The time of the last change as `YYYYMMDDHHMMSS`.
pub fn time(facts: &Metadata) -> String {
    let seconds = facts.mtime();
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01, in eras of 400 years.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year + i64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}
