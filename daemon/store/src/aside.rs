//! [`SetAside`]: a database that cannot be used is renamed, with what SQLite keeps beside it, to a
//! name that nothing else bears. It is never written, overwritten or removed.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::StoreError;
use crate::lock::sync_directory;
use crate::schema::{COMPANIONS, DATABASE};

/// Why a database cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A later version of the daemon wrote it.
    Newer,
    /// Its content contradicts itself, or is not that of a database.
    Damaged,
    /// Another program wrote it.
    Foreign,
    /// There is a log without the database it belongs to.
    Incomplete,
}

impl Condition {
    /// As a word, also in the name of the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newer => "newer",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Incomplete => "incomplete",
        }
    }
}

/// A database that could not be used and was renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// What it is.
    pub condition: Condition,
    /// What was found, in words.
    pub reason: String,
    /// What it is called now.
    pub path: PathBuf,
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the database of the queue is {} ({}); it was renamed to {} and a new one begun",
            self.condition.as_str(),
            self.reason,
            self.path.display()
        )
    }
}

/// Renames the database of a directory, durably.
pub(crate) fn set_aside(
    directory: &Path,
    condition: Condition,
    reason: String,
) -> Result<SetAside, StoreError> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let name = unused_name(directory, &format!("{}-{}", condition.as_str(), date(now)))?;
    // The database first: a log without a database is recognised at the next start, whereas a
    // database without its log would be taken for an older state of the queue.
    for ending in std::iter::once("").chain(COMPANIONS) {
        let from = directory.join(format!("{DATABASE}{ending}"));
        match fs::rename(&from, directory.join(format!("{name}{ending}"))) {
            Ok(()) => sync_directory(directory)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::of_file(&from, &error)),
        }
    }
    Ok(SetAside {
        condition,
        reason,
        path: directory.join(name),
    })
}

/// A name that neither a database nor a companion of one bears.
fn unused_name(directory: &Path, label: &str) -> Result<String, StoreError> {
    for attempt in 1_u64.. {
        let name = match attempt {
            1 => format!("{DATABASE}.{label}"),
            _ => format!("{DATABASE}.{label}.{attempt}"),
        };
        let mut used = false;
        for ending in std::iter::once("").chain(COMPANIONS) {
            let path = directory.join(format!("{name}{ending}"));
            used |= match fs::symlink_metadata(&path) {
                Ok(_) => true,
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(StoreError::of_file(&path, &error)),
            };
        }
        if !used {
            return Ok(name);
        }
    }
    Err(StoreError::Io("no name is left".to_owned()))
}

/// A time in Unix seconds as `20260131T235959Z`.
fn date(unix: u64) -> String {
    let (days, second) = (unix / 86_400, unix % 86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    // Years begin in March here, so that the leap day is the last one; 719,468 days lie between
    // March of the year 0 and 1970.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = era * 400 + year + next_year;
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (unix, text) in [
            (0, "19700101T000000Z"),
            (951_782_400, "20000229T000000Z"),
            (951_868_799, "20000229T235959Z"),
            (1_709_164_800, "20240229T000000Z"),
            (1_735_689_599, "20241231T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(date(unix), text);
        }
    }

    #[test]
    fn a_name_that_is_taken_is_not_used_again() {
        let directory = tempfile::tempdir().unwrap();
        let label = "damaged-20260131T235959Z";
        for name in [
            "queue.db.damaged-20260131T235959Z",
            "queue.db.damaged-20260131T235959Z.2-wal",
        ] {
            fs::write(directory.path().join(name), "").unwrap();
        }
        let name = unused_name(directory.path(), label).unwrap();
        assert_eq!(name, "queue.db.damaged-20260131T235959Z.3");
    }
}
