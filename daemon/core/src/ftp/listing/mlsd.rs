//! One row of a machine listing (RFC 3659 §7.2). A row that does not have that form is an error; a
//! `size` or `modify` whose value cannot be read is left out and marked.

use super::row::{self, Reason};
use super::time;
use crate::api::reply::{Entry, EntryType};

/// Most facts of one row; the standard names nine, servers add a handful.
const FACTS: usize = 64;

/// A fact by its lower-case name.
type Fact<'a> = (String, &'a str);

/// Reads a row; `None` for the listed directory itself and its parent.
pub(super) fn entry(text: &str) -> Result<Option<Entry>, Reason> {
    let (facts, name) = text
        .split_once(' ')
        .ok_or("without a blank between facts and name")?;
    let Some(name) = row::name(name)? else {
        return Ok(None);
    };
    let mut facts = split(facts)?;
    if has_facts(name, &facts) {
        return Err("with facts in its name");
    }
    facts.retain(|(key, _)| !row::is_ours(key));

    let told = take(&mut facts, "type").unwrap_or_default();
    if told.eq_ignore_ascii_case("cdir") || told.eq_ignore_ascii_case("pdir") {
        return Ok(None);
    }
    let told_size = take(&mut facts, "size");
    let told_time = take(&mut facts, "modify");
    let size = told_size.and_then(time::number);
    let modified = told_time.and_then(time::mdtm);

    let (kind, detail) = kind(told);
    if let Some(detail) = detail
        && !facts.iter().any(|(key, _)| key == detail.0)
    {
        facts.push((detail.0.to_owned(), detail.1));
    }
    let mut entry = Entry {
        name: name.to_owned(),
        kind,
        size,
        modified,
        more: facts
            .into_iter()
            .map(|(key, value)| (key, value.to_owned()))
            .collect(),
    };
    if told_size.is_some() && size.is_none() {
        row::mark(&mut entry, "size");
    }
    if told_time.is_some() && modified.is_none() {
        row::mark(&mut entry, "modify");
    }
    Ok(Some(entry))
}

/// Whether a name has facts in it: the server has put a blank between two of them, or before a parameter
/// of the `media-type`, such as `charset`. Those that were told before are part of the name.
fn has_facts(name: &str, told: &[Fact<'_>]) -> bool {
    let after_medium = told.last().is_some_and(|(key, _)| key == "media-type");
    let mut parts = name.split(';');
    // What follows the last semicolon is no fact.
    parts.next_back();
    parts.enumerate().any(|(at, part)| {
        let Some((key, _)) = part.split_once('=') else {
            return false;
        };
        let key = key.trim_start().to_ascii_lowercase();
        let is_parameter = at == 0 && after_medium;
        (is_parameter || is_common(&key)) && !told.iter().any(|(other, _)| *other == key)
    })
}

/// Whether servers are known to tell this fact, or it is one of an operating system (RFC 3659 §7.5
/// and §10).
fn is_common(key: &str) -> bool {
    const COMMON: [&str; 10] = [
        "type",
        "size",
        "sizd",
        "modify",
        "create",
        "perm",
        "unique",
        "lang",
        "charset",
        "media-type",
    ];
    const SYSTEMS: [&str; 3] = ["unix.", "os.", "win32."];
    COMMON.contains(&key) || SYSTEMS.iter().any(|system| key.starts_with(system))
}

/// Splits the facts of a row. Each ends in a semicolon, has a name, and occurs once.
fn split(text: &str) -> Result<Vec<Fact<'_>>, Reason> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    if text.is_empty() {
        return Err("without facts");
    }
    let text = text
        .strip_suffix(';')
        .ok_or("without a semicolon after its last fact")?;
    for fact in text.split(';') {
        let (key, value) = fact.split_once('=').ok_or("with a fact without a value")?;
        let key = key.to_ascii_lowercase();
        if key.is_empty() {
            return Err("with a fact without a name");
        }
        if facts.len() == FACTS {
            return Err("with too many facts");
        }
        if facts.iter().any(|(other, _)| *other == key) {
            return Err("with a fact that occurs twice");
        }
        facts.push((key, value));
    }
    Ok(facts)
}

/// Removes the fact of this name and returns its value, unless that is empty.
fn take<'a>(facts: &mut Vec<Fact<'a>>, key: &str) -> Option<&'a str> {
    let at = facts.iter().position(|(other, _)| other == key)?;
    let (_, value) = facts.remove(at);
    (!value.is_empty()).then_some(value)
}

/// The kind of a `type` fact, and what else the fact says.
///
/// The standard has no type for links: pure-ftpd writes `OS.unix=slink:` with an empty target,
/// proftpd `OS.unix=symlink` or, if configured so, `OS.unix=slink:target`.
fn kind(told: &str) -> (EntryType, Option<(&'static str, &str)>) {
    let (word, target) = match told.split_once(':') {
        Some((word, target)) => (word, Some(target)),
        None => (told, None),
    };
    match (word.to_ascii_lowercase().as_str(), target) {
        ("file", None) => (EntryType::File, None),
        ("dir", None) => (EntryType::Directory, None),
        ("os.unix=slink" | "os.unix=symlink", None | Some("")) => (EntryType::Link, None),
        ("os.unix=slink", Some(target)) => (EntryType::Link, Some(("target", target))),
        ("", None) => (EntryType::Other, None),
        _ => (EntryType::Other, Some(("type", told))),
    }
}
