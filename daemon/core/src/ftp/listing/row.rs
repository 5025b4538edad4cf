//! Rows of a listing: cut at line ends, UTF-8 without control characters, and quoted so
//! that an error about one cannot harm a terminal or a log.

use modem_ftp_dbus::ErrorName;

use crate::api::failure::Failure;

/// Why a row is refused, to be read after "the server's listing has a row ".
pub(super) type Reason = &'static str;

/// Most characters of a row that an error shows.
const QUOTED: usize = 80;

/// Reads every row with `parse`, which answers `None` for one that is to be dropped.
pub(super) fn read<T>(
    bytes: &[u8],
    parse: impl Fn(&str) -> Result<Option<T>, Reason>,
) -> Result<Vec<T>, Failure> {
    bytes
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .filter_map(|line| {
            text(line)
                .and_then(&parse)
                .map_err(|reason| refuse(line, reason))
                .transpose()
        })
        .collect()
}

/// The row as text that is safe to show.
fn text(line: &[u8]) -> Result<&str, Reason> {
    let text = std::str::from_utf8(line)
        .map_err(|_| "that is not UTF-8 (ListRaw gives the bytes as they are)")?;
    if text.chars().any(char::is_control) {
        return Err("with a control character");
    }
    Ok(text)
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
