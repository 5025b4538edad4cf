//! Rows of a listing: split at line ends and made safe to show. A row that cannot be read costs that
//! row and not the listing, unless there is no other one.

use std::borrow::Cow;
use std::fmt::Write;

use modem_ftp_dbus::ErrorName;

use crate::api::failure::Failure;
use crate::api::reply::{Entry, EntryType};
use crate::at::quote::RemotePath;

/// Why a row is refused, to be read after "the server's listing has a row ".
pub(super) type Reason = &'static str;

/// How the text of a failure begins that says that no row can be read.
pub(super) const UNREAD: &str = "the server's listing has a row";

/// Most characters of a row that an error shows.
const QUOTED: usize = 80;

/// The key in [`Entry::more`] that names what of a row could not be read, separated by commas:
/// `size`, `modify`, `name` where it is shown with escapes, or `row` where the name is all of it.
const UNREADABLE: &str = "unreadable";

/// The key in [`Entry::more`] of a row that cannot be read: how many there are up to this one.
const UNREADABLE_ROWS: &str = "unreadable-rows";

/// The key in [`Entry::more`] that says why the name cannot be sent back to the server: `escaped`,
/// `quote` or `length`.
const UNADDRESSABLE: &str = "unaddressable";

/// A slash in a name as it is shown.
const SLASH: &str = "\\x2f";

/// Longest row that is read, bytes; what is longer is none.
const LONGEST_ROW: usize = 16 * 1024;

/// Longest name that is shown of a row that cannot be read, bytes.
const LONGEST: usize = 255;

/// Gives the name of each row to `visit`, until that answers `false`; `parse` answers `None` for one
/// that is to be dropped.
pub(super) fn read_names(
    bytes: &[u8],
    parse: impl Fn(&str) -> Result<Option<&str>, Reason>,
    visit: &mut dyn FnMut(String) -> bool,
) -> Result<(), Failure> {
    let parse = |text: &str, _: bool| Ok(parse(text)?.map(|name| without_slashes(name).into()));
    rows(bytes, parse, |text, _| unread_name(text), visit)
}

/// Gives the entry of each row to `visit`, until that answers `false`; `parse` answers `None` for one
/// that is to be dropped. What of a row could not be read, and that its name cannot be sent back, is
/// marked.
pub(super) fn read_entries(
    bytes: &[u8],
    parse: impl Fn(&str) -> Result<Option<Entry>, Reason>,
    visit: &mut dyn FnMut(Entry) -> bool,
) -> Result<(), Failure> {
    let parse = |text: &str, escaped: bool| {
        let Some(mut entry) = parse(text)? else {
            return Ok(None);
        };
        if let Some(inner) = directory(&entry) {
            match name(inner)? {
                Some(inner) => entry.name = inner.to_owned(),
                None => return Ok(None),
            }
        }
        let slashes = entry.name.contains('/');
        if slashes {
            entry.name = without_slashes(&entry.name).into_owned();
        }
        if escaped || slashes {
            mark(&mut entry, "name");
        }
        mark_address(&mut entry, escaped || slashes);
        Ok(Some(entry))
    };
    let unread = |text: &str, number: usize| {
        let mut entry = Entry {
            name: unread_name(text),
            kind: EntryType::Other,
            size: None,
            modified: None,
            more: Vec::new(),
        };
        mark(&mut entry, "row");
        entry
            .more
            .push((UNREADABLE_ROWS.to_owned(), number.to_string()));
        mark_address(&mut entry, true);
        entry
    };
    rows(bytes, parse, unread, visit)
}

/// The name of a directory without the slash that some servers write after it.
fn directory(entry: &Entry) -> Option<&str> {
    let inner = entry.name.strip_suffix('/')?;
    (entry.kind == EntryType::Directory && !inner.is_empty()).then_some(inner)
}

