//! Where files may be reached and what is kept: `roots`, `state_directory`, `spool_limit`,
//! `max_queued`, `keep_ended`. The state directory and the roots never contain each other.

use std::path::{Component, Path, PathBuf};

use modem_ftp_core::api::settings::Limits;

use super::section::Section;
use super::values::LONGEST_PATH;

/// The root when none is configured.
const ROOT: &str = "/var/lib/modem-ftp/files";
/// The state directory when none is configured.
const STATE: &str = "/var/lib/modem-ftp/state";
/// Bytes that the spool may hold when nothing is configured.
const SPOOL_LIMIT: u64 = 256_000_000;
/// Units of a size.
const UNITS: [(&str, u64); 8] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// `roots` and `state_directory`.
pub fn places(root: &Section<'_, '_>) -> (Vec<PathBuf>, PathBuf) {
    let texts = root.strings("roots");
    let roots: Vec<_> = match &texts {
        None => vec![(None, PathBuf::from(ROOT))],
        Some(texts) => texts
            .iter()
            .map(|(offset, text)| (Some(*offset), PathBuf::from(text)))
            .collect(),
    };
    let state = root
        .path("state_directory")
        .unwrap_or_else(|| PathBuf::from(STATE));
    for (offset, path) in &roots {
        if !path.is_absolute() {
            let text = format!("must hold absolute paths, not \"{}\"", path.display());
            root.fault_at(offset.unwrap_or_default(), "roots", text);
            continue;
        }
        let length = path.as_os_str().len();
        if length > LONGEST_PATH {
            let text =
                format!("must hold paths of at most {LONGEST_PATH} bytes, and one has {length}");
            root.fault_at(offset.unwrap_or_default(), "roots", text);
            continue;
        }
        let Some(relation) = relation(path, &state) else {
            continue;
        };
        let (path, state) = (path.display(), state.display());
        match offset {
            // The key that the file has is the one to change.
            Some(offset) if !root.has("state_directory") => {
                let text = format!("has {path}, which {} state_directory {state}", relation.0);
                root.fault_at(*offset, "roots", text);
            }
            _ => {
                let text = format!("{} the root {path}: callers could reach it", relation.1);
                root.fault("state_directory", text);
            }
        }
    }
    (roots.into_iter().map(|(_, path)| path).collect(), state)
}

/// How a root and the state directory contain each other, in words from the side of each.
fn relation(root: &Path, state: &Path) -> Option<(&'static str, &'static str)> {
    let pairs = [
        (lexical(root), lexical(state)),
        (resolved(root), resolved(state)),
    ];
    pairs.iter().find_map(|(root, state)| {
        if root == state {
            Some(("is", "is"))
        } else if state.starts_with(root) {
            Some(("contains", "lies in"))
        } else if root.starts_with(state) {
            Some(("lies in", "contains"))
        } else {
            None
        }
    })
}

/// A path without `.` and `..`, as it is written.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// A path without symbolic links, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let components: Vec<_> = path.components().collect();
    for split in (0..=components.len()).rev() {
        let (existing, rest) = components.split_at(split);
        if let Ok(existing) = existing.iter().collect::<PathBuf>().canonicalize() {
            return lexical(&existing.join(rest.iter().collect::<PathBuf>()));
        }
    }
    lexical(path)
}

/// `max_queued` and `keep_ended`.
pub fn limits(root: &Section<'_, '_>) -> Limits {
    let usual = Limits::default();
    let max_queued = root.integer("max_queued", 1..=10_000, signed(usual.max_queued));
    let kept = root.section("keep_ended");
    let days = kept.integer("days", 0..=36_500, i64::from(usual.keep_days));
    let number = kept.integer("number", 0..=10_000, signed(usual.keep_number));
    kept.finish();
    Limits {
        max_queued: usize::try_from(max_queued).unwrap_or(usual.max_queued),
        keep_days: u32::try_from(days).unwrap_or(usual.keep_days),
        keep_number: usize::try_from(number).unwrap_or(usual.keep_number),
    }
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `spool_limit`, in bytes.
pub fn spool_limit(root: &Section<'_, '_>) -> u64 {
    const KEY: &str = "spool_limit";
    let Some(text) = root.optional_string(KEY) else {
        return SPOOL_LIMIT;
    };
    size(&text).unwrap_or_else(|| {
        let text = format!("must be a size such as \"256 MB\", not \"{text}\"");
        root.fault(KEY, text);
        SPOOL_LIMIT
    })
}

/// A whole number of bytes: number and unit.
fn size(text: &str) -> Option<u64> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit() {
        let sizes = [
            ("256 MB", Some(256_000_000)),
            ("256MB", Some(256_000_000)),
            ("1 KiB", Some(1024)),
            ("0 B", Some(0)),
            ("256", None),
            ("MB", None),
            ("1.5 GB", None),
            ("-1 MB", None),
            ("1  MB", None),
            ("99999999999 TB", None),
        ];
        for (text, bytes) in sizes {
            assert_eq!(size(text), bytes, "{text}");
        }
    }

    #[test]
    fn a_symbolic_link_does_not_hide_that_one_contains_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let contained = Some(("contains", "lies in"));
        assert_eq!(relation(&link, &real.join("state")), contained);
        assert_eq!(relation(&real, &link.join("a/state")), contained);
        assert_eq!(
            relation(&real.join("x"), &link.join("a/../x")),
            Some(("is", "is"))
        );
        assert_eq!(relation(&real.join("x"), &link.join("xy")), None);
    }
}
