//! Rows of a listing: split at line ends, made safe to show, and quoted in errors.

use std::borrow::Cow;
use std::fmt::Write;

use modem_ftp_dbus::ErrorName;

use crate::api::failure::Failure;
use crate::api::reply::Entry;

/// Why a row is refused, to be read after "the server's listing has a row ".
pub(super) type Reason = &'static str;

/// Most characters of a row that an error shows.
const QUOTED: usize = 80;

/// The key in [`Entry::more`] that names what of a row could not be read, separated by commas:
/// `size`, `modify`, or `name` where it is shown with escapes.
const UNREADABLE: &str = "unreadable";

/// What `parse` answers for a row; `None`: it is dropped.
pub(super) type Parsed<T> = Result<Option<T>, Reason>;

/// Gives what `parse` reads in each row to `visit`, until that answers `false`. An entry whose row
/// has bytes that cannot be shown is marked.
pub(super) fn read_entries(
    bytes: &[u8],
    parse: impl Fn(&str) -> Parsed<Entry>,
    visit: &mut dyn FnMut(Entry) -> bool,
) -> Result<(), Failure> {
    let marked = |text: &str, escaped| {
        let mut entry = parse(text)?;
        if let Some(entry) = entry.as_mut().filter(|_| escaped) {
            mark(entry, "name");
        }
        Ok(entry)
    };
    read(bytes, marked, visit)
}

/// Notes in an entry that `what` of it could not be read.
pub(super) fn mark(entry: &mut Entry, what: &str) {
    match entry.more.iter_mut().find(|(key, _)| key == UNREADABLE) {
        Some((_, marks)) => {
            marks.push(',');
            marks.push_str(what);
        }
        None => entry.more.push((UNREADABLE.to_owned(), what.to_owned())),
    }
}

/// Gives what `parse` reads in each row to `visit`, until that answers `false`. `parse` is told
/// whether the row was escaped.
pub(super) fn read<T>(
    bytes: &[u8],
    parse: impl Fn(&str, bool) -> Parsed<T>,
    mut visit: impl FnMut(T) -> bool,
) -> Result<(), Failure> {
    let lines = bytes
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty());
    for line in lines {
        let text = text(line);
        let escaped = matches!(text, Cow::Owned(_));
        let row = parse(&text, escaped).map_err(|reason| refuse(line, reason))?;
        if row.is_some_and(|row| !visit(row)) {
            break;
        }
    }
    Ok(())
}

/// The row as text that is safe to show. If it has control characters or bytes that are not UTF-8,
/// these become `\xNN`, and each backslash of the row is doubled.
fn text(line: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(line)
        && !text.contains(char::is_control)
    {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::new();
    let escape = |byte: &u8, to: &mut String| {
        // Writing to a String cannot fail.
        let _ = write!(to, "\\x{byte:02x}");
    };
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => escaped.push_str("\\\\"),
                c if c.is_control() => {
                    let mut buffer = [0; 4];
                    let bytes = c.encode_utf8(&mut buffer).as_bytes();
                    bytes.iter().for_each(|byte| escape(byte, &mut escaped));
                }
                c => escaped.push(c),
            }
        }
        let invalid = chunk.invalid().iter();
        invalid.for_each(|byte| escape(byte, &mut escaped));
    }
    Cow::Owned(escaped)
}

/// A name that stays inside its directory; `None` for the directory itself and its parent.
pub(super) fn name(name: &str) -> Result<Option<&str>, Reason> {
    match name {
        "" => Err("without a name"),
        "." | ".." => Ok(None),
        _ if name.contains('/') => Err("with a path where a name has to be"),
        _ => Ok(Some(name)),
    }
}

/// The first word after any number of blanks, and what follows it, blanks included.
pub(super) fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(' ');
    let end = text.find(' ').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn refuse(line: &[u8], reason: Reason) -> Failure {
    Failure::new(
        ErrorName::Protocol,
        format!(
            "the server's listing has a row {reason}: \"{}\"",
            quote(line)
        ),
    )
}

/// The beginning of a row in at most [`QUOTED`] characters, with escapes for all that is
/// not printable.
fn quote(line: &[u8]) -> String {
    let mut quoted = String::new();
    let mut room = QUOTED - 1;
    for chunk in line.utf8_chunks() {
        let valid = chunk.valid().chars().map(|c| c.escape_debug().to_string());
        let invalid = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        for piece in valid.chain(invalid) {
            match room.checked_sub(piece.chars().count()) {
                Some(left) => room = left,
                None => {
                    quoted.push('…');
                    return quoted;
                }
            }
            quoted.push_str(&piece);
        }
    }
    quoted
}