/// An entry of which nothing but the name is known.
pub(super) fn named(name: String) -> Entry {
    let mut entry = Entry {
        name,
        kind: EntryType::Other,
        size: None,
        modified: None,
        more: Vec::new(),
    };
    ["type", "size", "modify"]
        .iter()
        .for_each(|what| mark(&mut entry, what));
    mark_address(&mut entry, false);
    entry
}

/// The name under which a row is listed that cannot be read: the row, as far as it fits.
fn unread_name(text: &str) -> String {
    if matches!(text, "." | "..") {
        return text.replace('.', "\\x2e");
    }
    let shown = without_slashes(text);
    let ends = shown.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.take_while(|end| *end <= LONGEST).last();
    shown.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// Names never lead anywhere: a slash in one is shown as an escape.
fn without_slashes(name: &str) -> Cow<'_, str> {
    match name.contains('/') {
        true => name.replace('/', SLASH).into(),
        false => name.into(),
    }
}

/// Gives an entry whose name was a path the last component of it.
pub(super) fn rename_path(entry: &mut Entry) {
    let is_path = |(key, value): &(String, String)| key == UNREADABLE && value == "name";
    if let Some((_, last)) = entry.name.rsplit_once(SLASH)
        && !last.is_empty()
        && !last.contains("\\x")
        && entry.more.iter().any(is_path)
    {
        entry.name = last.to_owned();
        entry.more.retain(|(key, _)| !is_ours(key));
        mark_address(entry, false);
    }
}

/// Marks an entry whose name cannot be sent to the server.
fn mark_address(entry: &mut Entry, is_escaped: bool) {
    let why = match RemotePath::new("name", &entry.name) {
        _ if is_escaped => "escaped",
        Ok(_) => return,
        Err(_) if entry.name.contains('"') => "quote",
        Err(_) => "length",
    };
    entry.more.push((UNADDRESSABLE.to_owned(), why.to_owned()));
}

/// Whether a key is one that only we set: a server that sends it is not believed.
pub(super) fn is_ours(key: &str) -> bool {
    [UNREADABLE, UNREADABLE_ROWS, UNADDRESSABLE].contains(&key)
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

/// Gives what `parse` makes of each row, or else `unread`, to `visit`; the failure if it makes nothing of
/// any.
fn rows<T>(
    bytes: &[u8],
    parse: impl Fn(&str, bool) -> Result<Option<T>, Reason>,
    unread: impl Fn(&str, usize) -> T,
    visit: &mut dyn FnMut(T) -> bool,
) -> Result<(), Failure> {
    let (mut any, mut refused, mut count) = (false, None::<Failure>, 0);
    let lines = bytes.split(|&byte| byte == b'\n');
    for line in lines.map(without_end).filter(|line| !line.is_empty()) {
        let text = text(line);
        let read = match line.len() {
            ..=LONGEST_ROW => parse(&text, matches!(text, Cow::Owned(_))),
            _ => Err("of too many bytes"),
        };
        let found = match read {
            Ok(entry) => {
                any |= entry.is_some();
                entry
            }
            Err(reason) => {
                refused.get_or_insert_with(|| refuse(line, reason));
                count += 1;
                Some(unread(&text, count))
            }
        };
        if found.is_some_and(|found| !visit(found)) {
            return Ok(());
        }
    }
    match refused {
        Some(failure) if !any => Err(failure),
        _ => Ok(()),
    }
}

/// A row without the CRs of its end: servers that turn each LF of a text with CR LF into CR LF write two.
fn without_end(mut line: &[u8]) -> &[u8] {
    while let Some(before) = line.strip_suffix(b"\r") {
        line = before;
    }
    line
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

/// A name; `None` for the directory itself and its parent. A slash in it is escaped later.
pub(super) fn name(name: &str) -> Result<Option<&str>, Reason> {
    match name {
        "" => Err("without a name"),
        "." | ".." => Ok(None),
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
        format!("{UNREAD} {reason}: \"{}\"", quote(line)),
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
