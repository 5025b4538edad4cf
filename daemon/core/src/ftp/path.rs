//! Remote paths: what they are resolved against, and the temporary name beside a file.

use crate::api::failure::Failure;
use crate::api::request::Operation;
use crate::at::quote::RemotePath;

/// Ends every temporary name of ours.
const SUFFIX: &str = ".part";
/// Longest last component the usual servers' file systems take, bytes.
const NAME_MAX: usize = 255;
/// Longest remote path, bytes (docs/module/at-ftp.md §2.5).
const PATH_MAX: usize = 255;

/// `path` against the working directory, if one was set by `ChangeDirectory`.
pub fn resolve(directory: Option<&str>, path: &str) -> String {
    match directory {
        Some(directory) if !path.starts_with('/') => {
            let directory = directory.trim_end_matches('/');
            match path {
                "" | "." => format!("{directory}/"),
                path => format!("{directory}/{path}"),
            }
        }
        _ => path.to_owned(),
    }
}

/// Whether `path` can name a file in a transfer.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_file(path: &str) -> Result<(), Failure> {
    RemotePath::new("remote path", path)?;
    if path.ends_with('/') {
        return Err(Failure::new(
            modem_ftp_dbus::errors::ErrorName::InvalidArguments,
            format!("remote path {path:?} names a directory, not a file"),
        ));
    }
    Ok(())
}

/// Whether every path of `operation` can be sent.
///
/// # Errors
/// `InvalidArguments`.
pub fn check_operation(operation: &Operation) -> Result<(), Failure> {
    match operation {
        Operation::List(path) | Operation::ListRaw(path) | Operation::ListNames(path) => {
            RemotePath::or_empty("remote path", path)?;
        }
        Operation::Rename(from, to) => {
            RemotePath::new("remote path", from)?;
            RemotePath::new("new remote path", to)?;
        }
        Operation::Stat(path)
        | Operation::Delete(path)
        | Operation::MakeDirectory(path)
        | Operation::RemoveDirectory(path)
        | Operation::ChangeDirectory(path) => {
            RemotePath::new("remote path", path)?;
        }
        Operation::WorkingDirectory | Operation::Connect => {}
    }
    Ok(())
}

/// The name a file has in its directory until it is whole: the final name, shortened where
/// it would get too long, a tag of this transfer, and `.part`.
pub fn temporary(path: &str, seed: u64, transfer: u64) -> String {
    let (directory, name) = match path.rfind('/') {
        Some(slash) => path.split_at(slash + 1),
        None => ("", path),
    };
    let tag = format!(".{:08x}{SUFFIX}", tag(seed, transfer));
    let room = NAME_MAX.min(PATH_MAX - directory.len().min(PATH_MAX));
    let mut end = name.len().min(room.saturating_sub(tag.len()));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{directory}{}{tag}", name.get(..end).unwrap_or_default())
}

/// The name under which an existing file waits while the one of this `temporary` name takes its
/// place.
pub fn aside(temporary: &str) -> String {
    let stem = temporary.strip_suffix(SUFFIX).unwrap_or(temporary);
    format!("{stem}.prev")
}

/// 32 bits unlike those of other transfers and other runs (splitmix64's finaliser).
fn tag(seed: u64, transfer: u64) -> u32 {
    let mut mixed = seed ^ transfer.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_resolve_against_the_directory_that_was_changed_to() {
        assert_eq!(resolve(None, "a/b"), "a/b");
        assert_eq!(resolve(Some("/data"), "/a"), "/a");
        assert_eq!(resolve(Some("/data"), "a"), "/data/a");
        assert_eq!(resolve(Some("/"), "a"), "/a");
        assert_eq!(resolve(Some("/data"), "."), "/data/");
    }

    #[test]
    fn temporary_names_stay_beside_the_file_and_within_bounds() {
        let short = temporary("/in/readings.csv", 1, 2);
        assert!(short.starts_with("/in/readings.csv."));
        assert!(short.ends_with(".part"));
        assert_ne!(short, temporary("/in/readings.csv", 1, 3));
        assert_ne!(short, temporary("/in/readings.csv", 2, 2));
        for length in [1, 240, 241, 255] {
            let path = "ä".repeat(length / 2);
            assert!(temporary(&path, 1, 1).len() <= PATH_MAX);
        }
        let deep = format!("{}/f", "d".repeat(230));
        assert!(temporary(&deep, 1, 1).len() <= PATH_MAX);
    }
}
