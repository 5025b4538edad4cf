//! One row of a NetWare server: `d [RWCEAFMS] owner 512 Jan 16 18:53 name`, with rights in brackets in
//! the place of a mode, and columns as in `ls -l`.

use super::row::Reason;
use super::unix::{self, Columns};
use crate::api::reply::{Entry, EntryType};

/// The letters of the rights.
const RIGHTS: &str = "SRWCEMFA-";

/// Reads a row; `None` for the listed directory itself and its parent.
pub(super) fn entry(text: &str, now: i64) -> Result<Option<Entry>, Reason> {
    const UNKNOWN: Reason = "of no known form";
    let (kind, rest) = match text.split_at_checked(1) {
        Some(("d", rest)) => (EntryType::Directory, rest),
        Some(("-", rest)) => (EntryType::File, rest),
        _ => return Err(UNKNOWN),
    };
    let rest = rest.trim_start_matches(' ').strip_prefix('[');
    let (rights, rest) = rest.and_then(|rest| rest.split_once(']')).ok_or(UNKNOWN)?;
    if rights.len() > RIGHTS.len() || !rights.chars().all(|right| RIGHTS.contains(right)) {
        return Err(UNKNOWN);
    }
    let mut columns =
        Columns::of(rest, now).ok_or("without the size, date and name of a listing")?;
    // Some of these servers align the names.
    columns.name = columns.name.trim_start_matches(' ');
    unix::assemble(kind, rights, &columns)
}
